"""Rows of one customer, and twins: who they are, and that no fold parts them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.errors import DataError
from churn_core.model import cross_validation, evaluate
from churn_core.model.alike import first_of_each, groups_of
from churn_core.model.cross_validation import PROTOCOL, Protocol
from churn_core.model.measures import Measures
from churn_core.schema import Column
from tests.model.gym import GYM, members

TWINS = replace(GYM, twins_together=True)


def test_rows_that_agree_in_all_but_the_id_are_of_one_group():
    gym = members(50)
    twin = gym.iloc[[3, 7]].assign(member=["other", "names"])
    groups = groups_of(pd.concat([gym, twin], ignore_index=True), TWINS)
    assert groups.tolist() == [*range(50), 3, 7]


@pytest.mark.parametrize("column, value", [("left", None), ("fee", 12.34), ("goal", "another goal")])
def test_rows_that_agree_in_all_but_one_other_column_are_twins_too(column, value):
    gym = members(50)
    nearly = gym.iloc[[3]].assign(**{column: 1 - gym["left"].iloc[3] if value is None else value})
    assert groups_of(pd.concat([gym, nearly], ignore_index=True), TWINS).tolist() == [*range(50), 3]


def test_rows_that_differ_in_two_columns_are_no_twins():
    gym = members(50)
    assert groups_of(pd.concat([gym, gym.iloc[[3]].assign(fee=12.34, visits=1.5)], ignore_index=True), TWINS) is None


def test_many_rows_that_differ_in_one_column_are_so_by_chance():
    gym = members(1)
    alike = pd.concat([gym.assign(fee=float(fee)) for fee in range(20)], ignore_index=True)
    assert groups_of(alike, TWINS) is None
    assert groups_of(pd.concat([alike, alike.iloc[[2]]], ignore_index=True), TWINS).tolist() == [*range(20), 2]


def test_twins_may_be_parted_where_the_schema_does_not_keep_them_together():
    assert groups_of(pd.concat([members(50), members(50)], ignore_index=True), GYM) is None


def test_rows_with_the_same_id_are_of_one_group_and_blank_ids_are_not():
    ids = ["a", "b", "a", None, None, "c"]
    assert groups_of(members(6), GYM, ids).tolist() == [0, 1, 0, 2, 3, 4]
    assert groups_of(members(3), GYM, ["a", "b", None]) is None


def test_rows_of_one_account_are_of_one_group():
    accounts = Column(name="account", label="Account", kind="text", role="group")
    schema = replace(GYM, columns=(accounts, *GYM.columns))
    assert groups_of(members(4).assign(account=["x", "y", "x", "z"]), schema).tolist() == [0, 1, 0, 2]


def test_who_shares_a_row_with_one_of_a_group_belongs_to_it():
    gym = members(4)
    rows = pd.concat([gym, gym.iloc[[0]]], ignore_index=True)  # row 4 is the twin of row 0, and has the id of row 2
    assert groups_of(rows, TWINS, ["a", "b", "c", "d", "c"]).tolist() == [0, 1, 0, 2, 0]


def test_blank_numbers_are_alike():
    gym = members(20).assign(visits=np.nan)
    assert groups_of(pd.concat([gym, gym.iloc[[1]]], ignore_index=True), TWINS)[-1] == 1


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60))
def test_one_of_each_is_the_first_row_of_each_group(groups):
    one = first_of_each(np.array(groups), len(groups))
    assert one.sum() == len(set(groups))
    assert all(groups[i] not in groups[:i] for i in np.flatnonzero(one))


# Folds


@given(st.integers(0, 1000), st.integers(2, 5), st.integers(1, 3))
def test_no_fold_parts_a_group_and_every_customer_is_held_out_once(seed, folds, repeats):
    rng = np.random.default_rng(seed)
    groups, labels = rng.integers(0, 120, 300), rng.integers(0, 2, 300)
    splits = list(Protocol(folds=folds, repeats=repeats, seed=seed).splits(labels, groups))
    assert len(splits) == folds * repeats
    for train, held_out in splits:
        assert not set(groups[train]) & set(groups[held_out])
        assert sorted([*train, *held_out]) == list(range(300))
    for repeat in range(repeats):
        assert sorted(np.concatenate([fold for _, fold in splits[repeat * folds : (repeat + 1) * folds]])) == list(range(300))


def test_folds_of_groups_have_nearly_the_same_share_of_leavers_and_customers():
    rng = np.random.default_rng(1)
    groups = np.append(np.arange(2000), rng.integers(0, 2000, 400))  # some have a twin, with the same outcome
    labels = (rng.random(2000) < 0.2).astype(int)[groups]
    for _, fold in PROTOCOL.splits(labels, groups):
        assert abs(len(fold) - 480) < 12 and abs(labels[fold].mean() - labels.mean()) < 0.015


def test_folds_of_groups_come_again_and_each_repeat_has_others():
    labels, groups = np.array([0, 0, 1] * 40), np.arange(120) // 2
    here, again = (list(PROTOCOL.splits(labels, groups)) for _ in range(2))
    assert all(a[1].tolist() == b[1].tolist() for a, b in zip(here, again, strict=True))
    assert len({fold.tobytes() for _, fold in here}) == PROTOCOL.rounds


def test_a_model_that_knows_twins_gains_nothing_from_them():
    rng = np.random.default_rng(2)
    x = pd.DataFrame({"noise": rng.random(400)})
    y = rng.integers(0, 2, 400)
    x, y, groups = pd.concat([x, x], ignore_index=True), np.append(y, y), np.append(np.arange(400), np.arange(400))
    from sklearn.neighbors import KNeighborsClassifier

    once = Protocol(repeats=1)
    parted = Measures.at_once(cross_validation.cross_validate(KNeighborsClassifier(1), x, y, once)[0], y)
    together = Measures.at_once(cross_validation.cross_validate(KNeighborsClassifier(1), x, y, once, groups)[0], y)
    assert parted.auc > 0.75 and abs(together.auc - 0.5) < 0.08


def test_leavers_in_fewer_groups_than_folds_are_refused():
    labels, groups = np.array([1] * 10 + [0] * 90), np.array([0] * 10 + list(range(1, 91)))
    with pytest.raises(DataError, match="rows that are alike count once"):
        list(PROTOCOL.splits(labels, groups))


def test_the_figures_for_one_of_each_leave_later_twins_out():
    p, y = np.array([[0.9, 0.2, 0.6, 0.3, 0.9]]), np.array([1, 0, 0, 1, 1])
    one = evaluate.for_one_of_each(p, y, np.array([0, 1, 2, 3, 0]))
    assert one == Measures.at_once(p[0][:4], y[:4])
    assert evaluate.for_one_of_each(p, y, None) == Measures.at_once(p[0], y)


# Size


@pytest.mark.parametrize("rows, repeats, learn_from", [(200, 4, None), (15_000, 4, None), (50_000, 2, None), (100_000, 1, None)])
def test_the_more_customers_the_fewer_repeats(rows, repeats, learn_from):
    protocol = Protocol.of(rows)
    assert (protocol.folds, protocol.repeats, protocol.learn_from) == (5, repeats, learn_from)


def test_of_very_many_a_part_is_learned_from_and_all_are_held_out():
    protocol = Protocol.of(1_000_000)
    labels = np.arange(1_000_000) % 4 == 0
    splits = list(protocol.splits(labels.astype(int)))
    assert {len(train) for train, _ in splits} == {200_000} and sum(len(fold) for _, fold in splits) == 1_000_000
    assert not np.intersect1d(*splits[0]).size
    assert protocol.words == "5 folds × 1 repeat, each model learning from 200,000 customers"


def test_a_protocol_is_the_same_from_its_json():
    for rows in (7_043, 40_000, 10**6):
        assert Protocol(**Protocol.of(rows).as_json) == Protocol.of(rows)
    assert Protocol.of(7_043).as_json == {"folds": 5, "repeats": 4, "seed": 0}


def test_workers_change_nothing():
    gym = members(300)
    from churn_core.model.candidates import candidate

    one, two = (
        cross_validation.cross_validate(candidate("card", GYM), gym, gym["left"].to_numpy(), Protocol(repeats=1), workers=workers)
        for workers in (1, 2)
    )
    assert np.abs(one - two).max() < 1e-9
