"""Drift: what a summary keeps, what counts as a shift, and how rarely there is an alarm without one."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, chi2, chi2_contingency

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.monitoring.drift import drift, holm, homogeneity_p_value, psi_terms, unseen_words
from churn_core.monitoring.outcomes import outcome_check
from churn_core.monitoring.profile import OTHER_WORDS, SCORE, Bins, Outcomes, Profile
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.monitoring.verdict import MoneyDrift, verdict
from churn_core.schema.telco import TELCO

RUNS = 200  # files without drift per size
REFERENCE = 7_043  # customers; as many as the Telco file
ALARMS = ("look", "major")
CHARGE = "MonthlyCharges"
FULL = 2**32  # a sum of 1, as summaries keep it


def by_chance(runs, share=0.05):
    """No more hits than 1 in 1,000 simulations would have if ``share`` were the true rate."""
    return int(binom.ppf(0.999, runs, share))


def scored(customers):
    """A model of the test's own: churn probabilities that depend on numbers and on the contract."""
    monthly = (customers["Contract"] == "Month-to-month").to_numpy()
    log_odds = -2 - 0.03 * customers["tenure"].to_numpy() + 0.02 * customers[CHARGE].to_numpy() + 1.2 * monthly
    return 1 / (1 + np.exp(-log_odds))


@pytest.fixture(scope="module")
def pool():
    """The population: every reference and every file is drawn from it."""
    return clean(generate(20_000, seed=5, schema=TELCO), TELCO)[0].drop(columns=TELCO.id)


@pytest.fixture(scope="module")
def reference(pool):
    customers = pool.sample(REFERENCE, replace=True, random_state=1)
    p = scored(customers)
    return profile(customers, p, bins_of(customers, p, TELCO), schema=TELCO)


@pytest.fixture(scope="module")
def file(pool):
    return pool.sample(3_000, replace=True, random_state=2)


def summary(customers, reference, **more):
    return profile(customers, scored(customers), reference.bins, schema=TELCO, **more)


def row(table, name):
    return table.set_index("column").loc[name]


