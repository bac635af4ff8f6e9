"""The account of a cleaning adds up and can be told."""

import json
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.data.cleaning.table import clean
from churn_core.data.quality import (
    CONSTANT,
    DUPLICATE,
    EXAMPLES,
    LONGEST_VALUE,
    MISSING,
    MOST_VALUES,
    UNKNOWN,
    Finding,
    QualityReport,
    Repair,
    examples,
    finding_as_dict,
    no_rejects,
    repeats,
)
from churn_core.data.synthetic import generate
from churn_core.schema.telco import TELCO

REJECTS = pd.DataFrame({"row": [5, 9], "problem": ["a", "b"]})
REPORT = QualityReport(rows=10, kept=8, repairs=(Repair(column="x", what="mended", count=3),), rejects=REJECTS)


def test_rows_are_kept_or_rejected():
    assert REPORT.rows == REPORT.kept + REPORT.rejected


def test_unread_lines_join_the_rejects_in_the_order_of_the_file():
    joined = REPORT.with_unread(pd.DataFrame({"row": [7], "problem": ["too short"]}))
    assert joined.rejects["row"].tolist() == [5, 7, 9]
    assert joined.rows == joined.kept + joined.rejected
    assert REPORT.with_unread(no_rejects()) is REPORT


def test_the_report_is_json():
    told = json.loads(json.dumps(REPORT.as_dict()))
    assert told["repairs"] == [{"column": "x", "what": "mended", "count": 3}]
    assert told["rejects"] == [{"row": 5, "problem": "a"}, {"row": 9, "problem": "b"}]


# Sums of reports


def finding(count: int = 1, rows: tuple = (2,), values: dict | None = None, **options) -> Finding:
    told = {"kind": UNKNOWN, "column": "x", "what": "not known", "done": "row rejected"} | options
    return Finding(count=count, rows=rows, values=values or {}, **told)


NOTHING = QualityReport(rows=0, kept=0)
spoilt = st.lists(st.sampled_from(["good", "tenure", "contract", "blank", "case", "dear"]), min_size=1, max_size=30)
RAW = generate(30, seed=4, schema=TELCO).drop(columns=TELCO.target).astype("object")


def spoilt_table(kinds: list[str]) -> pd.DataFrame:
    raw = RAW.head(len(kinds)).set_axis(range(2, len(kinds) + 2)).copy()
    for line, kind in enumerate(kinds, start=2):
        value = {"tenure": ("tenure", "?"), "contract": ("Contract", "ever"), "blank": ("TotalCharges", " "),
                 "case": ("Contract", "TWO YEAR"), "dear": ("MonthlyCharges", "1e9")}.get(kind)  # fmt: skip
        if value:
            raw.loc[line, value[0]] = value[1]
    return raw.astype("str")


def told(report: QualityReport) -> dict:
    """All that a report says, in whatever order it was found."""
    return {
        "rows": (report.rows, report.kept, report.rejected),
        "repairs": {(r.column, r.what): r.count for r in report.repairs},
        "findings": sorted((finding_as_dict(f) for f in report.findings), key=lambda f: (f["kind"], f["column"], f["what"])),
        "seen": dict(report.seen),
    }


@settings(max_examples=25)
@given(spoilt, st.integers(0, 30), st.integers(0, 30))
def test_the_sum_of_the_reports_of_parts_is_the_report_of_the_whole(kinds, one, other):
    table = spoilt_table(kinds)
    at = sorted({0, min(one, len(kinds)), min(other, len(kinds)), len(kinds)})
    parts = [clean(table.iloc[a:b], is_part=True, schema=TELCO)[1] for a, b in pairwise(at)]
    assert told(sum(parts, start=NOTHING)) == told(clean(table, TELCO)[1])


def test_nothing_added_changes_nothing_but_that_the_rejects_are_counted_and_not_listed():
    for report in (REPORT + NOTHING, NOTHING + REPORT):
        assert told(report) == told(REPORT) and report.rejects.empty and report.unlisted == 2


@given(st.lists(st.integers(0, 5), min_size=3, max_size=3), st.sampled_from([0, 1]))
def test_reports_may_be_added_in_any_grouping(counts, at):
    reports = [
        QualityReport(
            rows=n,
            kept=n,
            repairs=(Repair(column="x", what="converted" if i == at else "mended", count=n),),
            found=(finding(n, values={"a": n}),),
        )
        for i, n in enumerate(counts)
    ]
    one, two, three = reports
    assert told((one + two) + three) == told(one + (two + three))
    assert (one + two + three).repaired == sum(counts)


def test_notes_that_are_the_same_in_every_part_are_told_once():
    one, other = (QualityReport(rows=1, kept=1, notes=notes) for notes in (("a", "b"), ("b", "c")))
    assert (one + other).notes == ("a", "b", "c")


# Findings


def test_findings_of_the_same_thing_are_one_with_the_first_rows_and_the_counts_of_each_value():
    one, other = finding(2, (3, 5), {"a": 1, "b": 1}), finding(3, (7, 8, 9), {"b": 3})
    both = one + other
    assert (both.count, both.rows, both.values) == (5, (3, 5, 7), {"b": 4, "a": 1})


