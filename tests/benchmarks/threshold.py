"""What it costs a ``/predict`` to ask whether the published threshold still stands: ``python tests/benchmarks/threshold.py``.

Asks the database as ``Store.latest`` does and in a transaction like everything else, in turns, alone and within a
``/predict`` that the API answers in this process. Needs a trained version in ``CHURN_HOME``; the database is one of its own.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import sqlalchemy as sa

from churn_core import settings
from churn_core.api.app import create_api
from churn_core.application.service import Service
from churn_core.application.workspace import open_workspace
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import FILE_NAME
from churn_core.schema.telco import TELCO
from churn_core.storage.store import Store, open_store
from churn_core.storage.tables import publications

ROUNDS, EACH = 15, 200
QUERY = sa.select(sa.func.max(publications.c.id))


def in_a_transaction(store: Store) -> int:
    with store.transaction() as c:
        return c.execute(QUERY).scalar_one() or 0


def answer(app: Callable, customer: bytes) -> None:
    """One ``/predict`` from the request's bytes to the answer's, without a network."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/predict",
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(customer)).encode())],
    }
    status = []

    async def receive() -> dict:
        return {"type": "http.request", "body": customer, "more_body": False}

    async def send(message: dict) -> None:
        status.append(message.get("status"))

    asyncio.get_event_loop().run_until_complete(app(scope, receive, send))
    assert status[0] == 200, status


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(EACH):
        work()
    return (time.perf_counter() - started) / EACH


def main() -> None:
    asyncio.set_event_loop(asyncio.new_event_loop())
    home = settings.home()
    raw = read_dataset(home / "data" / FILE_NAME, schema=TELCO).customers.drop(columns=TELCO.target)
    customer = json.dumps(json.loads(raw.head(1).to_json(orient="records"))[0]).encode()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        store.publish(0.3, who="benchmark")
        service = Service(home)
        service.result, service._store = open_workspace(home), store
        service.finished.set()
        app, as_it_is = create_api(service), Store.latest
        times: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for way, latest in (("as it is", as_it_is), ("in a transaction", in_a_transaction)):
                Store.latest = latest
                times.setdefault(f"asked {way}", []).append(seconds(store.latest))
                times.setdefault(f"/predict, asked {way}", []).append(seconds(lambda: answer(app, customer)))
        Store.latest = as_it_is
        store.close()
    typical = {what: median(each) for what, each in times.items()}
    for what, each in typical.items():
        print(f"{what}: {1e6 * each:.0f} µs")
    print(f"asking: {typical['asked in a transaction'] / typical['asked as it is']:.1f} times as long in a transaction")
    whole, saved = typical["/predict, asked in a transaction"], typical["/predict, asked as it is"]
    print(f"/predict: {1 - saved / whole:.0%} saved")


if __name__ == "__main__":
    main()
