"""Whether the probabilities came true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from churn_core.decisions.outcomes import Unread
from churn_core.errors import DataError
from churn_core.monitoring.drift import drift
from churn_core.monitoring.outcomes import outcome_check, why_not_judged
from churn_core.monitoring.profile import SCORE, Outcomes
from churn_core.monitoring.verdict import verdict
from churn_core.schema.telco import TELCO
from tests.monitoring.conftest import FULL, RUNS, by_chance, by_hand, scored, summary


def outcomes(file, reference, true, rng):
    return summary(file, reference, churned=(rng.random(len(file)) < true).astype(int))


def test_probabilities_that_come_true_raise_no_alarm(file, reference):
    rng, rate = np.random.default_rng(1), reference.mean(SCORE)
    checks = [outcome_check(outcomes(file, reference, scored(file), rng), rate) for _ in range(RUNS)]
    assert sum(check.level != "none" for check in checks) <= by_chance(RUNS, 0.02)  # two tests at 0.01 each
    for name in ("p_value", "bins_p_value"):
        p_values = np.array([getattr(check, name) for check in checks])
        assert np.mean(p_values < 0.25) == pytest.approx(0.25, abs=0.1)  # spread as chance spreads them


def test_more_leavers_than_expected_say_retrain_with_both_rates(file, reference):
    p = scored(file)
    check = outcome_check(outcomes(file, reference, np.minimum(1.4 * p, 1), np.random.default_rng(2)), p.mean())
    assert check.level == "major" and check.gap > 0.03 and check.p_value < 0.01
    told = verdict(drift(reference, summary(file, reference), TELCO), check)
    assert told.level == "retrain" and told.sentence.startswith("Retrain: ") and check.sentence in told.sentence


def test_a_model_that_is_right_on_average_and_wrong_for_everybody_is_found(file, reference):
    p = scored(file)
    check = outcome_check(outcomes(file, reference, np.full(len(p), p.mean()), np.random.default_rng(3)), p.mean())
    assert abs(check.gap) < 0.03 and check.level == "major" and check.bins_p_value < 0.01


def test_a_certain_gap_that_matters_to_nobody_is_no_alarm():
    """A million outcomes, half a point above what was expected."""
    n = (400_000, 400_000, 200_000)
    share = (0.1, 0.3, 0.6)
    known = Outcomes(
        customers=n,
        churned=tuple(round((p + 0.005) * k) for p, k in zip(share, n, strict=True)),
        expected=tuple(round(p * k * FULL) for p, k in zip(share, n, strict=True)),
        variance=tuple(round(p * (1 - p) * k * FULL) for p, k in zip(share, n, strict=True)),
    )
    check = outcome_check(by_hand([[500_000, 500_000], [10**6, 0, 0], n], outcomes=known), 0.28)
    assert check.p_value < 1e-9 and check.level == "small" and check.gap == pytest.approx(0.005)
    assert check.churn_rate == pytest.approx(0.285) and check.excess_error == pytest.approx(0.005, abs=1e-4)


def test_the_same_half_point_is_a_quarter_of_all_leavers_where_few_leave():
    n = 200_000
    known = {"customers": n, "churned": 5_000, "expected": round(0.02 * n * FULL), "variance": round(0.0196 * n * FULL)}
    of = by_hand([[n, 0], [n, 0, 0], [n, 0, 0]], outcomes=Outcomes(**{name: (sum_, 0, 0) for name, sum_ in known.items()}))
    assert outcome_check(of, 0.02).level == "major" and outcome_check(of, 0.3).level == "small"


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_the_churn_rate_is_wilsons(case):
    left, n = case
    half = round(0.5 * n * FULL)
    known = Outcomes(customers=(n, 0, 0), churned=(left, 0, 0), expected=(half, 0, 0), variance=(half // 2, 0, 0))
    check = outcome_check(by_hand([[n, 0], [n, 0, 0], [n, 0, 0]], outcomes=known), 0.3)
    assert (check.low, check.high) == pytest.approx(tuple(binomtest(left, n).proportion_ci(method="wilson")), abs=1e-12)
    assert check.z == pytest.approx((left - n / 2) / np.sqrt(n / 4))
    assert check.bins_p_value == pytest.approx(chi2.sf(check.z**2, 1))  # one bin: the same test


def test_outcomes_that_are_not_known_are_no_outcome_and_a_reference_in_which_nobody_left_is_refused(file, reference):
    assert outcome_check(reference, 0.3) is None
    all_left = summary(file, reference, churned=np.ones(len(file)))
    assert (reference + all_left).outcomes == (all_left + reference).outcomes == all_left.outcomes
    assert all_left.outcomes.churned == all_left.outcomes.customers == all_left.counts[SCORE]
    with pytest.raises(DataError, match="between 0 and 1"):
        outcome_check(reference, 0)


def test_one_customer_is_called_the_only_one():
    known = Outcomes(customers=(1, 0, 0), churned=(0, 0, 0), expected=(FULL // 2, 0, 0), variance=(FULL // 4, 0, 0))
    said = why_not_judged(by_hand([[1, 0], [1, 0, 0], [1, 0, 0]], outcomes=known), Unread())
    assert said == "what happened is not judged: the only customer whose outcome is known stayed"