def by_hand(counts, **more):
    """A summary with the given counts of two flags and three score bins, whose sums do not matter."""
    of = {"gender": counts[0], "Contract": counts[1], SCORE: counts[2]}
    bins = Bins(edges={SCORE: (0.2, 0.5)}, values={"gender": ("Female", "Male"), "Contract": ("A", "B", "C")})
    return Profile(bins=bins, rows=sum(counts[0]), counts=of, sums={SCORE: sum(counts[2]) * FULL // 4}, **more)


# --- the summary -------------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=25)
def test_the_summaries_of_chunks_add_up_to_that_of_the_whole_to_the_last_bit(data, file, reference):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(file)), max_size=4)))
    known = data.draw(st.booleans())
    churned = np.random.default_rng(0).integers(0, 2, len(file)) if known else None
    parts = [
        summary(file.iloc[start:end], reference, churned=churned[start:end] if known else None)
        for start, end in zip([0, *cuts], [*cuts, len(file)], strict=True)
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    assert whole == summary(file, reference, churned=churned)


@given(order=st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_order_of_the_rows_does_not_matter(order, file, reference):
    shuffled = file.iloc[order.sample(range(len(file)), len(file))]
    assert summary(shuffled, reference) == summary(file, reference)


def test_every_customer_is_counted_once_per_column_in_the_bin_of_the_value(file, reference):
    of = summary(file, reference)
    assert set(of.counts) == {c.name for c in TELCO.inputs if c.kind != "text"} | {SCORE}
    assert all(sum(counts) == of.rows == len(file) for counts in of.counts.values())
    assert of.counts["Contract"] == tuple((file["Contract"] == value).sum() for value in TELCO["Contract"].allowed)
    assert of.counts["SeniorCitizen"] == tuple((file["SeniorCitizen"] == value).sum() for value in (0, 1))
    edges = (-np.inf, *of.bins.edges["tenure"], np.inf)
    inside = [((file["tenure"] >= low) & (file["tenure"] < high)).sum() for low, high in zip(edges, edges[1:], strict=False)]
    assert of.counts["tenure"] == tuple(inside)
    assert of.mean(CHARGE) == pytest.approx(file[CHARGE].mean(), abs=1e-9)
    assert of.mean(SCORE) == pytest.approx(scored(file).mean(), abs=1e-9)


def test_categories_are_read_alike_as_words_as_pandas_categories_and_in_another_order(file, reference):
    words = file.assign(Contract=file["Contract"].astype(object))
    other = file.assign(Contract=file["Contract"].cat.reorder_categories(TELCO["Contract"].allowed[::-1]))
    assert summary(words, reference) == summary(other, reference) == summary(file, reference)


@given(values=st.lists(st.sampled_from([0, 0, 0, 0, 1, 2, 5, 40]), min_size=1, max_size=60))
def test_the_bins_of_the_reference_are_never_empty_save_around_a_single_value(values):
    customers = clean(generate(len(values), seed=0, schema=TELCO), TELCO)[0].assign(tenure=values)
    p = np.full(len(values), 0.3)
    of = profile(customers, p, bins_of(customers, p, TELCO), schema=TELCO)
    heap = len(of.counts["tenure"]) == 3 and of.counts["tenure"][0] == 0
    assert heap or min(of.counts["tenure"]) > 0
    assert of.counts[SCORE] == (0, len(values), 0) and of.bins.words(SCORE) == ["below 0.3", "0.3", "above 0.3"]


def test_a_column_that_had_one_value_only_shows_when_it_takes_another(pool):
    customers = pool.head(1_000).assign(tenure=12)
    before = profile(customers, scored(customers), bins_of(customers, scored(customers), TELCO), schema=TELCO)
    now = profile(customers.assign(tenure=13), scored(customers), before.bins, schema=TELCO)
    assert row(drift(before, now, TELCO), "tenure")[["level", "moved"]].tolist() in (["major", "12"], ["major", "above 12"])


def test_a_summary_of_a_million_customers_is_a_few_kilobytes_of_json_and_comes_back_the_same(file, reference):
    words = {"Contract": {f"{i} years" + "x" * 60: 10**6 + i for i in range(30)}}
    of = summary(file, reference, churned=np.ones(len(file)), unseen=words)
    large = of
    for _ in range(9):
        large = large + large
    text = json.dumps(large.as_dict())
    assert large.rows > 1_000_000 and len(text) < 6_000
    assert Profile.from_dict(json.loads(text)) == large


DAMAGE = {
    "no object": lambda d: [],
    "a field less": lambda d: {k: v for k, v in d.items() if k != "sums"},
    "a field more": lambda d: {**d, "more": 1},
    "another format": lambda d: {**d, "format": 2},
    "rows that are not those counted": lambda d: {**d, "rows": d["rows"] + 1},
    "rows as text": lambda d: {**d, "rows": str(d["rows"])},
    "a negative count": lambda d: {**d, "counts": {**d["counts"], "gender": [-1, d["rows"] + 1]}},
    "a count that is no whole number": lambda d: {**d, "counts": {**d["counts"], "gender": [0.5, d["rows"] - 0.5]}},
    "a bin less": lambda d: {**d, "counts": {**d["counts"], "gender": [d["rows"]]}},
    "a column without counts": lambda d: {**d, "counts": {k: v for k, v in d["counts"].items() if k != "gender"}},
    "edges that fall": lambda d: {**d, "edges": {**d["edges"], "tenure": d["edges"]["tenure"][::-1]}},
    "an edge that is none": lambda d: {**d, "edges": {**d["edges"], "tenure": [None, *d["edges"]["tenure"][1:]]}},
    "an edge at infinity": lambda d: {**d, "edges": {**d["edges"], "tenure": [*d["edges"]["tenure"][:-1], np.inf]}},
    "a value twice": lambda d: {**d, "values": {**d["values"], "gender": ["Male", "Male"]}},
    "scores beyond 1": lambda d: {**d, "sums": {**d["sums"], SCORE: d["rows"] * FULL + 1}},
    "a sum that is no whole number": lambda d: {**d, "sums": {**d["sums"], CHARGE: 0.5}},
    "a word too long": lambda d: {**d, "unseen": {"gender": {"x" * 41: 1}}},
    "too many words": lambda d: {**d, "unseen": {"gender": {str(i): 1 for i in range(21)}}},
    "words of a number": lambda d: {**d, "unseen": {"tenure": {"x": 1}}},
    "more leavers than customers": lambda d: {
        **d,
        "outcomes": {**d["outcomes"], "churned": [n + 1 for n in d["outcomes"]["customers"]]},
    },
    "more outcomes than customers": lambda d: {
        **d,
        "outcomes": {**d["outcomes"], "customers": [n + 1 for n in d["outcomes"]["customers"]]},
    },
    "an outcome less": lambda d: {**d, "outcomes": {k: v for k, v in d["outcomes"].items() if k != "variance"}},
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_summary_is_refused_with_a_sentence(damage, file, reference):
    of = summary(file, reference, churned=np.zeros(len(file))).as_dict()
    assert Profile.from_dict(of).as_dict() == of
    with pytest.raises(DataError, match="damaged.*Score the file again"):
        Profile.from_dict(damage(of))


def test_summaries_with_different_bins_are_neither_added_nor_compared(file, reference):
    other = profile(file, scored(file), bins_of(file, scored(file), TELCO), schema=TELCO)
    with pytest.raises(DataError, match="different bins.*same version"):
        reference + other
    with pytest.raises(DataError, match="different bins"):
        drift(reference, other, TELCO)


def test_what_cannot_be_summarised_is_refused_with_the_mend(file, reference):
    p = scored(file)
    for customers, probability, more, says in [
        (file, p[:-1], {}, "one for each customer"),
        (file, np.where(p == p[0], np.nan, p), {}, "between 0 and 1"),
        (file, p + 1, {}, "between 0 and 1"),
        (file.drop(columns="tenure"), p, {}, "no column 'tenure'"),
        (file.assign(tenure=np.nan), p, {}, "tenure has a value that is missing"),
        (file.assign(Contract="Ten years"), p, {}, "Contract has a value that is not one of"),
        (file.assign(SeniorCitizen=2), p, {}, "SeniorCitizen has a value"),
        (file, p, {"churned": np.full(len(file), 2)}, "0 or 1"),
        (file, p, {"unseen": {"tenure": {"x": 1}}}, "not to tenure"),
    ]:
        with pytest.raises(DataError, match=says):
            profile(customers, probability, reference.bins, schema=TELCO, **more)
    with pytest.raises(DataError, match="schema Telco"):
        profile(file, p, Bins(edges={SCORE: (0.5,)}, values={}), schema=TELCO)
    with pytest.raises(DataError, match="no customers"):
        bins_of(file.head(0), p[:0], TELCO)
    with pytest.raises(DataError, match="no customers"):
        drift(reference, summary(file.head(0), reference), TELCO)


@given(words=st.dictionaries(st.text(max_size=60), st.integers(1, 50), max_size=40))
def test_unseen_words_are_kept_to_twenty_a_column_and_none_is_lost_from_the_total(words):
    customers = clean(generate(5, seed=0, schema=TELCO), TELCO)[0]
    p = np.linspace(0.1, 0.9, 5)
    of = profile(customers, p, bins_of(customers, p, TELCO), unseen={"Contract": words}, schema=TELCO)
    kept = of.unseen.get("Contract", {})
    assert sum(kept.values()) == sum(words.values()) and all(len(word) <= 40 for word in kept)
    assert len(kept) <= 20 + (OTHER_WORDS in kept)
    twice = of + of
    assert {word: 2 * count for word, count in kept.items()} == twice.unseen.get("Contract", {})
    assert Profile.from_dict(twice.as_dict()) == twice


def test_of_more_than_twenty_words_the_most_frequent_are_kept_and_the_others_counted_together(file, reference):
    of = summary(file, reference, unseen={"Contract": {f"{i} years": i for i in range(1, 26)}})
    kept = {f"{i} years": i for i in range(6, 26)}
    assert of.unseen == {"Contract": {**kept, OTHER_WORDS: 15}}
    assert (of + of).unseen == {"Contract": {word: 2 * count for word, count in of.unseen["Contract"].items()}}
    assert (of + replace(of, unseen={"Contract": {"new": 100}})).unseen["Contract"][OTHER_WORDS] == 15 + 6


# --- the measures ------------------------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("rare", [([7_000, 0], [49, 1]), ([7_000, 20], [48, 2])])
def test_a_customer_or_two_of_a_rare_kind_in_a_small_file_are_no_proof(rare):
    """Whatever the reference expects: it is the smaller side that says nothing."""
    assert homogeneity_p_value(*rare) == homogeneity_p_value(*rare[::-1]) == 1


def test_categories_have_no_neighbours_and_bins_of_scores_have():
    before, now = by_hand([[500, 508], [500, 4, 504], [500, 4, 504]]), by_hand([[500, 508], [400, 4, 604], [400, 4, 604]])
    p = drift(before, now, _small_schema()).set_index("column")["p_value"]
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


# --- no drift ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quiet_files(pool):
    """The drift of files of 100, 300 and 3,000 customers, each against a reference of its own, all from one population."""
    rng, p = np.random.default_rng(7), scored(pool)
    tables = {100: [], 300: [], 3_000: []}
    for _ in range(RUNS):
        at = rng.integers(0, len(pool), REFERENCE)
        bins = bins_of(pool.iloc[at], p[at], TELCO)
        before = profile(pool.iloc[at], p[at], bins, schema=TELCO)
        for rows, found in tables.items():
            at = rng.integers(0, len(pool), rows)
            found.append(drift(before, profile(pool.iloc[at], p[at], bins, schema=TELCO), TELCO))
    return tables


@pytest.mark.parametrize("rows", [300, 3_000])
def test_without_drift_at_most_one_file_in_twenty_raises_any_alarm(rows, quiet_files):
    alarms = sum(table["level"].isin(ALARMS).any() for table in quiet_files[rows])
    assert alarms <= 0.05 * RUNS


@pytest.mark.parametrize("rows", [100, 300, 3_000])
def test_without_drift_about_one_file_in_twenty_has_any_column_beyond_chance(rows, quiet_files):
    beyond = sum((table["p_adjusted"] < 0.05).any() for table in quiet_files[rows])
    assert beyond <= by_chance(RUNS)


@pytest.mark.parametrize("rows", [300, 3_000])
def test_without_drift_a_column_is_beyond_chance_as_often_as_its_p_value_says(rows, quiet_files):
    """Not less often either: a test that never speaks would pass the two above."""
    p_values = pd.concat([table["p_value"] for table in quiet_files[rows]])
    assert 0.035 < (p_values < 0.05).mean() < 0.065


@pytest.mark.parametrize("rows", [300, 3_000])
def test_without_drift_psi_stays_under_what_chance_gives_in_about_95_of_100(rows, quiet_files):
    tables = pd.concat(quiet_files[rows])
    assert 0.93 < (tables["psi"] <= tables["psi_by_chance"]).mean() < 0.97


@pytest.mark.parametrize("rows", [100, 300, 3_000, 1_000_000])
def test_the_size_of_a_file_does_not_raise_the_rate_of_false_alarms(rows):
    """Twenty columns that have nothing to do with each other, some with rare values: the worst case for many looks."""
    rng = np.random.default_rng(rows)
    shares = [rng.dirichlet(np.full(size, 2.0)) for size in rng.integers(2, 11, 20)]
    runs = 500
    before, now = ([rng.multinomial(n, share, runs) for share in shares] for n in (REFERENCE, rows))
    p_values = [[homogeneity_p_value(r, q) for r, q in zip(*each, strict=True)] for each in zip(before, now, strict=True)]
    beyond = sum((holm(np.array(of_file)) < 0.05).any() for of_file in zip(*p_values, strict=True))
    assert beyond <= by_chance(runs)
    assert np.mean(np.array(p_values) < 0.05) > 0.03  # and the test does speak


def test_a_file_of_a_hundred_customers_raises_no_alarm_by_its_size(quiet_files):
    """By PSI alone nearly all of them would: chance takes it past the bar."""
    tables = quiet_files[100]
    assert np.mean([table["psi"].max() >= 0.1 for table in tables]) > 0.8
    assert sum(verdict(table).level != "keep" for table in tables) <= by_chance(RUNS)


# --- drift -------------------------------------------------------------------------------------------------------------


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
    table = drift(before, now, schema=_small_schema())
    assert table.set_index("column")["level"].to_dict() == {"gender": "small", "Contract": "none", SCORE: "none"}
    told = verdict(table)
    assert told.level == "keep" and told.sentence.startswith("Keep the model: 1 of 3 columns has moved beyond chance")
    assert told.reasons == tuple(table.loc[table["level"] == "small", "sentence"])


def _small_schema():
    contract = replace(TELCO["Contract"], allowed=("A", "B", "C"))
    return replace(TELCO, columns=(TELCO["customerID"], TELCO["gender"], contract, TELCO["Churn"]), segments=(), rule=None)


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


# --- outcomes ----------------------------------------------------------------------------------------------------------


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
    assert check.churn_rate == pytest.approx(0.285) and check.calibration_error == pytest.approx(0.005, abs=1e-4)


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


# --- the verdict -------------------------------------------------------------------------------------------------------


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
    assert "the campaign earns 12 % less per customer" in verdict(shifted, money=money(profit=88)).sentence


def test_money_alone_is_told_and_is_no_reason_to_touch_the_model(reference):
    told = verdict(levels(reference), money=money(profit=60, best=80))
    assert told.level == "keep"
    assert told.reasons == (
        "the campaign earns 40 % less per customer",
        "a threshold of 0.20 would earn 20 more per 1,000 customers",
    )
