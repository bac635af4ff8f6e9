"""How fast the API answers, as ratios in one run: ``python tests/benchmarks/api.py [--minutes 30]``.

Starts the server on loopback with the state of ``CHURN_HOME`` (trained before, if need be) and measures requests per second
on one connection, and latencies on eight. The Flask yardstick is measured too where Flask is installed. ``--minutes``
adds so long a load, with memory and open files of the server before and after.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import FILE_NAME
from churn_core.schema.telco import TELCO

ROOT = settings.CHECKOUT
PORT, FLASK_PORT = 5071, 5072


def message(method: str, path: str, body: object = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    kind = "" if body is None else f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{kind}\r\n".encode() + content


async def connection(port: int, sent: bytes, end: float, times: list[float], keep: bool, pause: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        started = time.perf_counter()
        if not keep:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head[:200]
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(length)
        times.append(time.perf_counter() - started)
        if pause:
            await asyncio.sleep(pause)
    writer.close()


def load(
    port: int, sent: bytes, seconds: float = 4.0, connections: int = 1, keep: bool = True, pause: float = 0.0
) -> list[float]:
    """The time of each request, sorted; on connections that are kept, or each on one of its own; seconds of ``pause``
    after each.
    """

    async def run() -> list[float]:
        times: list[float] = []
        end = time.perf_counter() + seconds
        await asyncio.gather(*(connection(port, sent, end, times, keep, pause) for _ in range(connections)))
        return times

    return sorted(asyncio.run(run()))


def server(command: list[str], port: int, **environment: str) -> subprocess.Popen:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, **quiet)
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                if answer.status == 200:
                    return process
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"{command} did not come up")


def held(process: subprocess.Popen) -> tuple[float, int]:
    """Resident memory in MiB and open files of a process (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return resident / 1024, len(os.listdir(f"/proc/{process.pid}/fd"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--no-flask", action="store_true")
    minutes = parser.parse_args().minutes
    raw = read_dataset(settings.home() / "data" / FILE_NAME, schema=TELCO).customers.drop(columns=TELCO.target)
    customers = json.loads(raw.head(1000).to_json(orient="records"))
    health, one = message("GET", "/health"), message("POST", "/predict", customers[0])
    many = message("POST", "/predict_batch", {"customers": customers})
    ours = server([sys.executable, "-m", "churn_core", "serve", "--port", str(PORT)], PORT)
    try:
        load(PORT, one, 2)
        of_health, of_one = load(PORT, health), load(PORT, one)
        print(
            f"/health {1 / mean(of_health):,.0f} a second, /predict {1 / mean(of_one):,.0f}: {mean(of_health) / mean(of_one):.2f}"
        )
        health8, one8 = load(PORT, health, connections=8), load(PORT, one, connections=8)
        print(
            f"p99 with 8 connections: /health {1e3 * p99(health8):.1f} ms, /predict {1e3 * p99(one8):.1f} ms, "
            f"{p99(one8) / p99(health8):.1f} times"
        )
        for keep, how in ((True, "connections kept"), (False, "a connection each")):
            single, batch = median(load(PORT, one, keep=keep)), median(load(PORT, many, keep=keep))
            print(f"/predict_batch of 1,000: {1e3 * batch:.1f} ms, {batch / single:.1f} times one /predict ({how})")
        if importlib.util.find_spec("flask") and "--no-flask" not in sys.argv:
            flask = server([sys.executable, str(ROOT / "tests/benchmarks/flask_yardstick.py"), str(FLASK_PORT)], FLASK_PORT)
            try:
                of_flask, of_ours = load(FLASK_PORT, one, keep=False), load(PORT, one, keep=False)  # Flask's server keeps none
            finally:
                flask.terminate()
            times = mean(of_flask) / mean(of_ours)
            print(f"Flask, DataFrame, ColumnTransformer: {1 / mean(of_flask):,.0f} a second; ours is {times:.1f} times")
        if minutes:
            load(PORT, one, 20, connections=8)  # caches and the log's first files
            before, started = held(ours), len(load(PORT, one, 60 * minutes, connections=8, pause=0.02))
            after = held(ours)
            print(
                f"{minutes:g} minutes, {started:,} requests, no error: memory {before[0]:.0f} → {after[0]:.0f} MiB, "
                f"open files {before[1]} → {after[1]}"
            )
    finally:
        ours.terminate()
        ours.wait(20)


def mean(times: list[float]) -> float:
    return sum(times) / len(times)


def median(times: list[float]) -> float:
    return times[len(times) // 2]


def p99(times: list[float]) -> float:
    return times[int(0.99 * len(times))]


if __name__ == "__main__":
    main()
