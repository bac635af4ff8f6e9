"""What an observer, other formats and the rejects get of a file that is scored part by part."""

from collections import Counter
from io import BytesIO
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.batch.local import score_file
from churn_core.batch.spool import Spool
from churn_core.batch.target import Target
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.reading import encoding
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.tables import CsvWriter, ExcelWriter, ParquetWriter
from churn_core.errors import DataError, NothingScored
from churn_core.schema.telco import TELCO
from tests.batch.conftest import BLOCKS, CONTENT, MODEL, PLAIN, RAW, account, damaged, in_one_piece, in_parts

# Observers


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("written", [True, False], ids=["written", "only looked at"])
def test_what_an_observer_says_of_each_part_is_added_up_over_the_file(block, written):
    def observe(scored, part):
        assert len(part.frame) >= len(scored.scored) > 0 and scored.scored.index.isin(part.frame.index).all()
        return Counter(scored=len(scored.scored), contacts=scored.contacts(TELCO).number)

    result, _, _ = in_parts(damaged(), block=block, written=written, observe=observe)
    whole = in_one_piece(damaged())
    assert result.observed == Counter(scored=55, contacts=whole.contacts(TELCO).number)


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
    assert (checked.outcome, checked.forecast) == (scored.outcome, scored.forecast)


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
