"""Memos of the sample's customers, by different plans."""

from datetime import date

import pytest

from churn_core.campaign.plan import Plan
from churn_core.decisions.segments.find import find_segments
from churn_core.decisions.segments.found import FoundSegments
from churn_core.report.memo import Memo, memo_of

DAY = date(2026, 11, 26)


@pytest.fixture(scope="session")
def found(workspace) -> FoundSegments:
    return find_segments(workspace.customers, workspace.schema)


@pytest.fixture
def memo(workspace, store, found):
    """Makes the memo of a plan, given by its values."""

    def make(workspace=workspace, which: str = "here", currency: str = "$", found=found, **values) -> Memo:
        plan, people = Plan.from_dict(values), workspace.population(which)
        return memo_of(workspace, plan, store, day=DAY, found=found, population=people, currency=currency)

    return make
