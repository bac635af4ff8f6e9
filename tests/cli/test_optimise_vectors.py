"""The worked examples of the economics, through ``optimise``."""

import pandas as pd
import pytest

from tests.campaign.worked_examples import CASES
from tests.cli.test_optimise import NO_RANGE, options


@pytest.fixture
def optimised(home, answer, tmp_path):
    """The answer for a table and campaign options."""

    def of(table: dict, **values) -> dict:
        pd.DataFrame(table).to_csv(tmp_path / "case.csv", index=False)
        return answer("optimise", tmp_path / "case.csv", *options(values))

    return of


def test_06_the_campaign_of_neslin_2006(optimised):
    given, expected = (CASES["06_neslin_2006_identity"][part] for part in ("input", "expect"))
    n, contacted = given["N"], round(given["N"] * given["alpha"])
    left = round(contacted * given["beta"])
    told = optimised(
        {
            "churn_probability": [0.9] * contacted + [0.1] * (n - contacted),
            "clv": given["clv"],
            "churned": [1] * left + [0] * (n - left),
        },
        retention_cost=given["contact"], success_rate=given["gamma"], incentive=given["incentive"],
        incentive_uptake=given["kappa"], fixed_cost=given["fixed"],
    )  # fmt: skip
    row = next(row for row in told["curve"] if row["contacted"] == contacted)
    assert {name: row[name] for name in ("expected_profit", "expected_spend", "roi")} == pytest.approx(
        {f"expected_{name}" if name != "roi" else name: expected[name] for name in ("profit", "spend", "roi")}
    )
    assert {name: told["threshold"][name] for name in row} == row


def test_07_the_maximum_profit_criterion_of_contacting_everybody(optimised):
    given, expected = (CASES["07_mpc_identity"][part] for part in ("input", "expect"))
    told = optimised(
        {"churn_probability": [0.5] * 4, "clv": given["clv"], "churned": [1, 0, 0, 0]},
        success_rate=given["gamma"], incentive=given["delta"] * given["clv"], retention_cost=given["phi"] * given["clv"],
    )  # fmt: skip
    assert told["contact_all"]["expected_profit"] == pytest.approx(4 * expected["profit_per_customer"])


@pytest.mark.parametrize("row", CASES["08_budget_equal_cost"]["expect"]["by_budget"], ids=lambda row: f"budget {row['budget']:g}")
def test_08_within_a_budget_the_most_profitable_are_contacted(optimised, row):
    given = CASES["08_budget_equal_cost"]["input"]
    table = {"churn_probability": given["p"], "clv": given["clv"]}
    told = optimised(table, retention_cost=given["c"], success_rate=given["gamma"], budget=row["budget"])
    for rule in ("threshold", "per_customer"):
        found = [told[rule][name] for name in ("contacted", "expected_profit", "expected_spend")]
        assert found == pytest.approx([row["n"], row["profit"], row["spend"]])
    assert "upper_bound" not in told["per_customer"]  # exact where every contact costs the same


def test_12_where_every_contact_loses_nobody_is_contacted_and_no_fixed_cost_charged(optimised):
    given, expected = (CASES["12_all_negative"][part] for part in ("input", "expect"))
    table = {"churn_probability": given["p"], "clv": given["clv"]}
    told = optimised(table, retention_cost=given["c"], success_rate=given["gamma"], fixed_cost=given["F"])
    best = {"contacted": 0, "expected_profit": 0, "expected_spend": 0, "roi": None, **NO_RANGE}
    assert (expected["best"]["n"], expected["best"]["roi"]) == (0, None)
    assert told["threshold"] == {"threshold": None, **best} and told["per_customer"] == best
    earned = [0, expected["u"][0] - given["F"], sum(expected["u"]) - given["F"]]
    assert [row["expected_profit"] for row in told["curve"]] == pytest.approx(earned)
    assert told["break_even_probability"]["median"] == pytest.approx(expected["breakeven_p"])
