"""Segments that are found: what decides is found and holds, chance is not told, and nothing depends on the order of the rows."""

from dataclasses import replace

import numpy as np
import pytest

from churn_core.decisions.segments.find import LEAST, find_segments, searched_columns
from churn_core.decisions.segments.found import OVERLAP
from churn_core.errors import Stopped
from churn_core.schema import Column
from churn_core.schema.telco import TELCO
from tests.decisions.segments.conftest import CAFE, jaccard, told, visitors
from tests.gym import GYM


def test_the_groups_that_were_made_are_found_and_hold(cafe, found):
    high, low = (next(each for each in found.segments if each.leaves_more is side) for side in (True, False))
    basic_and_rare = ((cafe["plan"] == "basic") & (cafe["visits"] <= 2)).to_numpy()
    gold_with_news = ((cafe["plan"] == "gold") & (cafe["news"] == 1)).to_numpy()
    assert jaccard(high.mask(cafe), basic_and_rare) == 1.0 and jaccard(low.mask(cafe), gold_with_news) == 1.0
    assert high.in_words() == "plan: basic and visits: at most 2"
    assert low.in_words() == "plan: gold and reads the newsletter"
    assert not high.may_be_a_leak and not low.may_be_a_leak


def test_the_figures_are_those_of_the_customers(cafe, found):
    left = cafe["left"].to_numpy() == 1
    assert found.rate == pytest.approx(left.mean()) and found.searched + found.confirming == len(cafe)
    for each in found.segments:
        inside = each.mask(cafe)
        assert (each.customers, each.left) == (inside.sum(), (inside & left).sum())
        assert each.searched + each.confirming == each.customers and each.searched >= LEAST
        in_both = (each.searched * each.found_rate + each.confirming * each.rate) / each.customers
        assert in_both == pytest.approx(each.left / each.customers)
        assert each.lost == pytest.approx(200.0 * each.left)
        assert each.low < each.rate < each.high and not each.low <= each.rest_rate <= each.high


def test_the_segments_are_few_and_different(cafe, found):
    for side in (True, False):
        masks = [each.mask(cafe) for each in found.segments if each.leaves_more is side]
        assert len(masks) <= (4 if side else 2)
        assert all(jaccard(a, b) <= 0.45 for i, a in enumerate(masks) for b in masks[:i])
    assert all(len(each.conditions) <= 3 for each in found.segments)
    assert found.in_words().endswith(OVERLAP)


def test_the_order_of_the_rows_and_their_labels_do_not_matter(cafe, found):
    mixed = cafe.sample(frac=1, random_state=3).reset_index(drop=True)
    assert told(find_segments(mixed, CAFE)) == told(found) == told(find_segments(cafe, CAFE))


@pytest.mark.slow
def test_of_the_sample_fibre_without_protection_is_found_unaided(telco):
    first = find_segments(telco.customers, replace(TELCO, segments=(), rule=None)).segments[0]
    written = TELCO.segments[0].members(telco.customers).to_numpy()
    assert jaccard(first.mask(telco.customers), written) >= 0.95
    assert first.in_words() == "fibre internet and none of online security, online backup, device protection and tech support"
    assert first.low > 0.5 > first.rest_rate


@pytest.mark.slow
def test_where_chance_alone_says_who_left_nothing_is_told(telco):
    told_by_chance = 0
    for seed in range(10):  # the benchmark takes 100
        left = np.random.default_rng(seed).permutation(telco.customers[TELCO.target].to_numpy())
        told_by_chance += len(find_segments(telco.customers.assign(**{TELCO.target: left}), TELCO).segments)
    assert told_by_chance == 0


