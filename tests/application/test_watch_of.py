"""A model that bends to its customers is judged on them by what was said of them while they were unseen."""

import numpy as np
import pytest

from churn_core.application.versions import watch_of
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.reading.reader import RawTable
from churn_core.decisions.score_table import score_table
from churn_core.model.candidates import candidate
from churn_core.model.trained_on import FILE, TrainedOn
from churn_core.model.version import Version
from churn_core.monitoring.profile import SCORE
from churn_core.monitoring.reference import Reference
from tests import shop

SCHEMA = shop.schema()
RAW = shop.raw()
CUSTOMERS = clean(RAW, SCHEMA)[0]
OUT_OF_FOLD = np.random.default_rng(0).uniform(0.1, 0.9, len(CUSTOMERS))


def version(name: str) -> Version:
    model = candidate(name, SCHEMA).fit(CUSTOMERS, CUSTOMERS[SCHEMA.target].to_numpy())
    kept = {FILE: TrainedOn.of(CUSTOMERS, SCHEMA).dumps()}
    return Version(model=model, schema=SCHEMA, metadata={"model_id": name}, out_of_fold=OUT_OF_FOLD, attachments=kept)


def mean_said(name: str, raw) -> tuple[float, float]:
    """The mean probability that the watch judges by, and that of the scored file."""
    one = version(name)
    watch = watch_of(one, Reference.of(CUSTOMERS, OUT_OF_FOLD, SCHEMA), Plan())
    scored = score_table(RawTable(frame=raw), one.model, Plan(), schema=SCHEMA)
    seen = watch.observe(scored).profile
    return seen.mean(SCORE), float(scored.scored["churn_probability"].mean())


def test_the_customers_of_a_card_are_judged_by_what_was_said_of_them_unseen():
    judged, said = mean_said("card", RAW)
    assert judged == pytest.approx(OUT_OF_FOLD.mean()) and judged != pytest.approx(said, abs=1e-3)


def test_other_customers_and_those_of_an_equation_are_judged_by_what_is_said():
    for name, raw in (("card", shop.raw(300, seed=9)), ("logistic_plain", RAW)):
        judged, said = mean_said(name, raw)
        assert judged == pytest.approx(said, abs=1e-6)
