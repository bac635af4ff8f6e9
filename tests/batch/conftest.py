"""A file, a model, and both ways to score the one by the other."""

from collections import Counter
from functools import cache
from io import BytesIO
from unittest import mock

import pandas as pd
import pytest
from hypothesis import strategies as st

from churn_core.batch.local import score_file
from churn_core.batch.target import Target
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.quality import finding_as_dict
from churn_core.data.reading import encoding, excel, parquet
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.tables import CsvWriter
from churn_core.decisions.score_table import score_table
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO
from tests.batch.cluster import FOR_SECONDS, cluster

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


@pytest.fixture(scope="package")
def spark(tmp_path_factory):
    yield from cluster(tmp_path_factory.mktemp("spark"), java=FOR_SECONDS)


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
    with small[0], small[1], mock.patch.multiple(parquet, _ROWS=rows):
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
