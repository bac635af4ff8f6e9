"""A reason is told only where the training customers say of it what the model says."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from churn_core.data.dataset import Dataset, read_dataset
from churn_core.model import equation, pickles
from churn_core.model.candidates import candidate
from churn_core.model.columns import arrays_of
from churn_core.model.evidence import Evidence
from churn_core.model.explain import explain, reasons_of
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.reasons import explained, in_words, top_reasons
from churn_core.model.registry import Registry
from churn_core.model.train import train
from churn_core.schema import Column, Schema

SHOP = Schema(name="Shop", columns=(
    Column(name="who", label="Customer", kind="text", role="id"),
    Column(name="months", label="Months", kind="whole", role="tenure", low=0, high=60),
    Column(name="visits", label="Visits", kind="number", low=0, high=100, phrases={"0": "never came", "*": "{value} visits"}),
    Column(name="plan", label="Plan", kind="category", allowed=("basic", "plus", "gold")),
    Column(name="app", label="App", kind="flag"),
    Column(name="fee", label="Fee", kind="number", role="monthly_charge", low=0),
    Column(name="gone", label="Gone", kind="flag", role="target", required=False),
))  # fmt: skip


def shop(n: int = 3_000, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Customers, what plan and months add to their log-odds, and who left by that: new ones often, of 0 months nobody."""
    rng = np.random.default_rng(seed)
    customers = pd.DataFrame({
        "who": [f"c{i}" for i in range(n)],
        "months": rng.integers(0, 61, n),
        "visits": rng.integers(0, 30, n).astype(float),
        "plan": pd.Categorical(rng.choice(["basic", "plus"], n), dtype=SHOP["plan"].dtype),
        "app": rng.integers(0, 2, n),
        "fee": rng.uniform(5, 50, n),
    })  # fmt: skip
    effect = np.where(customers["plan"] == "basic", 0.6, -0.6) + np.where(customers["months"] < 20, 1.0, -0.5)
    left = (rng.random(n) < expit(effect - 1.0)) & (customers["months"] > 0)
    return customers, effect, left.to_numpy().astype(int)


def gathered(effects: pd.DataFrame, customers, left, log_odds) -> Evidence:
    columns = {name: (name,) for name in effects}
    return Evidence.of(effects, columns, customers, left, expit(log_odds), SHOP)


@pytest.fixture(scope="module")
def of_shop() -> Evidence:
    customers, effect, left = shop()
    effects = pd.DataFrame({
        "plan": np.where(customers["plan"] == "basic", 0.6, -0.6),
        "months": np.where(customers["months"] < 20, 1.0, -0.5),
        "app": 0.0,
    })  # fmt: skip
    return gathered(effects, customers, left, effect - 1.0)


def one(**values):
    return {"who": "x", "months": 10, "visits": 3.0, "plan": "basic", "app": 0, "fee": 20.0} | values


# What the data say


def test_what_raises_the_risk_in_truth_is_supported_and_what_lowers_it_is_supported_as_that(of_shop):
    plans = pd.Series(["basic", "plus", "basic", "plus"], dtype=SHOP["plan"].dtype)
    said = of_shop.supports("plan", np.array([0.6, -0.6, -0.6, 0.6]), {"plan": plans.array}, SHOP)
    assert said.tolist() == [True, True, False, False]
    assert of_shop.raises("plan", ("plan",), one(plan="basic"), SHOP) and not of_shop.raises(
        "plan", ("plan",), one(plan="plus"), SHOP
    )


def test_a_number_that_nobody_left_with_is_no_reason_although_its_neighbours_are(of_shop):
    """The schema has no words of its own for 0 months: what happened sets it apart."""
    months = pd.Series([0, 1, 5, 15, 40])
    said = of_shop.supports("months", np.ones(5), {"months": months.to_numpy()}, SHOP)
    assert said.tolist() == [False, True, True, True, False]


def test_a_value_that_nobody_had_in_training_is_no_evidence(of_shop):
    assert not of_shop.raises("plan", ("plan",), one(plan="gold"), SHOP)
    assert not of_shop.raises("plan", ("plan",), one(plan="another"), SHOP)
    gold = pd.Series(["gold", "another"], dtype=object)
    assert of_shop.supports("plan", np.array([1.0, 1.0]), {"plan": gold.to_numpy()}, SHOP).tolist() == [False, False]


def test_a_number_with_words_of_its_own_is_a_group_of_its_own():
    customers, effect, left = shop(400)
    evidence = gathered(pd.DataFrame({"visits": np.full(400, 0.1)}), customers, left, effect - 1.0)
    edges = evidence.edges["visits"]
    assert 0.0 in edges and np.nextafter(0.0, 1) in edges and edges == sorted(edges)


@pytest.mark.parametrize("seed", range(3))
def test_an_effect_that_is_not_there_in_truth_is_rarely_supported(seed):
    """100 columns that have nothing to do with leaving, each with an effect as large as chance makes it."""
    rng, supported = np.random.default_rng(seed), 0
    customers, effect, _ = shop(1_000, seed)
    p = expit(effect - 1.0)
    for _ in range(100):
        app, left = rng.integers(0, 2, 1_000), (rng.random(1_000) < p).astype(int)
        inside = app == 1
        by_chance = (left[inside].sum() - p[inside].sum()) / (p * (1 - p))[inside].sum()
        effects = pd.DataFrame({"app": np.where(inside, by_chance, 0.0)})
        fitted = gathered(effects, customers.assign(app=app), left, effect - 1.0 + effects["app"].to_numpy())
        supported += abs(fitted.directions["app"][1])
    assert supported <= 20  # a tenth by both tails; 20 is more than three standard errors above


