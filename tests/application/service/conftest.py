"""A running service, another process, and versions to change between."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from churn_core.application.service import Service
from churn_core.model.registry import Registry

CHECKOUT = Path(__file__).resolve().parents[3]
PATIENCE = 10  # seconds until what does not come fails the test; never waited for otherwise
SOON = 0.02  # seconds between two looks at what is in production
FACTS = {"threshold": 0.5, "contacted": 1, "expected_profit": 0.0, "expected_spend": 0.0, "model_id": "m", "data_sha256": "0"}

# Another program: each line on stdin is a statement; a line on stdout acknowledges it.
ANOTHER = """
import sys
from pathlib import Path
from churn_core.model.registry import Registry
from churn_core.storage.store import open_store

print("ready", flush=True)
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


@pytest.fixture(scope="module", autouse=True)
def no_other_database():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        yield


@pytest.fixture(scope="module")
def two_versions(workspace_home, workspace, tmp_path_factory):
    """A home with a second version that is not in production; do not change it."""
    home = shutil.copytree(workspace_home, tmp_path_factory.mktemp("two") / "home")
    return home, another_version(home, workspace)


def another_version(home: Path, workspace) -> str:
    version = workspace.version
    known = {key: value for key, value in version.metadata.items() if key not in ("model_id", "created_at", "files")}
    return Registry(home / "models").save(version.model, version.out_of_fold, known, version.schema).model_id


@pytest.fixture
def home(two_versions, tmp_path):
    return shutil.copytree(two_versions[0], tmp_path / "home")


@pytest.fixture
def first(workspace) -> str:
    return workspace.version.model_id


@pytest.fixture
def second(two_versions) -> str:
    return two_versions[1]


@pytest.fixture
def begin(home):
    """Starts services on the home; they end with the test."""
    begun = []

    def begin_(training="first", look_every=SOON, ready=True) -> Service:
        service = Service(home, training=training, look_every=look_every).start()
        begun.append(service)
        assert service.finished.wait(PATIENCE) and (service.workspace is not None or not ready), service.error
        return service

    yield begin_
    for service in begun:
        service.close()
        if service._store is not None:
            service._store.close()


@pytest.fixture
def ready(home, workspace):
    """A service with the workspace in use that follows nothing unless it is told to look."""
    service = Service(home)
    service.result = workspace
    service.finished.set()
    yield service
    service.store.close()


@pytest.fixture(scope="module")
def another():
    """Another process that does what it is told."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", ANOTHER], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"

    def do(statement: str) -> None:
        process.stdin.write(statement + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n", statement

    yield do
    process.kill()
    process.communicate()


def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        time.sleep(0.01)


def uses(service: Service, model_id: str) -> None:
    until(lambda: service.workspace and service.workspace.version.model_id == model_id, f"{model_id} to be in use")
    assert service.basis().workspace.version.model_id == model_id


def flip(path: Path) -> bytes:
    content = path.read_bytes()
    path.write_bytes(content[:99] + bytes([content[99] ^ 1]) + content[100:])
    return content
