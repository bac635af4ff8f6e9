"""An equation as JSON: every number to the last bit, readable, and nothing of it is unpickled."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.errors import ModelError
from churn_core.model.candidates import build
from churn_core.model.equation import FORMAT, Equation, dumps, loads
from churn_core.model.functions import FUNCTIONS, Function
from churn_core.model.logistic import TermLogisticRegression
from churn_core.model.registry import EQUATION, MODEL
from churn_core.model.term import Term
from churn_core.model.terms import TERMS
from churn_core.schema.telco import TELCO
from tests.model.versions import HELD_OUT, metadata

numbers = st.floats(allow_nan=False, allow_infinity=False)
lines = st.lists(st.tuples(st.sampled_from(TERMS), numbers, numbers, numbers), max_size=6)


@given(lines, numbers, numbers, st.sampled_from([None, "balanced"]))
def test_what_is_written_is_read_back_to_the_last_bit(lines, intercept, c, weight):
    terms, *three = zip(*lines, strict=True) if lines else ((), (), (), ())
    equation = Equation(
        terms=terms, coefficients=three[0], means=three[1], scales=three[2], intercept=intercept, C=c, class_weight=weight
    )
    again = loads(dumps(equation))
    assert again == equation
    assert np.array(again.coefficients).tobytes() == np.array(equation.coefficients).tobytes()  # also the sign of zero


@pytest.mark.parametrize("name", ["logistic", "logistic_plain", "logistic_polynomial", "logistic_balanced", "logistic+tuned"])
def test_a_regression_comes_back_as_it_was_and_can_learn_again(some_customers, name):
    model = build(name).fit(some_customers, some_customers[TELCO.target].to_numpy())
    again = TermLogisticRegression.of(loads(dumps(model.equation)))
    assert again.predict_proba(some_customers).tobytes() == model.predict_proba(some_customers).tobytes()
    assert again.predict(some_customers).tolist() == model.predict(some_customers).tolist()
    assert again.contributions(some_customers)[1].tobytes() == model.contributions(some_customers)[1].tobytes()
    assert again.equation == model.equation
    refitted = again.fit(some_customers, some_customers[TELCO.target].to_numpy())
    assert refitted.predict_proba(some_customers).tobytes() == model.predict_proba(some_customers).tobytes()


def test_it_can_be_read_by_anybody(equation):
    said = json.loads(dumps(equation.equation))
    assert said["format"] == FORMAT and said["intercept"] == equation.intercept_ and said["C"] == 0.1
    assert [line["name"] for line in said["terms"]] == [term.name for term in TERMS]
    first = said["terms"][0]
    assert first["coefficient"] == equation.coef_[0] and (first["function"], first["columns"]) == ("years", ["tenure"])


def test_a_version_that_is_an_equation_has_no_pickle_and_one_that_is_none_has_no_equation(registry, equation, forest):
    folders = [registry.folder / registry.save(model, HELD_OUT, metadata(), TELCO).model_id for model in (equation, forest)]
    assert [(folder / EQUATION).exists() for folder in folders] == [True, False]
    assert [(folder / MODEL).exists() for folder in folders] == [False, True]


def test_a_regression_on_invented_customers_keeps_what_invents_them_in_a_pickle(registry, some_customers):
    model = build("logistic_smote").fit(some_customers, some_customers[TELCO.target].to_numpy())
    loaded = registry.load(registry.save(model, HELD_OUT, metadata(), TELCO).model_id)
    assert not (registry.folder / loaded.model_id / EQUATION).exists()
    assert loaded.model.resampler is not None and loaded.model.equation == model.equation


def changed(content: bytes, **values) -> bytes:
    return json.dumps({**json.loads(content), **values}).encode()


def with_term(content: bytes, **values) -> bytes:
    first, *others = json.loads(content)["terms"]
    return changed(content, terms=[{**first, **values}, *others])


def without(content: bytes, key: str) -> bytes:
    return json.dumps({name: value for name, value in json.loads(content).items() if name != key}).encode()


SPOILT = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "no text": lambda content: b"\xff\xfe",
    "a list": lambda content: b"[]",
    "a number": lambda content: b"7",
    "no terms": lambda content: without(content, "terms"),
    "no intercept": lambda content: without(content, "intercept"),
    "no format": lambda content: without(content, "format"),
    "another format": lambda content: changed(content, format=FORMAT + 1),
    "a word for a number": lambda content: changed(content, intercept="much"),
    "not a number": lambda content: changed(content, intercept=float("nan")),
    "infinite": lambda content: with_term(content, coefficient=float("inf")),
    "no coefficient": lambda content: with_term(content, coefficient=None),
    "weights of another kind": lambda content: changed(content, class_weight=[1, 2]),
    "an unknown function": lambda content: with_term(content, function="exec"),
    "an unknown field": lambda content: with_term(content, colour="red"),
    "terms as a number": lambda content: changed(content, terms=5),
    "a term as text": lambda content: changed(content, terms=["tenure"]),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_no_equation_ends_in_a_sentence(equation, how):
    with pytest.raises(ModelError, match=r"\.$"):
        loads(SPOILT[how](dumps(equation.equation)))


# A function of one's own


def test_a_function_is_a_line_in_the_table_and_a_term_names_it(monkeypatch, registry, some_customers):
    """The recipe: a line in ``FUNCTIONS``, a term that names it; it is trained, kept as JSON, and loaded."""
    monkeypatch.setitem(FUNCTIONS, "above", Function(lambda number, least: number > least, "1 above the parameter, else 0"))
    old = Term(name="old", meaning="More than a year", columns=("tenure",), function="above", parameter=12.0)
    model = TermLogisticRegression((*TERMS, old)).fit(some_customers, some_customers[TELCO.target].to_numpy())
    assert old.compute(some_customers).tolist() == (some_customers["tenure"] > 12).tolist()
    loaded = registry.load(registry.save(model, HELD_OUT, metadata(), TELCO).model_id)
    assert loaded.model.terms[-1] == old
    assert loaded.model.churn_probability(some_customers).tobytes() == model.churn_probability(some_customers).tobytes()
    alone = [model.churn_probability_of(one) for one in some_customers.head(20).to_dict("records")]
    assert alone == model.churn_probability(some_customers.head(20)).tolist()


def test_a_term_that_names_no_function_is_refused_with_those_there_are():
    with pytest.raises(ModelError, match=r"There is no function 'logp1' for a term. Known: .*log1p \(log\(1 \+ number\)\)"):
        Term(name="x", meaning="x", columns=("tenure",), function="logp1")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_what_it_means(name):
    assert FUNCTIONS[name].meaning and FUNCTIONS[name].meaning[-1] not in ".,;"
