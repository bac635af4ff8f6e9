"""What the browser draws of the choices on Overview: every number in words, none of them its own."""

import pytest

from churn_core.campaign.plan import Plan
from churn_core.decisions.policies import EACH, EVERYBODY, NOBODY, policies
from pages.parts.overview.policies_chart import data_of
from pages.parts.policies import beside_the_bars
from tests.pages.conftest import dollars


@pytest.fixture(autouse=True)
def light(monkeypatch):
    monkeypatch.setattr("pages.parts.overview.policies_chart.palette", type("Palette", (), {"chosen": "green"}))
    monkeypatch.setattr("pages.parts.words.currency", lambda: "$")


def drawn(workspace, plan: Plan) -> dict:
    table = policies(workspace.still_here, plan)
    return data_of("The message", table, beside_the_bars(table), EACH)


def test_each_choice_has_its_profit_and_spend_as_bars_and_in_words(workspace):
    table = policies(workspace.still_here, Plan())
    told = drawn(workspace, Plan())
    assert [row["name"] for row in told["rows"]] == table["policy"].tolist()
    for row, policy in zip(told["rows"], table.itertuples(), strict=True):
        assert (row["profit"], row["spend"]) == (policy.expected_profit, policy.expected_spend)
        assert row["cells"] == [policy.policy, dollars(policy.expected_profit), dollars(policy.expected_spend)]
    assert [row["name"] for row in told["rows"] if row["chosen"]] == [EACH]


def test_what_a_limit_forbids_is_marked(workspace):
    rows = {row["name"]: row for row in drawn(workspace, Plan.from_dict({"budget": 20_000.0}))["rows"]}
    assert [name for name, row in rows.items() if row["forbidden"]] == [EVERYBODY]
    assert rows[EVERYBODY]["beside"][0] == "not affordable" and rows[NOBODY]["beside"] == ["$0 profit"]


def test_the_ticks_begin_at_nothing_and_reach_the_longest_bar(workspace):
    told = drawn(workspace, Plan())
    longest = max(row["profit"] for row in told["rows"])
    values = [value for value, _ in told["ticks"]]
    assert values[0] == 0 and values == sorted(values) and longest / 2 < values[-1] <= longest


def test_with_the_live_component_the_overview_opens_without_a_chart_of_plotly(open_page, monkeypatch):
    monkeypatch.setenv("CHURN_LIVE", "on")
    at = open_page("overview")
    assert not at.exception and not at.error and not at.get("plotly_chart")
