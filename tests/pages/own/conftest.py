"""Two companies that nobody has described, each with a version in production."""

from collections.abc import Callable
from pathlib import Path

import pytest

from churn_core.application.own_customers import read_own, schema_for, train_own
from churn_core.data.proposing.answers import Answers
from churn_core.model.registry import Registry
from tests.pages.own.companies import INSURER, SHOP, insurer, shop

COMPANIES = {"shop": (shop, SHOP), "insurer": (insurer, INSURER)}


@pytest.fixture(scope="session")
def home_of(tmp_path_factory) -> Callable[[str], Path]:
    """``home_of("shop")``: a CHURN_HOME in which a version of its customers is in production; trained once."""
    homes: dict[str, Path] = {}

    def made(name: str) -> Path:
        if name not in homes:
            file, answers = COMPANIES[name]
            homes[name] = _trained(tmp_path_factory.mktemp(name), f"{name}.csv", file(), answers)
        return homes[name]

    return made


def _trained(home: Path, name: str, content: bytes, answers: Answers) -> Path:
    (home / "data").mkdir(exist_ok=True)
    schema = schema_for(read_own(content, name).proposal(answers), name)
    version, _ = train_own(home, content, name, schema)
    Registry(home / "models").promote(version.model_id)
    return home


@pytest.fixture
def home_of_both(tmp_path) -> tuple[Path, dict[str, str]]:
    """A home with a version of each company, and their ids; that of the shop is in production."""
    versions = {}
    for name in reversed(COMPANIES):
        file, answers = COMPANIES[name]
        _trained(tmp_path, f"{name}.csv", file(), answers)
        versions[name] = str(Registry(tmp_path / "models").production_id())
    return tmp_path, versions


@pytest.fixture
def open_own_page(home_of, open_page_at):
    """``open_own_page("shop", "explore", filter_region="north")``: the page of that company after its first run."""
    return lambda company, name, **query: open_page_at(home_of(company), name, **query)
