"""A file that is scored part by part is the file that is scored in one piece, whatever the parts."""

import gzip
from collections import Counter
from functools import cache
from io import BytesIO
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.batch.local import score_file
from churn_core.batch.spool import Spool
from churn_core.batch.target import Target
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.quality import finding_as_dict
from churn_core.data.reading import encoding, excel, parquet, text
from churn_core.data.reading import reader as read
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.tables import CsvWriter, ExcelWriter, ParquetWriter
from churn_core.decisions.score_table import score_table
from churn_core.errors import DataError, NothingScored
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO

CUSTOMERS, _ = clean(generate(400, seed=9, schema=TELCO), TELCO)
MODEL = build("logistic").fit(CUSTOMERS, CUSTOMERS[TELCO.target].to_numpy())
RAW = generate(60, seed=11, schema=TELCO).drop(columns=TELCO.target).assign(note="as it is").astype("object")
CONTENT = to_csv(RAW)[0]
PLAIN = Plan()
BLOCKS = (3_000, 2**22)  # bytes; from a few rows to the whole file
blocks = st.integers(1_000, 10_000)
limited = st.builds(
    Plan,
    campaign=st.builds(Campaign, retention_cost=st.just(20.0), fixed_cost=st.sampled_from([0.0, 300.0, 1e5])),
    objective=st.builds(
        Objective,
        budget=st.sampled_from([None, 0.0, 120.0, 700.0]),
        min_roi=st.sampled_from([None, 3.0, 12.0]),
        min_marginal_roi=st.sampled_from([None, 2.0]),
    ),
)


def damaged(raw: pd.DataFrame = RAW) -> bytes:
    """With rows that have to be mended, rows that cannot be, lines that are none, repeated customers and formulas."""
    raw = raw.copy()
    raw.loc[[3, 27, 50], "tenure"] = "?"
    raw.loc[[4, 40], "Contract"] = " MONTH-TO-MONTH"
    raw.loc[[20, 21, 55], TELCO.id] = raw[TELCO.id][0]
    raw.loc[[30, 59], "note"] = ["=1+1", 'say "no", twice']
    raw.loc[35, "TotalCharges"] = ""
    lines = to_csv(raw)[0].decode().split("\r\n")
    lines[12], lines[45] = "too,short", lines[45] + ",too,long"
    return "\r\n".join(lines).encode()


