"""A file that is scored part by part is the file that is scored in one piece, whatever the parts."""

import gzip
from io import BytesIO
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import NOBODY_CONTACTED
from churn_core.campaign.plan import Plan
from churn_core.data.reading import reader as read
from churn_core.data.reading import text
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.tables import ExcelWriter, ParquetWriter
from churn_core.decisions.why_not import WHY_NOT, why_not_contacted
from churn_core.errors import DataError
from churn_core.schema.telco import TELCO
from tests.batch.conftest import CONTENT, PLAIN, RAW, account, blocks, damaged, in_one_piece, in_parts, limited

TIGHT = Plan(objective=Objective(budget=120))


def frame(content: bytes) -> pd.DataFrame:
    return pd.read_csv(BytesIO(content))


def assert_same_money(result, whole):
    """What the contacts of a file in parts come to is what they come to in one piece: profit, spend and both ranges."""
    contacts, campaign = whole.contacts(TELCO), whole.plan.campaign
    outcome = contacts.outcome(campaign)
    assert result.outcome.contacted == outcome.contacted
    assert result.outcome.expected_profit == pytest.approx(outcome.expected_profit, rel=1e-12)
    assert result.outcome.expected_spend == pytest.approx(outcome.expected_spend, rel=1e-12)
    told, expected = result.forecast, contacts.forecast(campaign)
    for name in ("range", "range_if_exact"):
        assert vars(getattr(told, name)) == pytest.approx(vars(getattr(expected, name)), rel=1e-9)


# The file


@settings(max_examples=4)
@given(blocks)
def test_the_scored_file_is_byte_for_byte_that_of_one_piece(block):
    result, scored, _ = in_parts(CONTENT, block=block)
    whole = in_one_piece(CONTENT)
    assert (scored, result.harmless) == to_csv(whole.scored)
    assert result.quality.repaired == whole.quality.repaired
    assert_same_money(result, whole)


@settings(max_examples=4)
@given(blocks, limited, st.sampled_from([None, 0.3]))
def test_each_row_says_why_it_is_not_contacted_in_a_last_column_where_that_is_asked_for(block, plan, threshold):
    asked, plain = (frame(in_parts(CONTENT, plan, threshold, block, says_why=says_why)[1]) for says_why in (True, False))
    assert list(asked) == [*plain, WHY_NOT] and asked[list(plain)].equals(plain)
    assert asked[WHY_NOT].astype(object).fillna("").tolist() == why_not_contacted(plain, plan, threshold).tolist()


def test_a_file_that_says_why_is_scored_anew_like_any_other_scored_file():
    first = in_parts(CONTENT, TIGHT, says_why=True)[1]
    result, again, _ = in_parts(first, TIGHT, says_why=True)
    assert again == first and WHY_NOT in " ".join(result.warnings)
    own = to_csv(RAW.assign(**{WHY_NOT: "theirs"}))[0]
    assert (frame(in_parts(own)[1])[WHY_NOT] == "theirs").all()
    with pytest.raises(DataError, match="The column 'why_not' has the name of a result"):
        in_parts(own, says_why=True)


@settings(max_examples=4)
@given(blocks, st.sampled_from([None, 0.3]))
def test_a_file_that_has_to_be_mended_is_scored_and_rejected_as_in_one_piece(block, threshold):
    result, scored, rejects = in_parts(damaged(), threshold=threshold, block=block)
    whole = in_one_piece(damaged(), PLAIN, threshold)
    assert (scored, result.harmless) == to_csv(whole.scored)
    assert rejects == to_csv(whole.rejects)[0]
    assert account(result.quality) == account(whole.quality)
    assert set(result.warnings) == set(whole.warnings)
    assert_same_money(result, whole)


@pytest.mark.parametrize("writer", [ParquetWriter, ExcelWriter])
def test_every_format_holds_the_same_decisions(writer):
    _, content, rejects = in_parts(damaged(), block=3_000, writer=writer)
    back, back_rejects = (
        (pd.read_excel if writer is ExcelWriter else pd.read_parquet)(BytesIO(file)) for file in (content, rejects)
    )
    whole = in_one_piece(damaged())
    assert list(back) == list(whole.scored) and back["contact"].tolist() == whole.scored["contact"].tolist()
    assert back["churn_probability"].tolist() == pytest.approx(whole.scored["churn_probability"].tolist(), rel=1e-15)
    assert back_rejects["row"].tolist() == whole.rejects["row"].tolist()


