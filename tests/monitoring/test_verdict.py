"""One sentence on whether to keep the model."""

import pytest

from churn_core.monitoring.drift import drift
from churn_core.monitoring.profile import SCORE
from churn_core.monitoring.verdict import MoneyDrift, verdict
from churn_core.schema.telco import TELCO


def money(profit=100.0, best=100.0, before=100.0):
    return MoneyDrift(
        threshold=0.3,
        profit_per_1000=profit,
        best_threshold=0.2,
        best_profit_per_1000=best,
        reference_profit_per_1000=before,
        customers=1_000,
    )


def levels(reference, **of):
    """The drift of a file that is the reference, with the given levels instead."""
    table = drift(reference, reference, TELCO)
    table["level"] = [of.get(name, "none") for name in table["column"]]
    return table


def test_what_is_forgone_and_how_the_earnings_changed():
    assert money(profit=69, best=80).forgone_per_1000 == 11
    assert money(profit=69).change == pytest.approx(-0.31)
    assert money(profit=50, before=-100).change == pytest.approx(1.5)  # a loss that became a profit is a gain
    assert money(before=0).change is None


def test_the_model_is_kept_with_the_number_of_columns_and_the_largest_psi(reference):
    told = verdict(drift(reference, reference, TELCO), money=money())
    assert told.sentence == "Keep the model: none of 20 columns has moved beyond chance (largest PSI 0.00)."
    assert (told.level, told.reasons) == ("keep", ())


@pytest.mark.parametrize(
    "of, level",
    [
        ({"Contract": "look"}, "look"),
        ({"Contract": "major", "tenure": "major"}, "look"),
        ({"Contract": "major", "tenure": "major", "gender": "major"}, "retrain"),
        ({SCORE: "look"}, "look"),
        ({SCORE: "major"}, "retrain"),
        ({"Contract": "small", SCORE: "small"}, "keep"),
    ],
)
def test_one_column_is_looked_at_and_three_or_the_scores_are_another_population(of, level, reference):
    told = verdict(levels(reference, **of))
    assert told.level == level and told.sentence.startswith({"keep": "Keep", "look": "Look at", "retrain": "Retrain:"}[level])
    assert len(told.reasons) == len(of)


def test_the_worst_comes_first_then_the_farthest(reference):
    table = levels(reference, gender="look", Contract="major", tenure="look").assign(psi=0.1)
    table.loc[table["column"] == "tenure", "psi"] = 0.2
    told = verdict(table)
    assert told.sentence.startswith("Look at Contract: ") and told.sentence.endswith("; 2 more alarms.")
    assert [reason.split(":")[0] for reason in told.reasons] == ["Contract", "Tenure", "Gender"]


def test_a_small_shift_is_looked_at_where_it_costs_a_tenth_of_the_profit(reference):
    shifted = levels(reference, Contract="small")
    assert verdict(shifted, money=money(profit=95)).level == "keep"
    for lost in (money(profit=88), money(best=115)):
        told = verdict(shifted, money=lost)
        assert told.level == "look" and told.sentence.startswith("Look at Contract: ")
    assert "the campaign earns 12.0% less per customer" in verdict(shifted, money=money(profit=88)).sentence


def test_money_alone_is_told_and_is_no_reason_to_touch_the_model(reference):
    told = verdict(levels(reference), money=money(profit=60, best=80))
    assert told.level == "keep"
    assert told.reasons == (
        "the campaign earns 40.0% less per customer",
        "a threshold of 0.20 would earn 20.0 more per 1,000 customers",
    )
