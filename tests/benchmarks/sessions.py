"""Ten people at once: ``python tests/benchmarks/sessions.py [--sessions 10]``. Prints times and memory; asserts no exception.

Starts the dashboard with ordinary sliders (``CHURN_LIVE=off``), so that every press runs the page on the server, opens so many
browsers on the Campaign page, and lets all press at once, several times. The browsers run on the same cores.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.async_api import async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings

PORT, PRESSES = 8655, 10


def resident(process: subprocess.Popen) -> float:
    """MiB of a process (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


async def press(page, times: list[float]) -> None:
    """One press on the cost slider, until the headline has changed."""
    headline = page.locator("h1, h2").first
    before = await headline.inner_text()
    slider = page.get_by_role("slider").first
    started = time.perf_counter()
    await slider.press("ArrowRight")
    while await headline.inner_text() == before:
        if time.perf_counter() - started > 30:
            raise SystemExit("a press was not answered within 30 s")
        await asyncio.sleep(0.01)
    times.append(time.perf_counter() - started)


async def run(sessions: int, process: subprocess.Popen) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        first = await (await browser.new_context()).new_page()
        await first.goto(f"http://127.0.0.1:{PORT}/campaign")
        await first.get_by_role("slider").first.wait_for(timeout=60_000)
        alone: list[float] = []
        for _ in range(PRESSES):
            await press(first, alone)
        before, pages = resident(process), []
        for _ in range(sessions):
            page = await (await browser.new_context()).new_page()
            await page.goto(f"http://127.0.0.1:{PORT}/campaign")
            await page.get_by_role("slider").first.wait_for(timeout=60_000)
            pages.append(page)
        together: list[float] = []
        for _ in range(PRESSES):
            await asyncio.gather(*(press(page, together) for page in pages))
        failed = [await page.get_by_test_id("stException").count() for page in pages]
        each = (resident(process) - before) / sessions
        alone.sort(), together.sort()
        print(
            f"alone: p50 {1e3 * alone[len(alone) // 2]:.0f} ms; {sessions} at once: p50 {1e3 * together[len(together) // 2]:.0f} ms, "
            f"p95 {1e3 * together[int(0.95 * len(together))]:.0f} ms; {each:.1f} MiB each; exceptions: {sum(failed)}"
        )
        await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=10)
    sessions = parser.parse_args().sessions
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(PORT), "--server.address", "127.0.0.1"]
    process = subprocess.Popen(
        command,
        cwd=settings.CHECKOUT,
        env={**os.environ, "CHURN_LIVE": "off"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.25)
        asyncio.run(run(sessions, process))
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
