"""What a summary keeps of scored customers, and that summaries add up."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.monitoring.drift import drift
from churn_core.monitoring.profile import OTHER_WORDS, SCORE, Bins, Profile
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.schema.telco import TELCO
from tests.monitoring.conftest import (
    CHARGE,
    FULL,
    row,
    scored,
    summary,
)


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
    inside = [((file["tenure"] >= low) & (file["tenure"] < high)).sum() for low, high in pairwise(edges)]
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