@pytest.mark.parametrize("kind", ["file", "gzip", "parquet", "excel"])
def test_wherever_the_customers_come_from_the_decisions_are_the_same(kind, tmp_path):
    source, stream = CONTENT, BytesIO()
    if kind == "file":
        source = tmp_path / "customers.csv"
        source.write_bytes(CONTENT)
    elif kind == "gzip":
        source = gzip.compress(CONTENT)
    elif kind == "parquet":
        RAW.astype({"TotalCharges": "str"}).to_parquet(stream)
        source = stream.getvalue()
    else:
        RAW.to_excel(stream, index=False)
        source = stream.getvalue()
    result, scored, _ = in_parts(source, block=2_000)
    back, whole = pd.read_csv(BytesIO(scored)), in_one_piece(CONTENT).scored
    assert back["contact"].tolist() == whole["contact"].tolist() and result.quality.kept == 60
    assert back["churn_probability"].tolist() == whole["churn_probability"].tolist()


def test_what_is_shown_are_the_first_rows_of_both_files(monkeypatch):
    monkeypatch.setattr("churn_core.batch.local._SHOWN", 40)
    result, _, _ = in_parts(damaged())
    whole = in_one_piece(damaged())
    assert result.shown.astype(str).to_numpy().tolist() == whole.scored.head(40).astype(str).to_numpy().tolist()
    assert result.rejects["row"].tolist() == whole.rejects["row"].tolist()


def test_a_file_that_was_scored_before_can_go_in_again():
    first = in_parts(CONTENT)[1]
    result, again, _ = in_parts(first)
    assert again == first and sum("was scored before" in warning for warning in result.warnings) == 1


# One decision over all


@settings(max_examples=6)
@given(limited, st.sampled_from([None, 0.2]))
def test_the_limits_of_a_plan_hold_for_all_parts_together_as_in_one_piece(plan, threshold):
    result, scored, _ = in_parts(damaged(), plan, threshold, block=4_000)
    whole = in_one_piece(damaged(), plan, threshold)
    assert scored == to_csv(whole.scored)[0]
    assert_same_money(result, whole)


def test_a_published_budget_is_kept_to_and_what_it_forbids_is_told():
    plan = Plan(campaign=Campaign(fixed_cost=100), objective=Objective(budget=250))
    free, held = (in_parts(CONTENT, each, 0.3)[0] for each in (Plan(campaign=plan.campaign), plan))
    assert free.limited is None and free.outcome.expected_spend == 100 + 10 * free.outcome.contacted > 250
    assert (held.outcome.contacted, held.outcome.expected_spend) == (15, 250.0)
    told = held.limited.forbidden
    assert (told.contacted, told.expected_spend, told.threshold) == (free.outcome.contacted, free.outcome.expected_spend, 0.3)
    assert told.expected_profit == pytest.approx(free.outcome.expected_profit) and held.limited.cut > 0.3


def test_a_published_budget_that_suffices_changes_nothing():
    plan = Plan(objective=Objective(budget=1e6))
    held, free = in_parts(CONTENT, plan, 0.3), in_parts(CONTENT, PLAIN, 0.3)
    assert held[1] == free[1] and held[0].limited is None


def test_where_nobody_is_contacted_nothing_is_spent():
    nobody = in_parts(CONTENT, Plan(campaign=Campaign(fixed_cost=100)), 1.0)[0]
    assert nobody.outcome == NOBODY_CONTACTED


def test_a_fixed_cost_is_charged_once_for_the_whole_file():
    free, charged = (in_parts(CONTENT, Plan(campaign=Campaign(fixed_cost=cost)))[0] for cost in (0.0, 100.0))
    free, charged = free.outcome, charged.outcome
    assert charged.contacted == free.contacted > 0
    assert charged.expected_profit == pytest.approx(free.expected_profit - 100)
    assert charged.expected_spend == pytest.approx(free.expected_spend + 100)
    ruinous = in_parts(CONTENT, Plan(campaign=Campaign(fixed_cost=1e7)))[0]
    assert ruinous.outcome == NOBODY_CONTACTED


