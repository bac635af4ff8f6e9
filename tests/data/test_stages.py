"""What takes long with a file says how far it is, column by column, and ends when it is asked to."""

import pytest

from churn_core.application.own_customers import read_own
from churn_core.data.cleaning.table import clean
from churn_core.data.proposing.looked import look
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import Stopped
from churn_core.schema.telco import TELCO
from tests.data.reading.workbooks import packed, parts, shared

RAW = generate(60, seed=3, schema=TELCO)
STAGES = {
    "looking": lambda report: look(RAW, report),
    "kinds": lambda report: look(RAW).kinds(report),
    "cleaning": lambda report: clean(RAW, TELCO, report=report),
}
each_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


@each_stage
def test_each_column_is_told_with_the_share_that_is_done(stage):
    shares = []
    stage(lambda sentence, share=None: shares.append(share))
    assert len(shares) >= len(RAW.columns) and shares == sorted(shares) and 0 <= shares[0] < shares[-1] < 1


@each_stage
def test_it_ends_at_the_column_at_which_it_is_asked_to(stage):
    told = []

    def report(sentence, share=None):
        told.append(sentence)
        if len(told) == 3:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        stage(report)
    assert len(told) == 3


def test_columns_are_looked_at_once():
    read = read_own(to_csv(RAW)[0], "customers.csv")
    told = []
    for _ in range(2):
        read.look(lambda sentence, share=None: told.append(sentence)).kinds(lambda sentence, share=None: told.append(sentence))
    assert len(told) == len(set(told)) == 2 * len(RAW.columns)


def test_reading_tells_its_rate(monkeypatch):
    for name in ("BLOCK", "SAMPLE"):
        monkeypatch.setattr(f"churn_core.data.reading.encoding.{name}", 1_500)
    sentences = []
    read_table(to_csv(RAW)[0], TELCO, lambda sentence, share=None: sentences.append(sentence))
    assert sentences[-1].startswith("Reading: 60 rows, ") and sentences[-1].endswith(" a second")


def test_opening_a_workbook_of_many_texts_tells_the_share_of_them():
    texts = shared("".join(f"<si><t>customer {number} {'x' * 40}</t></si>" for number in range(6_000)))
    content = packed(parts(texts=texts))
    told = []
    read_own(content, "customers.xlsx", lambda sentence, share=None: told.append((sentence, share)))
    shares = [share for sentence, share in told if sentence == "Opening the Excel file" and share is not None]
    assert any(0 < share < 1 for share in shares) and max(shares) == 1
