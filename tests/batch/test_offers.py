"""A file decided by several offers: the offer of each customer beside the decisions, within limits over the whole file."""

from io import BytesIO

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import Offer
from churn_core.campaign.plan import Plan
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.tables import ExcelWriter, ParquetWriter
from churn_core.decisions.decide import DECISION_COLUMNS, decision_columns
from churn_core.errors import CampaignError, DataError
from churn_core.schema.telco import TELCO
from tests.batch.conftest import CONTENT, RAW, blocks, damaged, in_one_piece, in_parts
from tests.batch.test_local import assert_same_money

CALL = Offer(name="Call", retention_cost=25, success_rate=0.4, capacity=9)
GIFT = Offer(name="Gift", retention_cost=2, incentive=30, success_rate=0.35, incentive_uptake=0.6, only_if="tenure<24")
FREE = Plan(offers=(Offer(name="Call", retention_cost=25, success_rate=0.4), GIFT))
TIGHT = Plan(objective=Objective(budget=400), offers=(CALL, GIFT))
WITH_FIXED_COST = Plan(campaign=Campaign(fixed_cost=300), offers=FREE.offers)


def read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(BytesIO(content))


@settings(max_examples=4, deadline=None)
@given(blocks, st.sampled_from([FREE, TIGHT, WITH_FIXED_COST]))
def test_the_scored_file_is_byte_for_byte_that_of_one_piece(block, plan):
    result, scored, _ = in_parts(damaged(), plan, block=block)
    whole = in_one_piece(damaged(), plan)
    assert scored == to_csv(whole.scored)[0]
    assert_same_money(result, whole)


def test_the_offer_stands_behind_contact_and_without_offers_there_is_no_such_column():
    assert list(read(in_parts(CONTENT, FREE)[1])) == [*RAW.columns, *decision_columns(FREE)]
    assert decision_columns(FREE)[3:5] == ("contact", "offer")
    assert decision_columns(Plan()) == DECISION_COLUMNS


def test_whoever_is_contacted_has_an_offer_and_nobody_else():
    scored = read(in_parts(CONTENT, FREE)[1])
    assert (scored["offer"].notna() == scored["contact"]).all() and set(scored["offer"].dropna()) == {"Call", "Gift"}
    assert (scored["tenure"][scored["offer"] == "Gift"] < 24).all()
    assert (scored["expected_profit"][scored["contact"]] > 0).all()


def test_budget_and_capacities_hold_over_the_whole_file_in_whatever_parts_it_is_read():
    result, content, _ = in_parts(CONTENT, TIGHT, block=2_000)
    scored = read(content)
    assert 0 < (scored["offer"] == "Call").sum() <= 9
    assert result.outcome.expected_spend <= 400 * (1 + 1e-9) < in_parts(CONTENT, FREE)[0].outcome.expected_spend
    told = {each["offer"]: each["customers"] for each in result.contacts.as_list()}
    assert told == {name: (scored["offer"] == name).sum() for name in ("Call", "Gift")}


def test_the_published_threshold_does_not_decide_offers():
    assert in_parts(CONTENT, TIGHT, 0.99)[1] == in_parts(CONTENT, TIGHT)[1]


def test_who_has_left_by_the_files_outcome_gets_no_offer():
    raw = RAW.assign(Churn=["Yes", "No"] * 30)
    scored = read(in_parts(to_csv(raw)[0], FREE)[1])
    assert scored["offer"][scored["Churn"] == "Yes"].isna().all() and scored["offer"].notna().any()


@pytest.mark.parametrize("writer", [ParquetWriter, ExcelWriter])
def test_every_format_holds_the_same_offers(writer):
    back = (pd.read_excel if writer is ExcelWriter else pd.read_parquet)(BytesIO(in_parts(CONTENT, TIGHT, writer=writer)[1]))
    offers = read(in_parts(CONTENT, TIGHT)[1])["offer"]
    assert back["offer"].fillna("").tolist() == offers.fillna("").tolist()


@pytest.mark.parametrize("again", [FREE, Plan()])
def test_a_file_that_was_scored_with_offers_can_be_scored_again(again):
    once = in_parts(CONTENT, TIGHT)[1]
    assert in_parts(once, again)[1] == in_parts(CONTENT, again)[1]


def test_a_column_of_the_customers_that_is_called_offer_is_kept_without_offers_and_refused_beside_them():
    raw = RAW.assign(offer="last year")
    assert (read(in_parts(to_csv(raw)[0])[1])["offer"] == "last year").all()
    with pytest.raises(DataError, match="'offer' has the name of a result"):
        in_parts(to_csv(raw)[0], FREE)


def test_a_rule_that_the_customers_of_the_schema_do_not_know_is_refused():
    with pytest.raises(CampaignError, match="There is no column 'note'"):
        in_parts(CONTENT, Plan(offers=(Offer(name="Call", only_if="note=as it is"),)))


def test_the_summary_of_contacts_has_the_range_of_the_offers():
    result, whole = in_parts(CONTENT, FREE)[0], in_one_piece(CONTENT, FREE)
    assert result.forecast.range.half_width == pytest.approx(whole.contacts(TELCO).forecast(FREE.campaign).range.half_width)
    assert result.forecast.range.half_width > result.forecast.range_if_exact.half_width > 0
