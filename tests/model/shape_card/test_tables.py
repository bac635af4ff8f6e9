"""Trees poured into tables: nothing is lost, and each table says only what no other one says."""

import numpy as np
import pytest

from churn_core.model.shape_card.grow import grown
from churn_core.model.shape_card.pairs import alone_or_in, pairs_worth_a_table
from churn_core.model.shape_card.tables import Tables
from churn_core.model.shape_card.trees import SETTINGS, gains, leaves, lightgbm, paths, roots

SIZES = [5, 4, 3, 2]


@pytest.fixture(scope="module")
def codes():
    rng = np.random.default_rng(3)
    return np.column_stack([rng.integers(0, size, 1500) for size in SIZES])


@pytest.fixture(scope="module")
def churned(codes):
    """The first two columns act together, the third alone, the last not at all."""
    log_odds = -1 + 1.5 * ((codes[:, 0] > 2) & (codes[:, 1] < 2)) + 0.6 * codes[:, 2]
    return (np.random.default_rng(4).random(len(codes)) < 1 / (1 + np.exp(-log_odds))).astype(float)


@pytest.fixture(scope="module")
def model(codes, churned):
    settings = {**SETTINGS, "interaction_constraints": alone_or_in(4, [(0, 1), (1, 2)])}
    return lightgbm().train(settings, lightgbm().Dataset(codes.astype(float), churned), 60)


@pytest.fixture
def poured(model):
    tables = Tables.empty(SIZES, [(0, 1), (1, 2)])
    tables.pour(roots(model))
    return tables


def test_poured_tables_say_what_the_trees_said(model, poured, codes):
    assert np.abs(poured.log_odds(codes) - model.predict(codes.astype(float), raw_score=True)).max() < 1e-12


def test_what_tables_say_stays_when_they_are_purified(poured, codes):
    before = poured.log_odds(codes)
    poured.purify(codes)
    assert np.abs(poured.log_odds(codes) - before).max() < 1e-12


def test_a_purified_table_says_nothing_of_one_column_alone(poured, codes):
    poured.purify(codes)
    for (i, j), table in poured.pairs.items():
        said = table[codes[:, i], codes[:, j]]
        for column in (i, j):
            for code in range(SIZES[column]):
                assert abs(said[codes[:, column] == code].mean()) < 1e-4
    for j, shape in enumerate(poured.alone):
        assert abs(shape[codes[:, j]].mean()) < 1e-12


def test_the_pair_that_acts_together_is_found_first(codes, churned):
    assert pairs_worth_a_table(codes, churned, 4, 2)[0] == (0, 1)
    assert len(pairs_worth_a_table(codes, churned, 4, 1)) == 1
    assert all(max(pair) < 2 for pair in pairs_worth_a_table(codes, churned, 2, 5))


def test_every_leaf_is_a_box_of_at_most_two_columns_that_may_be_together(model):
    allowed = [{j} for j in range(4)] + [{0, 1}, {1, 2}]
    for tree in roots(model):
        assert all(any(set(box) <= pair for pair in allowed) for box, _ in leaves(tree))
    assert all(any(set(key) <= pair for pair in allowed) for key in gains(roots(model)))


def test_a_path_names_each_side_of_a_column_once(model):
    for tree in roots(model):
        for path in paths(tree):
            assert len({(column, above) for column, above, _ in path}) == len(path)


def test_what_is_said_of_held_out_customers_is_not_what_was_learned_of_them(codes):
    noise = np.random.default_rng(5).integers(0, 2, len(codes)).astype(float)
    tables, held_out, _ = grown(codes, SIZES, noise, [(0, 1)], 5)
    assert np.corrcoef(held_out, noise)[0, 1] < np.corrcoef(tables.log_odds(codes), noise)[0, 1] - 0.05


def test_tables_grow_the_same_again(codes, churned):
    first, again = (grown(codes, SIZES, churned, [(0, 1)], 3)[0] for _ in range(2))
    assert first.log_odds(codes).tobytes() == again.log_odds(codes).tobytes()


def test_nothing_is_said_of_a_code_that_nobody_had(poured, codes):
    poured.silence(0, 0)
    assert poured.alone[0][0] == 0 and not poured.pairs[0, 1][0].any() and poured.pairs[1, 2].any()