def in_parts(content, plan=PLAIN, threshold=None, block=4_000, writer=CsvWriter, written=True, **options):
    """What came of it, the scored file and the file of rejects."""
    files = {"scored": BytesIO(), "rejects": BytesIO()}
    targets = {name: Target(stream=stream, writer=writer) for name, stream in files.items()} if written else {}
    rows = max(block // 150, 1)
    small = mock.patch.multiple(encoding, BLOCK=block, SAMPLE=512), mock.patch.object(excel, "_ROWS", rows)
    with small[0], small[1], mock.patch.multiple(parquet, _ROWS=rows, _PROBE=1):
        result = score_file(content, MODEL, plan, threshold, schema=TELCO, **targets, **options)
    return result, files["scored"].getvalue(), files["rejects"].getvalue()


@cache
def in_one_piece(content: bytes, plan: Plan = PLAIN, threshold: float | None = None):
    return score_table(read_table(content, TELCO), MODEL, plan, threshold, schema=TELCO)


def account(quality) -> dict:
    """What is said of the rows, in whatever order it was found."""
    findings = [finding_as_dict(finding) for finding in quality.findings]
    return {
        "rows": (quality.rows, quality.kept, quality.rejected),
        "repairs": Counter({(r.column, r.what): r.count for r in quality.repairs}),
        "findings": sorted(findings, key=lambda f: (f["kind"], f["column"], f["what"])),
        "warnings": set(quality.warnings),
    }


# The file


@settings(max_examples=4)
@given(blocks)
def test_the_scored_file_is_byte_for_byte_that_of_one_piece(block):
    result, scored, _ = in_parts(CONTENT, block=block)
    whole = in_one_piece(CONTENT)
    assert (scored, result.harmless) == to_csv(whole.scored)
    assert (result.contacts, result.repaired) == (whole.contacts, whole.repaired)
    assert result.expected_profit == pytest.approx(whole.expected_profit, rel=1e-12)


@settings(max_examples=4)
@given(blocks, st.sampled_from([None, 0.3]))
def test_a_file_that_has_to_be_mended_is_scored_and_rejected_as_in_one_piece(block, threshold):
    result, scored, rejects = in_parts(damaged(), threshold=threshold, block=block)
    whole = in_one_piece(damaged(), PLAIN, threshold)
    assert (scored, result.harmless) == to_csv(whole.scored)
    assert rejects == to_csv(whole.rejects)[0]
    assert account(result.quality) == account(whole.quality)
    assert set(result.warnings) == set(whole.warnings)
    assert result.expected_profit == pytest.approx(whole.expected_profit, rel=1e-12)


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
@given(limited)
def test_the_limits_of_a_plan_hold_for_all_parts_together_as_in_one_piece(plan):
    result, scored, _ = in_parts(damaged(), plan, block=4_000)
    whole = in_one_piece(damaged(), plan)
    assert scored == to_csv(whole.scored)[0]
    assert result.contacts == whole.contacts
    assert result.expected_profit == pytest.approx(whole.expected_profit, rel=1e-12)


def test_a_fixed_cost_is_charged_once_for_the_whole_file():
    free, charged = (in_parts(CONTENT, Plan(campaign=Campaign(fixed_cost=cost)))[0] for cost in (0.0, 100.0))
    assert charged.contacts == free.contacts > 0
    assert charged.expected_profit == pytest.approx(free.expected_profit - 100)
    ruinous = in_parts(CONTENT, Plan(campaign=Campaign(fixed_cost=1e7)))[0]
    assert (ruinous.contacts, ruinous.expected_profit) == (0, 0.0)


def test_by_a_published_threshold_the_file_is_read_once_whatever_the_limits():
    plan = Plan(campaign=Campaign(fixed_cost=100), objective=Objective(budget=50))
    sentences = []
    result, _, _ = in_parts(CONTENT, plan, 0.3, report=lambda sentence, share: sentences.append(sentence))
    assert not any("First look" in sentence for sentence in sentences)
    assert result.contacts == in_one_piece(CONTENT, plan, 0.3).contacts


# Progress


def shares_of(content, plan, block, **options) -> list[float]:
    shares = []
    in_parts(content, plan, block=block, report=lambda sentence, share: shares.append(share), **options)
    return shares


@pytest.mark.parametrize("plan", [PLAIN, Plan(objective=Objective(budget=500))], ids=["one look", "two looks"])
@pytest.mark.parametrize("source", [CONTENT, gzip.compress(CONTENT)], ids=["text", "gzip"])
@pytest.mark.parametrize("block", [1_000, 2**22])
def test_the_share_that_is_done_rises_to_all_of_it(plan, source, block):
    shares = shares_of(source, plan, block)
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == 1.0


def test_each_part_is_reported_with_the_rows_so_far():
    sentences = []
    in_parts(CONTENT, block=1_500, report=lambda sentence, share: sentences.append(sentence))
    rows = [int(sentence.split(" rows")[0].replace(",", "")) for sentence in sentences]
    assert len(rows) > 5 and rows == sorted(set(rows)) and rows[-1] == 60


class Stopped(Exception):
    """Somebody pressed Stop."""


@pytest.mark.parametrize("plan", [PLAIN, Plan(objective=Objective(budget=500))], ids=["one look", "two looks"])
@pytest.mark.parametrize("after", [1, 4])
def test_a_report_that_raises_stops_and_nothing_more_is_read(plan, after):
    told, read_blocks = [], []

    def stop(sentence: str, share: float) -> None:
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


# Observers


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("written", [True, False], ids=["written", "only looked at"])
def test_what_an_observer_says_of_each_part_is_added_up_over_the_file(block, written):
    def observe(scored, part):
        assert len(part.frame) >= len(scored.scored) > 0 and scored.scored.index.isin(part.frame.index).all()
        return Counter(scored=len(scored.scored), contacts=scored.contacts)

    result, _, _ = in_parts(damaged(), block=block, written=written, observe=observe)
    whole = in_one_piece(damaged())
    assert result.observed == Counter(scored=55, contacts=whole.contacts)


def test_the_parts_are_added_in_the_order_of_the_file():
    result, _, _ = in_parts(CONTENT, block=1_500, observe=lambda scored, part: part.frame.index.tolist())
    assert result.observed == list(range(2, 62))


def test_an_observer_that_says_nothing_adds_nothing():
    assert in_parts(CONTENT, observe=lambda scored, part: None)[0].observed is None


def test_what_goes_wrong_in_an_observer_is_heard_of():
    def fail(scored, part):
        raise DataError("no")

    with pytest.raises(DataError, match="^no$"):
        in_parts(CONTENT, observe=fail)


def test_checking_writes_nothing_and_gives_the_same_account(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with mock.patch.multiple(encoding, BLOCK=4_000, SAMPLE=512):
        checked = score_file(damaged(), MODEL, PLAIN, observe=lambda scored, part: None, schema=TELCO)
    scored, _, _ = in_parts(damaged())
    assert not list(tmp_path.iterdir())
    assert account(checked.quality) == account(scored.quality) and checked.harmless == 0
    assert (checked.contacts, checked.expected_profit) == (scored.contacts, scored.expected_profit)


# Other formats


@pytest.mark.parametrize("writer", [CsvWriter, ParquetWriter, ExcelWriter], ids=["CSV", "Parquet", "Excel"])
@pytest.mark.parametrize("block", BLOCKS)
def test_from_the_spooled_parts_a_format_is_written_as_scoring_into_it_writes_it_without_a_model(block, writer):
    spool = Spool(BytesIO())
    _, directly, _ = in_parts(damaged(), block=block, writer=writer, spool=spool)
    for _ in range(2):  # as often as it is asked for
        stream = BytesIO()
        spool.write(Target(stream=stream, writer=writer))
        assert same_file(stream.getvalue(), directly, writer)


def same_file(a: bytes, b: bytes, writer: type) -> bool:
    """To the byte; of Excel, which carries the time of writing, the cells."""
    if writer is not ExcelWriter:
        return a == b
    return pd.read_excel(BytesIO(a), header=None).equals(pd.read_excel(BytesIO(b), header=None))


# Rejects


def test_a_file_without_rejects_has_an_empty_file_of_them_with_their_columns():
    _, _, rejects = in_parts(CONTENT)
    assert rejects.decode().strip().split(",") == ["row", "problem", *RAW.columns, "text"]


@pytest.mark.parametrize("block", [1_000, 2**22])
@pytest.mark.parametrize("name", ["text", "row", "problem", "note"])
def test_rejects_have_the_same_columns_in_every_part_whatever_the_columns_of_the_file_are_called(name, block):
    _, _, rejects = in_parts(damaged(RAW).replace(b",note\r\n", f",{name}\r\n".encode(), 1), block=block)
    table = pd.read_csv(BytesIO(rejects), dtype=str, keep_default_na=False)
    assert table["row"].tolist() == ["5", "13", "29", "46", "52"]
    assert table["problem"].str.contains("tenure|values").all()
    assert table["text"].str.startswith(("too,short", "GENERATED")).tolist() == [False, True, False, True, False]
    assert (table == "as it is").any(axis=1).tolist() == [True, False, True, False, True]


def test_repairs_are_counted_in_the_rows_that_are_kept_only_in_parts_too():
    raw = RAW.copy()
    raw.loc[5, "TotalCharges"], raw.loc[[40, 50], "tenure"] = "", "?"
    content = to_csv(raw)[0]
    assert account(in_parts(content)[0].quality) == account(in_one_piece(content).quality)


@pytest.mark.parametrize("block", BLOCKS)
def test_who_came_before_in_a_row_that_was_rejected_counts_alike_in_parts_and_in_one_piece(block):
    raw = RAW.copy()
    raw.loc[3, "tenure"], raw.loc[50, TELCO.id] = "?", raw[TELCO.id][3]
    content = to_csv(raw)[0]
    assert account(in_parts(content, block=block)[0].quality) == account(in_one_piece(content).quality)


@pytest.mark.parametrize("plan", [PLAIN, Plan(objective=Objective(budget=500))], ids=["one look", "two looks"])
@pytest.mark.parametrize("spoilt", [CONTENT.replace(b"ale,", b"?,"), CONTENT.split(b"\r\n")[0] + b"\n" + b"a,b\n" * 9])
def test_where_no_row_can_be_scored_the_rows_come_back_and_are_written(spoilt, plan):
    with pytest.raises(NothingScored) as whole:
        in_one_piece(spoilt, plan)
    rejects = BytesIO()
    with mock.patch.multiple(encoding, BLOCK=3_000, SAMPLE=512), pytest.raises(NothingScored) as parts:
        score_file(spoilt, MODEL, plan, scored=None, rejects=Target(stream=rejects), schema=TELCO)
    assert str(parts.value) == str(whole.value)
    assert rejects.getvalue() == to_csv(whole.value.rejects)[0]
    assert parts.value.rejects["row"].tolist() == whole.value.rejects["row"].tolist()


@pytest.mark.parametrize("plan", [PLAIN, Plan(objective=Objective(budget=500))], ids=["one look", "two looks"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (CONTENT.split(b"\r\n")[0] + b"\r\n", "a header and no rows"),
        (CONTENT.split(b"\r\n")[0], "a header and no rows"),
        (b"a,b\n1,2\n", "Missing required columns"),
        (b"", "empty"),
    ],
)
def test_what_is_no_table_of_customers_is_refused_as_in_one_piece(content, said, plan):
    with pytest.raises(DataError, match=said) as whole:
        in_one_piece(content, plan)
    with pytest.raises(DataError) as parts:
        in_parts(content, plan, block=4_000)
    assert str(parts.value) == str(whole.value)


@given(st.lists(st.sampled_from(["good", "bad", "short"]), min_size=1, max_size=40))
@settings(max_examples=8)
def test_every_row_is_in_the_file_of_the_scored_or_in_that_of_the_rejects_once(kinds):
    header, *lines = CONTENT.decode().split("\r\n")
    of_kind = {"good": lambda line: line, "bad": lambda line: line.replace("ale,", "?,"), "short": lambda line: "x,y"}
    rows = [of_kind[kind](line) for kind, line in zip(kinds, lines, strict=False)]
    content = "\n".join([header, *rows, ""]).encode()
    if "good" not in kinds:
        return
    result, scored, rejects = in_parts(content)
    assert len(pd.read_csv(BytesIO(scored))) == kinds.count("good") == result.quality.kept
    refused = [i for i, kind in enumerate(kinds, start=2) if kind != "good"]
    assert pd.read_csv(BytesIO(rejects))["row"].tolist() == refused and result.quality.rejected == len(refused)