@pytest.mark.parametrize("other", [{"kind": MISSING}, {"column": "y"}, {"what": "blank"}, {"done": "used as it is"}])
def test_findings_of_different_things_stay_apart(other):
    one, two = (QualityReport(rows=1, kept=1, found=(f,)) for f in (finding(), finding(**other)))
    assert (one + two).findings == (finding(), finding(**other))


@given(st.lists(st.dictionaries(st.integers(0, 60).map(str), st.integers(1, 9), max_size=25), min_size=2, max_size=4))
def test_of_many_different_values_the_most_frequent_are_kept(counted):
    total = finding(0, (), {})
    for values in counted:
        total = total + finding(sum(values.values()), (), values)
    assert total.count == sum(sum(values.values()) for values in counted)
    assert len(total.values) <= MOST_VALUES and list(total.values.values()) == sorted(total.values.values(), reverse=True)
    if len({value for values in counted for value in values}) <= MOST_VALUES:
        assert all(total.values[value] == sum(v.get(value, 0) for v in counted) for values in counted for value in values)


def test_repeated_customers_are_a_finding_and_a_warning():
    report = QualityReport(rows=9, kept=9).with_repeats((4, (5, 6, 7, 8)), "id")
    (found,) = report.findings
    assert (found.kind, found.count, found.rows) == (DUPLICATE, 4, (5, 6, 7)) and len(found.rows) == EXAMPLES
    assert report.warnings == ("4 rows repeat the id of an earlier row; each row is treated as a separate customer.",)
    none = QualityReport(rows=9, kept=9).with_repeats((0, ()), "id")
    assert (none.findings, none.warnings) == ((), ())


# Columns that are the same for everybody


def same(kept: int, **seen) -> QualityReport:
    return QualityReport(rows=kept, kept=kept, seen=seen)


def constants(report: QualityReport) -> dict:
    return {f.column: (f.what, f.count) for f in report.findings if f.kind == CONSTANT}


def test_a_column_that_is_the_same_for_everybody_is_told_once_there_are_enough_rows():
    assert constants(same(29, x="a", y=None)) == {}
    assert constants(same(30, x="a", y=None)) == {"x": ("'a' in every row", 30)}
    assert constants(same(29, x="a", y=0) + same(1, x="a", y=1)) == {"x": ("'a' in every row", 30)}


def test_a_value_that_is_falsy_is_the_same_for_everybody_too():
    assert constants(same(50, x=0) + same(50, x=0)) == {"x": ("'0' in every row", 100)}


def test_a_part_of_which_no_row_is_kept_says_nothing_about_its_columns():
    empty = QualityReport(rows=5, kept=0, seen={"x": None})
    for report in (empty + same(40, x="a"), same(40, x="a") + empty):
        assert constants(report) == {"x": ("'a' in every row", 40)}


def test_a_column_that_differed_once_stays_different():
    report = same(40, x="a") + same(40, x="b") + same(40, x="a")
    assert constants(report) == {} and report.seen == {"x": None}


def test_a_long_value_is_cut():
    ((what, _),) = constants(same(40, x="v" * 500)).values()
    assert what.count("v") == LONGEST_VALUE + "every".count("v")


# In words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (finding(3, (2, 5, 9), {"?": 2, "none": 1}), "'?' × 2, 'none' · row 2, 5, 9"),
        (finding(1, (2,), {}), "row 2"),
        (finding(1, (), {"a": 1_200}), "'a' × 1,200"),
        (finding(0, (), {}), ""),
        (finding(9, (), {"a": 1, "b": 1, "c": 1, "d": 1}), "'a', 'b', 'c'"),
    ],
)
def test_examples_are_the_first_values_and_the_first_rows(found, words):
    assert examples(found) == words


def test_the_table_of_findings_has_a_line_for_each_and_the_json_says_the_same():
    report = QualityReport(rows=40, kept=40, found=(finding(2, (3, 4), {"a": 2}), repeats("id", 1, (9,))), seen={"y": "same"})
    table = report.finding_table()
    assert table.columns.tolist() == ["kind", "column", "what", "count", "example", "done"]
    assert table[["kind", "column", "count", "example"]].to_numpy().tolist() == [
        [UNKNOWN, "x", 2, "'a' × 2 · row 3, 4"],
        [DUPLICATE, "id", 1, "row 9"],
        [CONSTANT, "y", 40, ""],
    ]
    told_findings = json.loads(json.dumps(report.as_dict()))["findings"]
    of_table = table[["kind", "column", "count"]].to_numpy().tolist()
    assert [[f["kind"], f["column"], f["count"]] for f in told_findings] == of_table


def test_rows_of_any_kind_of_number_are_json():
    rows = tuple(pd.Series([3, 4]).to_numpy())
    assert json.loads(json.dumps(finding_as_dict(finding(2, rows))))["rows"] == [3, 4]
