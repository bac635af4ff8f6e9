"""What the laws of the model share: fitted models and a registry, a comparison, the real customers by the protocol."""

import pytest

from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.model import cross_validation, evaluate
from churn_core.model.candidates import build
from churn_core.model.cross_validation import PROTOCOL
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO
from tests.model.rounds import run
from tests.model.versions import HELD_OUT, metadata


@pytest.fixture(scope="session")
def some_customers():
    """Generated, clean."""
    return clean(generate(200, seed=1, schema=TELCO), TELCO)[0]


@pytest.fixture(scope="session")
def equation(some_customers):
    """A model that is kept as JSON."""
    return build("logistic").fit(some_customers, some_customers[TELCO.target].to_numpy())


@pytest.fixture(scope="session")
def forest(some_customers):
    """A model that has nothing but its pickle."""
    few = build("random_forest").set_params(estimator__model__n_estimators=3)
    return few.fit(some_customers, some_customers[TELCO.target].to_numpy())


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


@pytest.fixture
def kind():
    """What is saved, of ``STORED``; a test that is for both gives this as its parameter."""
    return "equation"


@pytest.fixture
def model(request, kind):
    return request.getfixturevalue({"equation": "equation", "pickle": "forest"}[kind])


@pytest.fixture
def saved(model):
    def save(registry: Registry, name: str = "toy") -> str:
        return registry.save(model, HELD_OUT, metadata(name), TELCO).model_id

    return save


@pytest.fixture
def three(registry, saved):
    """Three versions, each in production once, the last still."""
    ids = [saved(registry) for _ in range(3)]
    for model_id in ids[1:]:
        registry.promote(model_id)
    return ids


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> dict:
    """A comparison of ``NAMES`` and the plain model."""
    return run(tmp_path_factory.mktemp("kept"))


# The real customers, by the protocol


@pytest.fixture(scope="session")
def customers(telco):
    return telco.customers


@pytest.fixture(scope="session")
def churned(customers):
    return customers[TELCO.target].to_numpy()


@pytest.fixture(scope="session")
def measured(customers, churned):
    """Of the production candidate and the yardstick, as the protocol is."""
    return {name: measure(name, customers, churned, PROTOCOL) for name in ("logistic", "logistic_plain", "logistic_balanced")}


@pytest.fixture(scope="session")
def ahead(measured):
    """The production candidate's AUC minus the yardstick's, paired."""
    return evaluate.paired_interval(measured["logistic"][1]["auc"] - measured["logistic_plain"][1]["auc"])


def measure(name, customers, churned, protocol):
    """Held-out probabilities, metrics by fold and summary, by the protocol."""
    held_out = cross_validation.cross_validate(build(name), customers, churned, protocol)
    by_fold = evaluate.metrics_by_fold(held_out, customers, churned, protocol, schema=TELCO)
    return held_out, by_fold, evaluate.summary(held_out, by_fold, churned)