def test_who_stands_for_several_counts_as_many_and_who_was_contacted_not_at_all(cafe):
    treated = np.random.default_rng(1).random(len(cafe)) < 0.3
    changed = cafe.assign(left=np.where(treated, 0, cafe["left"]))  # those who were contacted all stayed
    weight = np.where(treated, 0.0, np.where(np.arange(len(cafe)) % 2, 1.0, 1.5))
    alone = find_segments(changed, CAFE, weight=weight)
    assert alone.segments[0].in_words() == "plan: basic and visits: at most 2"
    assert alone.rate == pytest.approx(np.average(changed["left"], weights=weight))
    assert alone.searched + alone.confirming == (~treated).sum()
    assert alone.segments[0].rate == pytest.approx(0.6, abs=0.07)


def test_equal_weights_change_nothing_but_how_many_one_stands_for(cafe, found):
    assert told(find_segments(cafe, CAFE, weight=np.ones(len(cafe)))) == told(found)
    assert [each.in_words() for each in find_segments(cafe, CAFE, weight=np.full(len(cafe), 3.0)).segments] == [
        each.in_words() for each in found.segments
    ]


@pytest.mark.parametrize("rows", [0, 1, 2, 60, 2 * LEAST])
def test_too_few_customers_have_no_segments_and_a_sentence_instead(cafe, rows):
    found = find_segments(cafe.head(rows), CAFE)
    assert found.segments == () and "too few" in found.in_words()


def test_nothing_is_found_where_everybody_or_nobody_left(cafe):
    assert find_segments(cafe.assign(left=1), CAFE).segments == find_segments(cafe.assign(left=0), CAFE).segments == ()


def test_one_column_is_enough(cafe):
    alone = replace(CAFE, columns=(CAFE["card"], CAFE["plan"], CAFE["left"]))
    (first, *_) = find_segments(cafe, alone).segments
    assert first.in_words() == "plan: basic"


def test_a_blank_is_a_condition_of_its_own(cafe):
    rng = np.random.default_rng(2)
    for name in ("spent", "town"):
        blank = (cafe[name].isna() if name == "spent" else cafe[name] == "blank").to_numpy()
        left = (rng.random(len(cafe)) < np.where(blank, 0.7, 0.1)).astype(int)
        first = find_segments(cafe.assign(left=left), CAFE).segments[0]
        assert first.in_words() == f"{name}: blank" and jaccard(first.mask(cafe), blank) == 1.0


def test_nearly_all_leaving_is_told_as_a_possible_leak(cafe):
    leak = (cafe["town"] == "A").to_numpy()
    left = np.where(leak, 1, cafe["left"])
    first = find_segments(cafe.assign(left=left), CAFE).segments[0]
    assert first.in_words() == "town: A" and first.may_be_a_leak


def test_rows_of_one_customer_are_not_searched_and_confirmed():
    """500 customers of eight equal rows each and nothing to find: rows on both sides would confirm what is chance."""
    owners = visitors(500, seed=4).assign(left=np.random.default_rng(0).permutation(visitors(500, seed=4)["left"]))
    rows = owners.loc[np.repeat(owners.index, 8)].reset_index(drop=True).assign(owner=np.repeat(np.arange(500).astype(str), 8))
    owner = Column(name="owner", label="Owner", kind="text", role="group")
    found = find_segments(rows, replace(CAFE, columns=(owner, *CAFE.columns)))
    assert found.searched % 8 == 0 and found.confirming % 8 == 0
    assert "owner" not in {column.name for column in searched_columns(replace(CAFE, columns=(owner, *CAFE.columns)))}


def test_segments_speak_of_what_a_model_may_learn_from():
    assert {column.name for column in searched_columns(GYM)} == {
        column.name for column in GYM.inputs if column.kind != "text" and column.role != "id"
    }
    assert TELCO.total_charge not in {column.name for column in searched_columns(TELCO)}


def test_a_search_says_how_far_it_is_and_can_be_stopped(cafe):
    shares = []
    find_segments(cafe, CAFE, report=lambda sentence, share=None: shares.append(share))
    assert shares == sorted(shares) and 0 <= shares[0] < shares[-1] <= 1

    def stop(sentence: str, share: float | None = None) -> None:
        raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        find_segments(cafe, CAFE, report=stop)
