"""The plain card as a candidate: it learns the same again, is right on average, and says what it knows and nothing else."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss

from churn_core.model import cross_validation, pickles
from churn_core.model.candidates import candidate
from churn_core.model.card import check, plain, rules
from churn_core.model.card.joint import Rule
from churn_core.model.card.ridge import GRIDS, START, fit, left_out_log_odds, newton, penalty
from churn_core.model.card.shape import Curve, Levels
from churn_core.model.card.terms import LevelTerms, NumberTerms
from churn_core.model.explain import explain, reasons_of
from churn_core.model.folds import dealt
from churn_core.model.reasons import explained, top_reasons
from churn_core.model.registry import CARD, EQUATION, MODEL, Registry
from churn_core.model.terms import features
from tests.model.card.made import COMPANY, company
from tests.model.versions import HELD_OUT, metadata

CUSTOMERS = company()
LEFT = CUSTOMERS["left"].to_numpy()
OTHERS = company(400, seed=1)


@functools.cache
def fitted():
    return candidate("card", COMPANY).fit(CUSTOMERS, LEFT)


def lines(kind) -> list:
    return [line for line in fitted().card.lines if isinstance(line, kind)]


# What it learns


def test_it_learns_the_same_again():
    again = clone(fitted()).fit(CUSTOMERS, LEFT)
    assert again.card == fitted().card


def test_the_order_of_the_customers_does_not_matter():
    order = np.random.default_rng(0).permutation(len(LEFT))
    other = candidate("card", COMPANY).fit(CUSTOMERS.iloc[order], LEFT[order])
    assert other.told_by == fitted().told_by
    assert other.churn_probability(OTHERS) == pytest.approx(fitted().churn_probability(OTHERS), abs=1e-9)


def test_customers_who_are_alike_are_held_out_together():
    twice = pd.concat([CUSTOMERS.head(50)] * 2).drop(columns="left")
    marks = plain.marks_of(twice)
    assert marks[:50].tolist() == marks[50:].tolist() and len(set(marks % 3)) == 3
    part = dealt(np.append(LEFT[:50], 1 - LEFT[:50]), 5, marks, plain.together(marks, None))
    assert part[:50].tolist() == part[50:].tolist() and len(set(part)) == 5


def test_customers_of_one_group_and_those_alike_to_any_of_them_are_held_out_together():
    marks, groups = np.array([5, 5, 6, 7, 8], dtype=np.uint64), np.array([0, 1, 1, 2, 3])
    assert plain.together(marks, groups).tolist() == [0, 0, 0, 1, 2]


def test_on_average_it_says_what_happened():
    assert fitted().churn_probability(CUSTOMERS).mean() == pytest.approx(LEFT.mean(), abs=0.003)


def test_what_it_says_of_customers_it_has_not_seen_is_as_sure_as_they_are():
    held_out = cross_validation.cross_validate(
        candidate("card", COMPANY), CUSTOMERS, LEFT, cross_validation.Protocol(folds=3, repeats=1)
    )[0]
    assert held_out.mean() == pytest.approx(LEFT.mean(), abs=0.01)
    shift, slope = check.line(logit(held_out), LEFT.astype(float))
    assert slope > 0.85 and shift == pytest.approx(0, abs=0.2)


def test_a_line_is_never_made_surer_nor_turned_round_and_is_right_on_average():
    rng = np.random.default_rng(4)
    log_odds = rng.normal(size=500)
    for truth, slope in ((3 * log_odds, 1.0), (-log_odds, 0.0)):
        left = (rng.random(500) < expit(truth)).astype(float)
        shift, found = check.line(log_odds, left)
        assert found == slope and expit(shift + found * log_odds).mean() == pytest.approx(left.mean(), abs=1e-9)


def test_every_line_is_told_against_the_average_customer():
    assert fitted().contributions(CUSTOMERS)[1].mean(axis=0) == pytest.approx(np.zeros(len(fitted().told_by)), abs=1e-12)


def test_what_columns_do_together_is_a_rule_of_at_least_two_of_them():
    assert lines(Rule) and all(2 <= len(rule.columns) <= 3 for rule in lines(Rule))
    assert ("calls", "minutes") in {rule.columns for rule in lines(Rule)}
    shares = [rule.effects(CUSTOMERS).tolist().count(rule.effect) / len(CUSTOMERS) for rule in lines(Rule)]
    assert shares == pytest.approx([rule.share for rule in lines(Rule)])


def test_it_is_better_than_the_plain_equation_where_columns_act_together():
    said = {}
    for name in ("card", "logistic_plain"):
        known = CUSTOMERS.fillna({"minutes": 180.0}), OTHERS.fillna({"minutes": 180.0})
        said[name] = candidate(name, COMPANY).fit(known[0], LEFT).predict_proba(known[1])[:, 1]
    assert log_loss(OTHERS["left"], said["card"]) < log_loss(OTHERS["left"], said["logistic_plain"]) - 0.03


def test_a_column_has_one_shape_and_one_that_tells_nothing_has_none():
    told = [line.column for line in lines((Curve, Levels))]
    assert len(told) == len(set(told)) and {"minutes", "spent", "calls", "plan", "abroad"} <= set(told)
    assert "same" not in told and "left" not in fitted().card.columns
    assert len(fitted().card.lines) <= 40


def test_rules_that_do_not_help_with_others_are_left_out():
    noise = np.random.default_rng(3).permutation(LEFT)
    card = candidate("card", COMPANY).fit(CUSTOMERS, noise).card
    assert not [line for line in card.lines if isinstance(line, Rule)] and sum(line.strength for line in card.lines) < 0.3


def test_where_nothing_tells_anybody_apart_everybody_has_the_rate():
    alike = CUSTOMERS.assign(**{c.name: CUSTOMERS[c.name].iloc[0] for c in features(COMPANY)}).astype(CUSTOMERS.dtypes)
    model = candidate("card", COMPANY).fit(alike, LEFT)
    assert model.card.lines == () and model.churn_probability(OTHERS) == pytest.approx(np.full(400, LEFT.mean()))
    told = top_reasons(model, OTHERS, schema=COMPANY)
    assert told.shape == (400, 3) and (told == "").all(axis=None)


def test_without_the_library_there_are_no_rules_and_the_card_says_so(monkeypatch):
    for module in (plain, rules):
        monkeypatch.setattr(module, "booster", lambda: None)
    card = candidate("card", COMPANY).fit(CUSTOMERS, LEFT).card
    assert not [line for line in card.lines if isinstance(line, Rule)]
    assert [note for note in card.notes if "lightgbm" in note] and fitted().card.notes == ()


def test_a_model_that_has_learned_nothing_says_so():
    with pytest.raises(NotFittedError):
        candidate("card", COMPANY).predict_proba(CUSTOMERS)


def test_of_very_many_customers_strengths_and_rules_come_from_a_part_and_the_coefficients_from_all(monkeypatch):
    monkeypatch.setattr(plain, "_ENOUGH", 800)
    model = candidate("card", COMPANY).fit(CUSTOMERS, LEFT)
    assert model.churn_probability(CUSTOMERS).mean() == pytest.approx(LEFT.mean(), abs=1e-6)
    design, _ = plain.shapes(CUSTOMERS[::2], LEFT[::2].astype(float), plain.columns_of(CUSTOMERS, model.numbers, model.levels))
    strengths = {group: START[group] for group in design.groups}
    everybody, learned = plain.on_all(
        CUSTOMERS, LEFT.astype(float), design, plain.Fit(np.zeros(1 + len(design.groups)), strengths)
    )
    at_once = newton(everybody.matrix(CUSTOMERS), LEFT.astype(float), penalty(design.groups, strengths))
    assert learned.coefficients == pytest.approx(at_once, abs=1e-4)


# Its parts


def test_what_the_terms_say_is_what_their_shape_says():
    rng = np.random.default_rng(5)
    for name in ("minutes", "spent", "calls", "years", "since"):
        terms = NumberTerms.of(name, CUSTOMERS[name])
        matrix, coefficients = np.empty((len(CUSTOMERS), len(terms.groups))), rng.normal(size=len(terms.groups))
        terms.fill(CUSTOMERS[name], matrix)
        assert terms.shape(coefficients.tolist()).effects(CUSTOMERS) == pytest.approx(matrix @ coefficients, abs=1e-9)
    for name in ("plan", "abroad"):
        levels = LevelTerms.of(name, CUSTOMERS[name])
        matrix, coefficients = np.empty((len(CUSTOMERS), len(levels.groups))), rng.normal(size=len(levels.groups))
        levels.fill(CUSTOMERS[name], matrix)
        assert levels.shape(coefficients.tolist()).effects(CUSTOMERS) == pytest.approx(matrix @ coefficients, abs=1e-12)


def test_a_number_that_many_have_and_one_of_few_has_a_term_of_its_own_and_a_skewed_one_counts_by_its_logarithm():
    spent, years, minutes = (NumberTerms.of(name, CUSTOMERS[name]) for name in ("spent", "years", "minutes"))
    assert spent.exact == (0.0,) and spent.log and not minutes.log
    assert years.exact == (0.0, 1.0, 2.0, 3.0, 4.0) and not years.hinges and not years.steps
    assert minutes.blank and not spent.blank and len(minutes.hinges) == 5 and len(minutes.steps) == 11


def test_rare_levels_are_one_and_a_level_that_nobody_had_is_among_them():
    plan = LevelTerms.of("plan", CUSTOMERS["plan"].where(CUSTOMERS.index > 20, "rare").where(CUSTOMERS.index > 15, "never"))
    few = CUSTOMERS.assign(plan=pd.Categorical(["rare"] * 9 + ["basic"] * 1491, categories=CUSTOMERS["plan"].cat.categories))
    of_few = LevelTerms.of("plan", few["plan"])
    assert set(plan.levels) >= {"basic", "plus", "blank"} and of_few.levels == ("basic",) and of_few.others
    shape = of_few.shape([0.5, -1.0])
    assert shape.effect_of({"plan": "rare"}) == shape.effect_of({"plan": "never"}) == -1.0


def test_a_blank_and_a_level_that_nobody_had_in_training_say_nothing_and_numbers_beyond_go_on_as_before():
    first = dict(OTHERS.iloc[0])
    by_column = {line.column: line for line in lines((Curve, Levels))}
    assert by_column["spent"].effect_of({**first, "spent": np.nan}) == pytest.approx(0, abs=0.5)
    assert by_column["plan"].effect_of({**first, "plan": "a word"}) == pytest.approx(0, abs=1e-9)
    for value in (-1e6, 1e6):
        assert np.isfinite(fitted().churn_probability_of({**first, "minutes": value}))


def test_left_out_log_odds_are_about_those_of_a_fit_without_the_customer():
    rng = np.random.default_rng(1)
    Z = np.column_stack([np.ones(60), rng.normal(size=(60, 3))])
    y = (rng.random(60) < expit(Z[:, 1])).astype(float)
    weight = np.array([0.0, 1.0, 1.0, 1.0])
    about = left_out_log_odds(Z, y, newton(Z, y, weight), weight)
    exact = [Z[i] @ newton(np.delete(Z, i, 0), np.delete(y, i), weight) for i in range(60)]
    assert about == pytest.approx(exact, abs=0.06)


def test_noise_is_penalised_as_strongly_as_there_is_and_what_is_plain_to_see_is_not():
    rng = np.random.default_rng(2)
    Z = np.column_stack([np.ones(500), rng.normal(size=(500, 20))])
    strong = (rng.random(500) < expit(Z[:, 1:4] @ np.full(3, 1.5))).astype(float)
    noise = (rng.random(500) < 0.3).astype(float)
    groups = ("level",) * 3 + ("step",) * 17
    assert fit(Z, noise, groups).strengths["step"] >= 100 and fit(Z, strong, groups).strengths["level"] < GRIDS["level"][-1]


# In the product


def test_a_version_keeps_it_as_json_and_gives_it_back_to_the_last_bit(tmp_path):
    registry = Registry(tmp_path)
    version = registry.save(fitted(), HELD_OUT, metadata(), COMPANY)
    loaded = registry.load(version.model_id)
    names = {path.name for path in (tmp_path / version.model_id).iterdir()}
    assert CARD in names and not {EQUATION, MODEL} & names
    assert loaded.model.churn_probability(OTHERS).tobytes() == fitted().churn_probability(OTHERS).tobytes()
    assert loaded.model.card == fitted().card and loaded.model.contributions(OTHERS)[0] == fitted().contributions(OTHERS)[0]


def test_it_can_be_pickled_as_part_of_another_model():
    assert pickles.loads(pickles.dumps(fitted())).card == fitted().card


def test_each_shape_and_each_set_of_columns_that_act_together_is_one_reason():
    told = explain(fitted(), OTHERS, COMPANY)
    together = {" and ".join(rule.columns) for rule in lines(Rule)}
    assert list(told.effects) == list(dict.fromkeys(" and ".join(line.columns) for line in fitted().card.lines))
    assert together <= set(told.effects) and told.columns["calls and minutes"] == ("calls", "minutes")
    total = told.average + told.effects.sum(axis=1)
    assert total.to_numpy() == pytest.approx(fitted().decision_function(OTHERS), abs=1e-12)


@pytest.mark.parametrize("size", [1, 7, 400])
def test_reasons_are_those_of_each_customer_alone_blanks_among_them(size):
    some = OTHERS.head(size)
    told = top_reasons(fitted(), some, most=20, schema=COMPANY)
    for place, record in enumerate(some.to_dict("records")[:40]):
        alone = reasons_of(fitted(), record, COMPANY)
        assert len(alone) == (told.iloc[place] != "").sum()
        assert sorted(alone.values(), reverse=True) == list(alone.values())
    if size == 400:
        assert told["reason_1"].isin(["minutes: blank"]).any()
        assert any(" and " in words for words in set(told.to_numpy().ravel()))


def test_the_table_of_one_customer_adds_up():
    one = OTHERS.iloc[[3]]
    table = explained(fitted(), one, schema=COMPANY)
    assert table["effect"].sum() == pytest.approx(fitted().contributions(one)[1].sum(), abs=1e-12)
