"""Memos of the sample's customers, by different plans."""

from datetime import date

import pytest

from churn_core.campaign.plan import Plan
from churn_core.report.memo import Memo, memo_of
from churn_core.storage.store import open_store

DAY = date(2026, 11, 26)


@pytest.fixture
def store(own_home):
    opened = open_store(own_home)
    yield opened
    opened.close()


@pytest.fixture
def memo(workspace, store):
    """Makes the memo of a plan, given by its values."""

    def make(workspace=workspace, which: str = "here", currency: str = "$", **values) -> Memo:
        plan, people = Plan.from_dict(values), workspace.population(which)
        return memo_of(workspace, plan, store, day=DAY, population=people, currency=currency)

    return make
