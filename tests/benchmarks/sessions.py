"""Many people at once: ``python tests/benchmarks/sessions.py [--people 10 30] [--live] [--alike] [--browser]``.

Starts the dashboard over the home at ``CHURN_HOME``, pinned to one core, and opens the Campaign page for each person over
Streamlit's WebSocket, as a browser does, from the other cores: the time is that of the server, and no page is painted. All press
at the same moment, several times, each another cost than anybody before. Prints the time until the answer is whole, the
processor's time a press, the bytes of an answer, and what each person holds of the server's memory, by the operating system.

``--live``: the sliders that the browser computes, let go; else ordinary ones (``CHURN_LIVE=off``). ``--alike``: all press the same
cost. ``--browser``: first a Chromium presses an ordinary slider alone; that the server works as long for it says that the others
mean the same.
"""

import argparse
import asyncio
import gc
import itertools
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings

PORT, PRESSES, LONGEST = 8655, 10, 60  # presses of each person; seconds that an answer may take
LIVE = {"success_rate": 0.3, "success_rate_give_or_take": 0.1, "clv_months": 12.0}  # what is released beside the cost


class Server:
    """The dashboard as a process of its own, and what the operating system says of it (Linux)."""

    def __init__(self, live: bool) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(PORT)]
        environment = {**os.environ, "CHURN_LIVE": "on" if live else "off"}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=settings.CHECKOUT, env=environment, stdout=quiet, stderr=quiet)
        cores = sorted(os.sched_getaffinity(0))
        self.core, self.others = cores[0], cores[1:]
        if self.others:
            os.sched_setaffinity(self.process.pid, {self.core})
            os.sched_setaffinity(0, self.others)

    def __str__(self) -> str:
        if not self.others:
            return "server and people share one core"
        return f"server on core {self.core}, people on {', '.join(map(str, self.others))}"

    def wait(self) -> None:
        """Until it answers, and is ready."""
        for _ in range(480):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=5) as answer:
                    if json.load(answer)["model_loaded"]:
                        return
            except OSError:
                pass
            time.sleep(0.25)
        raise SystemExit("the dashboard did not start")

    def seconds(self) -> float:
        """Of the processor, so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> float:
        """MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


class Person:
    """A session on the Campaign page, with what a browser would say of it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.ids: dict[str, str] = {}  # of the sliders, by label
        self.states: dict[str, WidgetState] = {}
        self.held: set[str] = set()  # hashes of the messages that a browser keeps
        self.fragment = ""
        self.bytes = 0
        self.failed = False
        self.sequence = 0

    @classmethod
    async def arrive(cls) -> "Person":
        """Open the page."""
        person = cls(
            await connect(f"ws://127.0.0.1:{PORT}/_stcore/stream", subprotocols=["streamlit"], max_size=None, compression=None)
        )
        ask = BackMsg()
        ask.rerun_script.page_name = "campaign"
        await person._run(ask)
        return person

    async def press(self, cost: float, live: bool) -> float:
        """Let go of the cost's slider at ``cost``: the seconds until the answer is there."""
        ask = BackMsg()
        if live:
            self.sequence += 1
            slider = self.ids["live"]
            moved = {"moved": {"retention_cost": cost, **LIVE, "sequence": self.sequence, "have": self.ids["fingerprint"]}}
            self.states[slider] = WidgetState(id=slider, json_value=json.dumps(moved))
        else:
            slider = self.ids["Retention cost per contact"]
            self.states[slider] = WidgetState(id=slider, double_array_value={"data": [cost]})
        ask.rerun_script.fragment_id = self.fragment
        return await self._run(ask)

    async def _run(self, ask: BackMsg) -> float:
        ask.rerun_script.widget_states.widgets.extend(self.states.values())
        ask.rerun_script.cached_message_hashes.extend(self.held)
        started, self.bytes = time.perf_counter(), 0
        await self.connection.send(ask.SerializeToString())
        done = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
        while True:
            content = await asyncio.wait_for(self.connection.recv(), LONGEST)
            self.bytes += len(content)
            message = ForwardMsg.FromString(content)
            self._note(message)
            if message.WhichOneof("type") == "script_finished" and message.script_finished in done:
                return time.perf_counter() - started

    def _note(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self.held.add(message.hash)
        if message.WhichOneof("type") != "delta":
            return
        element = message.delta.new_element
        self.failed |= element.HasField("exception")
        if element.HasField("slider"):
            self.ids[element.slider.label] = element.slider.id
            if element.slider.label.startswith("Retention cost"):
                self.fragment = message.delta.fragment_id
        if element.HasField("bidi_component") and element.bidi_component.component_name == "live_campaign":
            self.ids["live"] = element.bidi_component.id
            self.ids["fingerprint"] = json.loads(element.bidi_component.json)["fingerprint"]
            self.fragment = message.delta.fragment_id


async def by_browser(server: Server) -> str:
    """One person with a Chromium, painting included: the times in words."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{PORT}/campaign")
        resting = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
        await page.get_by_role("slider").first.wait_for(timeout=1000 * LONGEST)
        await resting.wait_for()
        times, headline = [], page.locator("h1").first
        await asyncio.sleep(2)
        began = server.seconds()
        for _ in range(PRESSES):
            before, started = await headline.inner_text(), time.perf_counter()
            await page.get_by_role("slider").first.press("ArrowRight")
            while await headline.inner_text() == before:
                await asyncio.sleep(0.01)
            times.append(time.perf_counter() - started)
            await resting.wait_for()
            await asyncio.sleep(0.5)
        processor = (server.seconds() - began) / PRESSES
        await browser.close()
    return f"a Chromium: p50 {1e3 * sorted(times)[len(times) // 2]:.0f} ms, {1e3 * processor:.1f} ms of the processor a press"


async def at_once(people: list[Person], costs: Iterator[float], server: Server, live: bool, alike: bool) -> str:
    """All press, ``PRESSES`` times: the times in words."""
    times, began = [], server.seconds()
    for _ in range(PRESSES):
        one = next(costs)
        each = [person.press(one if alike else next(costs), live) for person in people]
        gc.disable()
        times += await asyncio.gather(*each)
        gc.enable()
    times.sort()
    processor = (server.seconds() - began) / len(times)
    return (
        f"{len(people):3} at once: p50 {1e3 * times[len(times) // 2]:5.0f} ms, p95 {1e3 * times[int(0.95 * len(times))]:5.0f} ms; "
        f"{1e3 * processor:5.1f} ms of the processor a press; {people[0].bytes / 1024:.0f} KiB an answer"
    )


async def run(numbers: list[int], server: Server, live: bool, alike: bool, browser: bool) -> None:
    if browser:
        print(await by_browser(server), flush=True)
    costs = (float(cost) for cost in itertools.cycle(range(1, 100)))
    if not alike:  # never the same twice, so that nothing is at hand
        costs = (1 + 0.01 * place for place in itertools.count())
    people = [await Person.arrive()]
    print(await at_once(people, costs, server, live, alike), flush=True)
    for number in numbers:
        before, here = server.resident(), len(people)
        people += [await Person.arrive() for _ in range(number + (here == 1) - here)]
        told = await at_once(people[1:] if here == 1 else people, costs, server, live, alike)
        each = (server.resident() - before) / (len(people) - here)
        print(f"{told}; {each:.1f} MiB each; exceptions: {sum(person.failed for person in people)}", flush=True)
    for person in people:
        await person.connection.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="+", default=[10, 30])
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--alike", action="store_true")
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    server = Server(options.live)
    try:
        server.wait()
        print(server, flush=True)
        asyncio.run(run(options.people, server, options.live, options.alike, options.browser))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
