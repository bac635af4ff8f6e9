"""What all tests share: the real customers, a trained workspace, and no way out to the network."""

import asyncio
import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from churn_core import settings
from churn_core.application.workspace import Workspace, open_workspace
from churn_core.data import telco_source
from churn_core.data.dataset import Dataset, read_dataset
from churn_core.errors import DataUnavailable
from churn_core.schema.telco import TELCO
from churn_core.storage.store import Store, open_store

pd.set_option("io.excel.xlsx.reader", "openpyxl")  # pandas warns where it could choose another reader

hypothesis.settings.register_profile("laws", max_examples=60, deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("quick", parent=hypothesis.settings.get_profile("laws"), max_examples=8)
hypothesis.settings.load_profile("laws")


def pytest_configure(config: pytest.Config) -> None:
    """The quick loop tries each law on fewer cases; the whole suite on all of them."""
    if config.option.markexpr == "not slow":
        hypothesis.settings.load_profile("quick")


# Threads gain nothing on the small matrices of the tests, and on a busy machine they wait for each other: training the
# workspace then takes nine times the processor.
threadpool_limits(1)
for _read_by_what_is_loaded_or_started_later in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_read_by_what_is_loaded_or_started_later, "1")


TESTS = Path(__file__).resolve().parent
SLOW_PATHS = (  # whole pages, files, commands and first starts; every candidate fitted
    "api/server/", "application/", "batch/", "cli/", "pages/", "test_other_schema_in_use.py",
    "model/test_candidates.py", "model/test_compare", "model/test_explain.py", "model/test_former.py", "model/test_logistic.py",
    "model/test_pickles.py", "model/test_protocol.py", "model/test_registry_interrupted.py", "model/test_train.py",
)  # fmt: skip
MARK_OF = {  # fixture → mark of the tests that need it
    "browser": "browser",
    "spark": "spark",
    "postgresql": "postgres",
    "server": "slow",  # the API in a process of its own
    "start": "slow",
    "open_page_at": "slow",  # pages on a state folder of their own
    "visit": "slow",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a slow fixture is slow."""
    for item in items:
        for fixture, mark in MARK_OF.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
        if item.path.is_relative_to(TESTS) and item.path.relative_to(TESTS).as_posix().startswith(SLOW_PATHS):
            item.add_marker("slow")
        if any(item.get_closest_marker(mark) for mark in ("browser", "spark", "postgres")):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def telco_path() -> Path:
    """The real Telco file, fetched once into the checkout's data folder."""
    try:
        return telco_source.obtain(settings.home() / "data")
    except DataUnavailable as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def telco(telco_path: Path) -> Dataset:
    """The real customers, cleaned."""
    return read_dataset(telco_path, schema=TELCO)


@pytest.fixture(scope="session")
def workspace_home(telco_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CHURN_HOME after the first start: the data are there, a version is trained. Copy it to change it."""
    home = tmp_path_factory.mktemp("churn_home")
    (home / "data").mkdir()
    shutil.copy(telco_path, home / "data" / telco_source.FILE_NAME)
    open_workspace(home)
    return home


@pytest.fixture
def own_home(workspace_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the trained home, without its database, for what changes it; ``CHURN_HOME`` is there."""
    copy = shutil.copytree(workspace_home, tmp_path / "home", ignore=shutil.ignore_patterns("churn.db*"))
    monkeypatch.setenv("CHURN_HOME", str(copy))
    return copy


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    """The database of ``own_home``, seen from outside."""
    opened = open_store(own_home)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def workspace(workspace_home: Path) -> Workspace:
    return open_workspace(workspace_home)


@pytest.fixture
def out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither source of the Telco data answers."""

    def refuse() -> bytes:
        raise DataUnavailable("out of reach")

    monkeypatch.setattr(telco_source, "_from_ibm", refuse)
    monkeypatch.setattr(telco_source, "_from_wheel", refuse)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test talks to this machine only. Fixtures of the session, which fetch the data, are set up before this."""

    def local(host: object) -> bool:
        host = host.decode() if isinstance(host, bytes) else host
        return host in (None, "", "localhost", "::1", "0.0.0.0", "::") or str(host).startswith("127.")

    def guarded(connect):
        def checked(self: socket.socket, address):
            if self.family != getattr(socket, "AF_UNIX", None) and not local(address[0]):
                raise AssertionError(f"A test tried to reach {address!r}; only session fixtures may use the network.")
            return connect(self, address)

        return checked

    def resolve(host, *args, _resolve=socket.getaddrinfo, **options):
        if not local(host):
            raise AssertionError(f"A test tried to look up {host!r}; only session fixtures may use the network.")
        return _resolve(host, *args, **options)

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def run_apart(coroutine):
    """The result of a coroutine, run in a thread of its own: Playwright keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
