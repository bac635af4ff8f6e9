"""The watch over customers with dates, blanks, numbers of any size, and a worth for life."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.decisions.outcomes import read_outcomes
from churn_core.decisions.score_table import ScoredTable
from churn_core.errors import DataError
from churn_core.monitoring.drift import drift, unseen_words
from churn_core.monitoring.monitor import Watch
from churn_core.monitoring.profile import ONE, SCORE, Profile
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.monitoring.reference import Reference
from churn_core.schema import BLANK, Schema
from tests.companies import BANK, COMPANIES, SAAS, SHOP, Company

any_company = pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)


def chances(customers: pd.DataFrame, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).beta(2, 5, len(customers))


def seen(company: Company, rows: int = 400, seed: int = 0) -> tuple[Schema, pd.DataFrame]:
    schema = company.schema()
    return schema, clean(company.raw(rows, seed), schema)[0]


def observed(raw: pd.DataFrame, schema: Schema) -> ScoredTable:
    customers, quality = clean(raw, schema.to_score)
    scored = pd.DataFrame({"churn_probability": chances(customers)}, index=customers.index)
    outcomes = read_outcomes(raw.loc[customers.index], schema)
    return ScoredTable(scored=scored, rejects=quality.rejects, quality=quality, customers=customers, outcomes=outcomes)


@any_company
def test_a_profile_adds_and_is_stored_whole_for_any_schema(company):
    schema, customers = seen(company)
    p = chances(customers)
    bins = bins_of(customers, p, schema)
    whole = profile(customers, p, bins, schema=schema)
    parts = [profile(customers[i::3], p[i::3], bins, schema=schema) for i in range(3)]
    assert parts[0] + parts[1] + parts[2] == whole
    assert Profile.from_dict(json.loads(json.dumps(whole.as_dict(), allow_nan=False))) == whole
    assert all(sum(counts) == len(customers) for counts in whole.counts.values())


def test_blanks_have_a_bin_of_their_own_and_are_no_part_of_the_mean():
    schema, customers = seen(SHOP)
    p = chances(customers)
    bins = bins_of(customers, p, schema)
    told = profile(customers, p, bins, schema=schema)
    for name in ("visits", "last order"):
        values = customers[name].to_numpy(dtype=float)
        assert bins.words(name, schema[name])[-1] == BLANK
        assert told.counts[name][-1] == np.isnan(values).sum() > 0
        assert told.mean(name) == pytest.approx(np.nanmean(values))


def test_a_column_of_blanks_only_can_be_profiled_and_compared():
    schema, customers = seen(SHOP)
    customers = customers.assign(visits=math.nan)
    p = chances(customers)
    told = profile(customers, p, bins_of(customers, p, schema), schema=schema)
    assert told.counts["visits"][-1] == len(customers) and math.isnan(told.mean("visits"))
    assert drift(told, told, schema).set_index("column").loc["visits", "level"] == "none"


def test_where_blanks_come_it_is_the_bin_that_moved():
    schema, customers = seen(SHOP)
    p = chances(customers)
    bins = bins_of(customers, p, schema)
    later = customers.assign(visits=customers["visits"].where(np.arange(len(customers)) % 2 == 0))
    moved = drift(profile(customers, p, bins, schema=schema), profile(later, p, bins, schema=schema), schema).set_index("column")
    assert moved.loc["visits", "moved"] == BLANK and moved.loc["visits", "level"] == "major"
    assert set(moved.index[moved["level"] != "none"]) == {"visits"}


def test_a_blank_where_the_schema_has_none_is_refused_by_name():
    schema, customers = seen(SHOP)
    with pytest.raises(DataError, match="fee has a value that is missing or infinite"):
        bins_of(customers.assign(fee=math.nan), chances(customers), schema)


@pytest.mark.parametrize("size", [1e12, 2.0**61, 2.0**63, 1e30, 1e300])
def test_sums_of_numbers_of_any_size_are_exact_in_any_order(size):
    schema, customers = seen(BANK)
    customers = customers.assign(balance=np.random.default_rng(1).uniform(-1, 1, len(customers)) * size)
    p = chances(customers)
    bins = bins_of(customers, p, schema)
    whole = profile(customers, p, bins, schema=schema)
    turned = profile(customers[::-1], p[::-1], bins, schema=schema)
    assert whole == turned and whole.sums["balance"] == sum(_exact(value) for value in customers["balance"])


def _exact(value: float) -> int:
    whole = math.floor(value)
    return whole * ONE + round((value - whole) * ONE)


def test_a_date_is_told_in_days():
    schema, customers = seen(SHOP)
    bins = bins_of(customers, chances(customers), schema)
    assert bins.words("last order", schema["last order"])[1].endswith(" days")


def test_a_word_that_counts_as_another_is_told_with_its_share_of_all_rows():
    schema, customers = seen(SHOP)
    raw = SHOP.raw(200, 3)
    raw.loc[:49, "card"] = "platinum"
    reference = Reference.of(customers, chances(customers), schema)
    watch = Watch(reference, Plan())
    told = unseen_words(watch.observe(observed(raw, schema)).profile, schema).set_index("column").loc["card"]
    assert (told["word"], told["rows"], told["share"], told["level"]) == ("platinum", 50, 0.25, "major")


@any_company
def test_a_reference_is_kept_whole_with_what_a_customer_is_worth(company):
    schema, customers = seen(company)
    made = Reference.of(customers, chances(customers), schema)
    kept = Reference.from_files(made.files(), made.probability, schema)
    assert kept.profile == made.profile and kept.worth.for_life == made.worth.for_life == (company is not SHOP)
    assert kept.worth.amount.tobytes() == made.worth.amount.tobytes()


@pytest.mark.parametrize("company", [BANK, SAAS], ids=lambda company: company.name)
def test_what_customers_are_worth_for_life_does_not_change_with_the_horizon_of_the_campaign(company):
    schema, customers = seen(company)
    reference = Reference.of(customers, chances(customers), schema)
    file = observed(company.raw(300, 5), schema)
    money = []
    for months in (1, 60):
        watch = Watch(reference, Plan(campaign=Campaign(clv_months=months)), 0.3)
        money.append(watch.judge(watch.observe(file)).money)
    assert money[0] == money[1] and money[0].profit_per_1000 > 0


@any_company
def test_customers_like_those_of_the_reference_are_kept_and_outcomes_are_held_against_them(company):
    schema, customers = seen(company)
    watch = Watch(Reference.of(customers, chances(customers), schema), Plan())
    judged = watch.judge(watch.observe(observed(company.raw(300, 5), schema)))
    columns = judged.drift.set_index("column").drop(index=SCORE)
    assert (columns["level"] == "none").all()
    assert judged.outcomes.customers == 300
    json.dumps(judged.as_dict(), allow_nan=False)
