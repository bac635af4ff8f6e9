"""Drift: what counts as a shift, and how far it is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from churn_core.monitoring.drift import drift, holm, homogeneity_p_value, psi, psi_by_chance, psi_terms, unseen_words
from churn_core.monitoring.profile import SCORE
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.monitoring.verdict import verdict
from churn_core.schema.telco import TELCO
from tests.monitoring.conftest import ALARMS, CHARGE, by_hand, row, scored, small_schema, summary

counts = st.lists(st.integers(0, 500), min_size=2, max_size=12)
pairs = counts.flatmap(lambda a: st.tuples(st.just(a), st.lists(st.integers(0, 500), min_size=len(a), max_size=len(a)))).filter(
    lambda pair: sum(pair[0]) and sum(pair[1])
)


def population_stability_index(reference, current):
    return float(psi_terms(reference, current).sum())


@given(pairs)
def test_psi_is_symmetric_not_negative_and_finite_with_empty_bins(pair):
    psi = population_stability_index(*pair)
    assert psi == pytest.approx(population_stability_index(*pair[::-1]), rel=1e-12)
    assert 0 <= psi <= 2 * np.log(1 / 1e-4)


@given(pairs)
def test_the_size_bias_is_taken_off_psi_by_its_formula_and_psi_is_never_below_zero(pair):
    used = sum(a + b > 0 for a, b in zip(*pair, strict=True))
    bias = (used - 1) * (1 / sum(pair[0]) + 1 / sum(pair[1]))
    assert psi(*pair) == pytest.approx(max(population_stability_index(*pair) - bias, 0), abs=1e-12)
    assert psi(*pair) == pytest.approx(psi(*pair[::-1]), abs=1e-12) and psi_by_chance(*pair) > 0


@pytest.mark.parametrize("rows", [100, 1_000, 100_000])
def test_the_psi_of_a_shift_is_the_same_on_average_in_a_small_file_as_in_a_large_one(rows):
    rng, before, now = np.random.default_rng(rows), np.full(5, 0.2), np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    truth = ((now - before) * np.log(now / before)).sum()
    runs = [(rng.multinomial(7_000, before), rng.multinomial(rows, now)) for _ in range(400)]
    assert np.mean([psi(*run) for run in runs]) == pytest.approx(truth, abs=0.1 * truth)
    assert (rows > 100) or np.mean([population_stability_index(*run) for run in runs]) > 1.25 * truth


@given(counts.filter(sum), st.integers(1, 50))
def test_psi_of_equal_shares_is_zero_whatever_the_size(of, times):
    assert population_stability_index(of, [times * count for count in of]) == pytest.approx(0, abs=1e-12)
    assert homogeneity_p_value(of, [times * count for count in of]) == pytest.approx(1)


@given(pairs.filter(lambda pair: min(*pair[0], *pair[1]) >= 30))
def test_psi_and_chi_square_are_the_textbook_ones_where_no_bin_is_rare(pair):
    r, q = (np.array(side) / sum(side) for side in pair)
    assert population_stability_index(*pair) == pytest.approx(((q - r) * np.log(q / r)).sum())
    assert homogeneity_p_value(*pair) == pytest.approx(chi2_contingency(np.array(pair), correction=False).pvalue)


def test_bins_too_rare_to_judge_are_merged_neighbours_of_numbers_and_the_rarest_of_categories():
    reference, current = [500, 4, 500, 4], [400, 4, 600, 4]
    neighbours, rarest = [[500, 508], [400, 608]], [[8, 500, 500], [8, 400, 600]]
    for ordered, merged in ((True, neighbours), (False, rarest)):
        textbook = chi2_contingency(np.array(merged), correction=False).pvalue
        assert homogeneity_p_value(reference, current, ordered=ordered) == pytest.approx(textbook)


def test_many_words_that_are_all_equally_frequent_are_not_beyond_chance_where_nothing_moved():
    """Four customers in each of 1,500 towns: a town of five in both tables is one that the file holds."""
    rng = np.random.default_rng(5)
    towns = np.repeat(np.arange(1_500), 4)
    files = [np.bincount(rng.choice(towns, 200, replace=False), minlength=1_500) for _ in range(50)]
    assert all(homogeneity_p_value(np.full(1_500, 4), file, ordered=False) > 0.001 for file in files)


@pytest.mark.parametrize("rare", [([7_000, 0], [49, 1]), ([7_000, 20], [48, 2])])
def test_a_customer_or_two_of_a_rare_kind_in_a_small_file_are_no_proof(rare):
    """Whatever the reference expects: it is the smaller side that says nothing."""
    assert homogeneity_p_value(*rare) == homogeneity_p_value(*rare[::-1]) == 1


def test_categories_have_no_neighbours_and_bins_of_scores_have():
    before, now = by_hand([[500, 508], [500, 4, 504], [500, 4, 504]]), by_hand([[500, 508], [400, 4, 604], [400, 4, 604]])
    p = drift(before, now, small_schema()).set_index("column")["p_value"]
    assert p["Contract"] == homogeneity_p_value([500, 4, 504], [400, 4, 604], ordered=False)
    assert p[SCORE] == homogeneity_p_value([500, 4, 504], [400, 4, 604]) != p["Contract"]


@given(pairs)
def test_the_chance_of_a_shift_is_the_same_seen_from_either_side(pair):
    for ordered in (True, False):
        p = homogeneity_p_value(*pair, ordered=ordered)
        assert 0 <= p <= 1 and p == pytest.approx(homogeneity_p_value(*pair[::-1], ordered=ordered), abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=25))
def test_a_p_value_is_adjusted_by_holms_steps(p_values):
    """Rejected at α exactly if each p-value up to it is at most α ÷ (the number not yet rejected)."""
    ranked = sorted(p_values)
    for p, adjusted in zip(p_values, holm(np.array(p_values)), strict=True):
        steps = [(len(ranked) - done) * below for done, below in enumerate(ranked) if below <= p]
        assert adjusted == pytest.approx(min(max(steps), 1))


def test_the_table_holds_psi_without_its_size_bias(file, reference):
    small = summary(file.head(100), reference)
    for name, told in drift(reference, small, TELCO).set_index("column").iterrows():
        counted = reference.counts[name], small.counts[name]
        assert (told["psi"], told["psi_by_chance"]) == (psi(*counted), psi_by_chance(*counted))


def test_psi_of_a_summary_against_itself_is_zero_in_every_row(reference):
    table = drift(reference, reference, TELCO)
    assert (table["psi"] == 0).all() and (table["level"] == "none").all() and (table["p_value"] == 1).all()
    assert table["column"].tolist() == [c.name for c in TELCO.inputs if c.kind != "text"] + [SCORE]


def test_which_side_is_the_reference_changes_neither_psi_nor_chance_nor_level(file, reference):
    now = summary(file.assign(**{CHARGE: file[CHARGE] * 1.2}), reference)
    there, back = drift(reference, now, TELCO), drift(now, reference, TELCO)
    for name in ("psi", "psi_by_chance", "p_value", "p_adjusted"):
        assert there[name].to_numpy() == pytest.approx(back[name].to_numpy(), abs=1e-12)
    assert there["level"].tolist() == back["level"].tolist()


def test_a_shift_of_the_contract_mix_is_found_and_named_with_both_shares(pool, reference):
    weights = np.where(pool["Contract"] == "Two year", 0.2, 1.0)
    now = summary(pool.sample(3_000, replace=True, weights=weights, random_state=3), reference)
    table = drift(reference, now, TELCO)
    found = row(table, "Contract")
    assert found["level"] in ALARMS and found["moved"] == "Two year"
    at = TELCO["Contract"].allowed.index("Two year")
    assert found["reference_share"] == reference.counts["Contract"][at] / reference.rows
    assert found["current_share"] == now.counts["Contract"][at] / now.rows < found["reference_share"]
    assert found["sentence"].startswith("Contract: Two year went from ")
    assert verdict(table).level in ("look", "retrain") and "Contract: Two year" in " ".join(verdict(table).reasons)


def test_a_price_rise_of_15_percent_is_found_and_named(file, reference):
    now = summary(file.assign(**{CHARGE: file[CHARGE] * 1.15}), reference)
    found = row(drift(reference, now, TELCO), CHARGE)
    assert found["level"] in ALARMS and found["sentence"].startswith("Monthly charge: ")
    assert found["current_mean"] / found["reference_mean"] == pytest.approx(1.15, abs=0.02)
    assert row(drift(reference, now, TELCO), "gender")["level"] == "none"


def test_a_price_rise_of_15_percent_of_the_real_customers_is_found(telco):
    customers = telco.customers
    before = profile(customers, scored(customers), bins_of(customers, scored(customers), TELCO), schema=TELCO)
    dearer = customers.sample(3_000, random_state=0).assign(**{CHARGE: lambda c: c[CHARGE] * 1.15})
    assert row(drift(before, summary(dearer, before), TELCO), CHARGE)["level"] == "major"


def test_a_shift_that_is_certain_but_small_is_listed_and_is_no_alarm():
    before = by_hand([[3500, 3500], [3000, 2000, 2000], [2000, 3000, 2000]])
    now = by_hand([[550_000, 450_000], [428_600, 285_700, 285_700], [285_700, 428_600, 285_700]])
    table = drift(before, now, schema=small_schema())
    assert table.set_index("column")["level"].to_dict() == {"gender": "small", "Contract": "none", SCORE: "none"}
    told = verdict(table)
    assert told.level == "keep" and told.sentence.startswith("Keep the model: 1 of 3 columns has moved beyond chance")
    assert told.reasons == tuple(table.loc[table["level"] == "small", "sentence"])


@pytest.mark.parametrize(
    "rows, count, level",
    [(100, 4, "none"), (995, 5, "none"), (994, 5, "look"), (100, 5, "look"), (9_500, 500, "look"), (9_490, 500, "major")],
)
def test_a_word_that_the_model_does_not_know_is_an_alarm_of_its_own_by_its_share(rows, count, level, reference):
    of = replace(reference, rows=rows, unseen={"PaymentMethod": {"Crypto": count - 1, "Barter": 1}})
    table = unseen_words(of, TELCO)
    assert table[["column", "label", "word", "rows", "level"]].values.tolist() == [
        ["PaymentMethod", "Payment method", "Crypto", count, level]
    ]
    assert table["share"][0] == count / (rows + count)
    told = verdict(drift(reference, reference, TELCO), unseen=table)
    assert told.level == {"none": "keep", "look": "look", "major": "retrain"}[level]
    assert ("Payment method: 'Crypto'" in told.sentence) == (level != "none")


def test_a_file_without_unseen_words_has_an_empty_table_of_them(reference):
    assert (
        unseen_words(reference, TELCO).empty
        and verdict(drift(reference, reference, TELCO), unseen=unseen_words(reference, TELCO)).level == "keep"
    )