@pytest.mark.parametrize("reason", ["plan", "months", "app"])
def test_one_customer_is_told_the_same_as_in_a_table(of_shop, reason):
    customers = shop(200, seed=9)[0]
    together = of_shop.supports(reason, np.ones(200), arrays_of(customers, [reason]), SHOP)
    alone = [of_shop.raises(reason, (reason,), record, SHOP) for record in customers.to_dict("records")]
    assert together.tolist() == alone


@pytest.mark.parametrize("off", [-1.0, 0.0, 2.0])
def test_that_a_model_says_too_much_of_everybody_is_no_evidence_against_its_reasons(of_shop, off):
    """Class weights and invented customers do that."""
    customers, effect, left = shop()
    effects = pd.DataFrame({"plan": np.where(customers["plan"] == "basic", 0.6, -0.6)})
    assert gathered(effects, customers, left, effect - 1.0 + off).directions["plan"] == of_shop.directions["plan"] == [1, -1, 0]


# Kept with the model


def test_evidence_comes_back_from_an_equation_and_from_a_pickle_as_it_was(of_shop):
    customers, _, left = shop()
    model = candidate("logistic", SHOP).fit(customers, left)
    model.evidence = of_shop
    again = TermLogisticRegression.of(equation.loads(equation.dumps(model.equation)))
    assert again.evidence == of_shop == pickles.loads(pickles.dumps(model)).evidence
    assert again.churn_probability(customers).tobytes() == model.churn_probability(customers).tobytes()


def test_an_equation_of_an_earlier_program_has_no_evidence_and_tells_every_effect_that_raises():
    customers, _, left = shop()
    model = candidate("logistic", SHOP).fit(customers, left)
    old = json.loads(equation.dumps(model.equation))
    del old["evidence"]
    again = TermLogisticRegression.of(equation.loads(json.dumps(old).encode()))
    assert again.evidence is None
    effects = explain(again, customers, SHOP).effects
    assert ((top_reasons(again, customers, 9, schema=SHOP) != "").sum(axis=1) == (effects > 0).sum(axis=1)).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["logistic", "logistic+tuned", "lightgbm"])
def test_every_kind_of_model_is_kept_with_its_evidence(tmp_path, name):
    customers, _, left = shop(600)
    content = customers.assign(gone=np.where(left == 1, "Yes", "No")).to_csv(index=False).encode()
    dataset: Dataset = read_dataset(content, "shop.csv", schema=SHOP)
    registry = Registry(tmp_path)
    version = train(dataset, registry, name)
    again = registry.load(version.model_id).model
    assert again.evidence is not None and again.evidence == version.model.evidence
    told = top_reasons(again, dataset.customers, 9, schema=SHOP)
    assert set(told.loc[dataset.customers["months"] == 0].to_numpy().ravel()) & {"months: 0"} == set()


# The real customers


@pytest.fixture(scope="module")
def real(workspace):
    return workspace.customers, workspace.version.model, workspace.schema


def test_device_protection_and_having_just_joined_are_told_nobody(real):
    customers, model, schema = real
    told = set(top_reasons(model, customers, 20, schema=schema).to_numpy().ravel())
    assert not told & {"has device protection", "just joined", "no online backup", "no dependents"}
    assert {"month-to-month contract", "fibre internet", "1 month with us", "pays by electronic check"} <= told
    new = customers[customers[schema.tenure] == 0]
    assert len(new) == 11
    for record in customers.iloc[::97].to_dict("records") + new.to_dict("records"):
        reasons = reasons_of(model, record, schema)
        assert "DeviceProtection" not in reasons and (record["tenure"] > 0 or "tenure" not in reasons)


def test_the_reasons_of_one_customer_are_those_of_the_table_with_exact_effects(real):
    customers, model, schema = real
    some = customers.iloc[::53]
    explanation = explain(model, some, schema)
    words, told = in_words(explanation, some, schema), top_reasons(model, some, 20, schema=schema)
    for label, record in zip(some.index, some.to_dict("records"), strict=True):
        alone = reasons_of(model, record, schema)
        assert [words.loc[label, reason] for reason in alone] == [each for each in told.loc[label] if each]
        assert list(alone.values()) == pytest.approx(explanation.effects.loc[label, list(alone)].tolist(), abs=1e-12)


def test_a_waterfall_tells_no_word_that_the_data_do_not_support_and_still_adds_up(real):
    customers, model, schema = real
    for label in [*customers.index[customers[schema.tenure] == 0], *customers.index[::211]]:
        table = explained(model, customers.loc[[label]], schema=schema)
        assert not set(table["reason"]) & {"has device protection", "just joined"}
        total = explain(model, customers.loc[[label]], schema).effects.iloc[0].sum()
        assert table["effect"].sum() == pytest.approx(total, abs=1e-12)