@pytest.mark.parametrize(
    "objective, twice", [(Objective(), False), (Objective(min_marginal_roi=2), False), (Objective(budget=50), True)]
)
def test_by_a_published_threshold_the_file_is_read_twice_only_where_the_list_as_a_whole_has_a_limit(objective, twice):
    plan = Plan(campaign=Campaign(fixed_cost=100), objective=objective)
    sentences = []
    result, _, _ = in_parts(CONTENT, plan, 0.3, report=lambda sentence, share=None: sentences.append(sentence))
    assert any("First look" in sentence for sentence in sentences) == twice
    assert result.outcome.contacted == in_one_piece(CONTENT, plan, 0.3).contacts(TELCO).number


# Who has left

LEFT = RAW.assign(Churn=["Yes", "No", ""] * 20)
GONE = LEFT["Churn"].to_numpy() == "Yes"


@pytest.mark.parametrize("plan", [PLAIN, Plan(objective=Objective(budget=200)), Plan(campaign=Campaign(fixed_cost=50))])
@pytest.mark.parametrize("threshold", [None, 0.2])
def test_nobody_who_has_left_is_contacted_and_their_number_is_said(plan, threshold):
    result, scored, _ = in_parts(to_csv(LEFT)[0], plan, threshold, block=3_000)
    contact = pd.read_csv(BytesIO(scored))["contact"].to_numpy()
    assert not contact[GONE].any() and contact.any() and result.left == GONE.sum() == 20
    assert result.outcome.contacted == contact.sum() and result.shown_left.tolist() == GONE.tolist()
    assert any("20 customers have left" in warning and "not contacted" in warning for warning in result.warnings)


def test_a_back_test_contacts_them_as_if_they_were_here_and_says_so():
    plan = Plan(objective=Objective(budget=200))
    asked, scored, _ = in_parts(to_csv(LEFT)[0], plan, back_test=True, block=3_000)
    _, unknown, _ = in_parts(CONTENT, plan)
    assert pd.read_csv(BytesIO(scored))["contact"].tolist() == pd.read_csv(BytesIO(unknown))["contact"].tolist()
    assert asked.back_test and any(warning.startswith("Back-test:") for warning in asked.warnings)


# Progress


def shares_of(content, plan, block, **options) -> list[float]:
    shares = []
    in_parts(content, plan, block=block, report=lambda sentence, share=None: shares.append(share), **options)
    return [share for share in shares if share is not None]  # the reader tells what it does, and no share of the whole


@pytest.mark.parametrize("plan", [PLAIN, Plan(objective=Objective(budget=500))], ids=["one look", "two looks"])
@pytest.mark.parametrize("source", [CONTENT, gzip.compress(CONTENT)], ids=["text", "gzip"])
@pytest.mark.parametrize("block", [1_000, 2**22])
def test_the_share_that_is_done_rises_to_all_of_it(plan, source, block):
    shares = shares_of(source, plan, block)
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == 1.0


def test_each_part_is_reported_with_the_rows_so_far():
    sentences = []
    in_parts(CONTENT, block=750, report=lambda sentence, share=None: sentences.append(sentence))
    rows = [int(sentence.split(" rows")[0].replace(",", "")) for sentence in sentences if " rows" in sentence]
    assert len(rows) > 5 and rows == sorted(set(rows)) and rows[-1] == 60


class Stopped(Exception):
    """Somebody pressed Stop."""


@pytest.mark.parametrize("plan", [PLAIN, Plan(objective=Objective(budget=500))], ids=["one look", "two looks"])
@pytest.mark.parametrize("after", [1, 4])
def test_a_report_that_raises_stops_and_nothing_more_is_read(plan, after):
    told, read_blocks = [], []

    def stop(sentence: str, share: float | None = None) -> None:
        if share is None:
            return  # the reader has opened the file
        told.append(len(read_blocks))
        if len(told) == after:
            raise Stopped

    class Watched(text.TextBlocks):
        def __iter__(self):
            for block in super().__iter__():
                read_blocks.append(block)
                yield block

    with mock.patch.object(read, "TextBlocks", Watched), pytest.raises(Stopped):
        in_parts(CONTENT, plan, block=900, report=stop)
    assert len(told) == after and len(read_blocks) == told[-1] <= after + 2
    assert len(read_blocks) < len(CONTENT) / 900 - 2
