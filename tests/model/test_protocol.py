"""What the product asks of a model, whatever it is made of."""

import ast
import functools
import inspect
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit

from churn_core.data.cleaning import table
from churn_core.data.cleaning.record import clean_record
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.model.candidates import build
from churn_core.model.explain import explain, reasons_of
from churn_core.model.protocol import Model
from churn_core.model.term import matrix
from churn_core.schema.telco import TELCO

CORE = Path(inspect.getfile(build)).parents[1]
RAW = generate(300, seed=8, schema=TELCO)
CUSTOMERS = clean(RAW, TELCO)[0]
CHURNED = CUSTOMERS[TELCO.target].to_numpy()
RECORDS = [clean_record(raw, TELCO) for raw in RAW.head(25).drop(columns=TELCO.target).to_dict("records")]
COLUMNS = {column.name: [record[column.name] for record in RECORDS] for column in TELCO.inputs}
EQUATIONS = ("logistic", "logistic_balanced", "logistic_smote", "logistic+tuned")
OTHERS = ("xgboost", "lightgbm", "random_forest", "logistic+isotonic", "lightgbm+tuned")
KINDS = {"TermLogisticRegression", "Boosted", "Tuned", "Opaque", "Pipeline", "GridSearchCV"}

OPAQUE = ("random_forest", "logistic+isotonic")  # each contribution is looked for by asking the model again
every_kind = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in OPAQUE)) for name in (*EQUATIONS, *OTHERS)]
)


@functools.cache
def fitted(name: str):
    model = build(name)
    if name == "random_forest":
        model.set_params(estimator__model__n_estimators=5)
    return model.fit(CUSTOMERS, CHURNED)


@every_kind
def test_every_kind_of_model_can_do_all_that_is_asked(name):
    asked = {member for member in vars(Model) if not member.startswith("_")}
    assert {"equation", "told_by", "churn_probability", "churn_probability_of", "contributions", "standard_errors"} <= asked
    assert [member for member in asked if not hasattr(fitted(name), member)] == []


@every_kind
def test_a_table_its_columns_and_each_customer_get_the_same_probability_to_the_last_bit(name):
    said = fitted(name).churn_probability(CUSTOMERS.head(25))
    assert said.tobytes() == fitted(name).predict_proba(CUSTOMERS.head(25))[:, 1].tobytes()
    assert fitted(name).churn_probabilities_of(COLUMNS, TELCO).tobytes() == said.tobytes()
    assert [fitted(name).churn_probability_of(record, TELCO) for record in RECORDS] == said.tolist()


@every_kind
def test_each_contribution_is_told_by_columns_and_one_customer_has_those_of_the_table(name):
    reference, added = fitted(name).contributions(CUSTOMERS.head(25))
    assert added.shape == (25, len(fitted(name).told_by)) and np.isfinite(reference)
    assert {column for columns in fitted(name).told_by for column in columns} <= {c.name for c in TELCO.inputs}
    alone = np.array([fitted(name).contributions_of(record, TELCO) for record in RECORDS])
    assert alone == pytest.approx(added, abs=1e-12)


@every_kind
def test_both_worked_out_together_are_the_same_to_the_last_bit(name):
    for record in RECORDS[:5]:
        probability, added = fitted(name).probability_and_contributions_of(record, TELCO)
        assert probability == fitted(name).churn_probability_of(record, TELCO)
        assert list(added) == list(fitted(name).contributions_of(record, TELCO))
        told = reasons_of(fitted(name), record, TELCO)
        assert reasons_of(fitted(name), record, TELCO, 3, added) == dict(list(told.items())[:3])


@every_kind
def test_the_reasons_of_one_customer_are_the_effects_that_raise_it_strongest_first(name):
    effects = explain(fitted(name), CUSTOMERS.head(25), TELCO).effects
    for record, (_, row) in zip(RECORDS[:5], effects.iterrows(), strict=False):
        told = reasons_of(fitted(name), record, TELCO)
        assert list(told.values()) == sorted(told.values(), reverse=True)
        assert told == {reason: pytest.approx(effect, abs=1e-12) for reason, effect in row[row > 0].items()}


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_equation_says_what_the_model_says(name):
    equation = fitted(name).equation
    log_odds = equation.intercept + matrix(equation.terms, CUSTOMERS) @ np.array(equation.coefficients)
    assert fitted(name).churn_probability(CUSTOMERS) == pytest.approx(expit(log_odds), abs=1e-12)
    assert [term.columns for term in equation.terms] == list(fitted(name).told_by)


@pytest.mark.parametrize("name", EQUATIONS)
def test_by_an_equation_a_contribution_rests_on_the_columns_of_its_term_alone(name):
    other = CUSTOMERS.iloc[::-1].reset_index(drop=True)
    for k, term in enumerate(fitted(name).equation.terms):
        mixed = other.assign(**{column: CUSTOMERS[column].to_numpy() for column in term.rests_on})
        assert fitted(name).contributions(mixed)[1][:, k].tolist() == fitted(name).contributions(CUSTOMERS)[1][:, k].tolist()


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_equation_has_none_and_no_standard_errors(name):
    assert fitted(name).equation is None and fitted(name).standard_errors(CUSTOMERS) is None


@pytest.mark.parametrize("name", EQUATIONS)
def test_there_are_standard_errors_where_customers_were_neither_weighted_nor_invented(name):
    errors = fitted(name).standard_errors(CUSTOMERS)
    if name in ("logistic_balanced", "logistic_smote"):
        assert errors is None and not fitted(name).equation.is_of_real_customers
    else:
        assert errors.shape == (len(fitted(name).equation.terms),) and (errors > 0).all()


@every_kind
def test_clean_customers_are_not_cleaned_again(monkeypatch, name):
    expected = fitted(name).churn_probability(CUSTOMERS.head(25)).tolist()
    monkeypatch.setattr(table, "find_columns", lambda *_: pytest.fail("they were cleaned again"))
    assert fitted(name).churn_probabilities_of(COLUMNS, TELCO).tolist() == expected
    assert fitted(name).churn_probability_of(RECORDS[0], TELCO) == expected[0]
    assert len(fitted(name).contributions_of(RECORDS[0], TELCO)) == len(fitted(name).told_by)


def test_a_model_that_needs_a_table_is_given_the_types_of_clean_customers():
    class Curious:
        def predict_proba(self, customers):
            Curious.given = customers
            return np.full((len(customers), 2), 0.5)

    model = fitted("random_forest")
    curious = type(model)(None, model.columns)
    curious.estimator_, curious.classes_ = Curious(), model.classes_
    curious.churn_probabilities_of(COLUMNS, TELCO)
    same = CUSTOMERS.head(25)[list(Curious.given)].reset_index(drop=True)
    assert Curious.given.dtypes.equals(same.dtypes) and Curious.given.equals(same)


def test_a_probability_without_log_odds_has_none_in_a_contribution_either():
    model = fitted("logistic+isotonic")
    certain = np.clip(model.churn_probability(CUSTOMERS), 1e-6, 1 - 1e-6)
    reference, added = model.contributions(CUSTOMERS)
    assert reference + added.sum(axis=1) == pytest.approx(logit(certain), abs=1e-6)


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: path.relative_to(CORE).as_posix())
def test_nothing_asks_what_kind_of_model_it_has(path):
    asked = [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and KINDS & {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
    ]
    assert asked == []
