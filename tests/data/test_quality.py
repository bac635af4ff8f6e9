"""The account of a cleaning adds up and can be told."""

import json

import pandas as pd

from churn_core.data.quality import QualityReport, Repair, no_rejects

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


def test_the_repair_table_has_a_line_for_each_repair():
    assert REPORT.repair_table().to_numpy().tolist() == [["x", "mended", 3]]
