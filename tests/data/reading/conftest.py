"""The same sixty customers in files of any kind, and what comes of scoring them."""

import csv
import io
import re
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from churn_core.batch.local import score_file
from churn_core.batch.target import Target
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.data.writing.tables import CsvWriter
from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.model.candidates import build
from churn_core.schema.telco import TELCO

_POOLS: list[pa.MemoryPool] = []  # a pool has to live as long as anything that came from it


@pytest.fixture
def held():
    """The most bytes that pyarrow held at once in a test."""
    before = pa.default_memory_pool()
    _POOLS.append(pa.proxy_memory_pool(before))
    pa.set_memory_pool(_POOLS[-1])
    yield _POOLS[-1].max_memory
    pa.set_memory_pool(before)


TRAINING, _ = clean(generate(400, seed=9, schema=TELCO), TELCO)
MODEL = build("logistic").fit(TRAINING, TRAINING[TELCO.target].to_numpy())
RAW = generate(60, seed=4, schema=TELCO).drop(columns=TELCO.target).astype(str)
NAMES = list(RAW)
TENURE, CHARGE, TOTAL = TELCO.tenure, TELCO.monthly_charge, TELCO.named("total_charge")
NUMBERS = RAW.assign(
    **{TENURE: RAW[TENURE].astype(int), CHARGE: RAW[CHARGE].astype(float), TOTAL: pd.to_numeric(RAW[TOTAL], errors="coerce")}
)


def as_csv(frame: pd.DataFrame = RAW, sep=",", end="\n", quoting=csv.QUOTE_MINIMAL, quote='"', header=True) -> str:
    return frame.to_csv(index=False, sep=sep, lineterminator=end, quoting=quoting, quotechar=quote, header=header)


LINES = as_csv().splitlines()


def scored(content: bytes | str, writer=CsvWriter):
    """What came of it, the scored file and the rejects."""
    out, rejects = io.BytesIO(), io.BytesIO()
    content = content.encode() if isinstance(content, str) else content
    targets = {"scored": Target(stream=out, writer=writer), "rejects": Target(stream=rejects)}
    result = score_file(content, MODEL, Plan(), schema=TELCO, **targets)
    return result, out.getvalue(), pd.read_csv(io.BytesIO(rejects.getvalue()), dtype=str, keep_default_na=False)


def decisions(content: bytes | str) -> dict[str, list]:
    """Of each customer, to the last bit."""
    frame = pd.read_csv(io.BytesIO(scored(content)[1]), dtype=str, keep_default_na=False)
    name = next(name for name in frame if re.sub(r"\W|_", "", name).lower() in (TELCO.id.lower(), "custid"))
    return dict(zip(frame[name], frame[list(DECISION_COLUMNS)].to_numpy().tolist(), strict=True))


CLEAN = decisions(as_csv())


def changed(**columns) -> pd.DataFrame:
    return RAW.assign(**{name: [do(value) for value in RAW[name]] for name, do in columns.items()})


def edited(**lines: str) -> str:
    """The file with some of its lines replaced: ``at_5`` is the one with the number 5."""
    numbered = {int(name[3:]): line for name, line in lines.items()}
    return "".join(numbered.get(i, line) + "\n" for i, line in enumerate(LINES, start=1))


def with_decimal_comma(word: str) -> str:
    return word.replace(".", ",")


def parquet(frame: pd.DataFrame, **options) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, **options)
    return buffer.getvalue()


def excel(frame: pd.DataFrame, before=(), edit=lambda sheet: None) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    for row in (*before, list(frame), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()):
        sheet.append(row)
    edit(sheet)
    book.save(buffer)
    return buffer.getvalue()


def with_dimension(content: bytes, dimension: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"'.encode(), old.read(name)))
    return buffer.getvalue()


def zipped(*files: tuple[str, bytes | str], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **{"compression": zipfile.ZIP_DEFLATED, **options}) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


NOTED = RAW.assign(note=["Zoë – 5 €"] * len(RAW))
MANY_LINES = RAW.assign(note=[f'first {i}\r\nsecond "two", ok\n\nlast' if i % 7 == 0 else "plain" for i in range(len(RAW))])
SPACED = {name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in NAMES}
