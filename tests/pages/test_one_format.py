"""No page holds two formats of one number: every page and tab, of the sample and of a gym, read number by number."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from churn_core.application.train_version import train_on
from churn_core.data.writing.cells import to_csv
from churn_core.model.registry import Registry
from tests.gym import GYM, members
from tests.navigation import PAGES
from tests.numbers import malformed, two_formats
from tests.pages.conftest import unescaped

TABS = {
    "campaign": (
        "Contact list", "Control group", "Per customer or one threshold", "How sure", "Sensitivity", "Saved campaigns",
        "Many customers",
    ),
    "model": ("Candidates", "Remedies", "Model card", "Groups of people", "Versions", "Train on your customers"),
    "customers": ("A file", "One customer", "A new customer"),
}  # fmt: skip
OF_EACH_PAGE = [(name, tab) for name in PAGES for tab in TABS.get(name, ("",))]
MARK_UP = re.compile(r"<br ?/?>|</?b>|\*\*|:material/\w+:|<extra></extra>")
OF_PLOTLY = re.compile(r"%\{[^}]*\}|\$?%\{")
AXES = ("tickvals", "ticktext", "range")  # an axis has a form of its own
OF_ASSUMPTIONS = "-tornado"  # the chart whose bars are labelled by what somebody might have set instead
OF_ONE_ROW = ("customerid", "member", "row", "rank")  # tables of one customer a line, who has cents


@pytest.fixture(scope="module")
def gym_home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("gym")
    (home / "data").mkdir()
    Registry(home / "models").promote(train_on(home, to_csv(members(400))[0], GYM, "members.csv").model_id)
    return home


@pytest.fixture(params=["sample", "gym"])
def page_of(request, open_page, open_page_at, gym_home):
    """Opens a page of the sample, or of a gym."""
    if request.param == "sample":
        return open_page
    return lambda name, **query: open_page_at(gym_home, name, **query)


def read(at: AppTest) -> list[str]:
    """Every text with a number, as it is read: sentences, cards, helps, labels, cells with their headings, charts."""
    return [
        MARK_UP.sub(" ", unescaped(text)) for text in (*_sentences(at), *_cells(at), *_of_charts(at)) if re.search(r"\d", text)
    ]


def _sentences(at: AppTest) -> Iterator[str]:
    words = (*at.title, *at.header, *at.subheader, *at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.success)
    yield from (str(each.value) for each in words)
    yield from (f"{each.label}: {each.value}" for each in at.metric)
    yield from (f"{each.label}: {each.delta}" for each in at.metric if each.delta)
    inputs = (*at.button, *at.selectbox, *at.multiselect, *at.slider, *at.number_input, *at.radio, *at.checkbox, *at.toggle)
    yield from (str(each.label) for each in (*inputs, *at.expander, *at.tabs))
    helped = (*at.metric, *inputs, *at.markdown, *at.caption)
    yield from (told for each in helped if (told := getattr(each.proto, "help", "")))


def _cells(at: AppTest) -> Iterator[str]:
    for table in at.dataframe:
        columns = json.loads(table.proto.columns or "{}")
        names = [str(name).casefold() for name in table.value.columns]
        of_customers = any(name in names or name.startswith("customer_") for name in OF_ONE_ROW)
        if not table.proto.arrow_data.styler.display_values:
            continue
        shown = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
        for name in shown.columns:
            label = columns.get(name, {}).get("label") or name
            for value in shown[name].dropna().astype(str).unique()[:50]:
                money = re.search(r"\(([$€£])\)", label)
                amount = (
                    f"{'per contact ' if of_customers else ''}{money.group(1)}{value}" if money and value[:1].isdigit() else value
                )
                yield f"{label}: {amount}"


def _of_charts(at: AppTest) -> Iterator[str]:
    for chart in at.get("plotly_chart"):
        kind = "If it is: " if chart.proto.id.endswith(OF_ASSUMPTIONS) else ""
        yield from (f"{kind}{OF_PLOTLY.sub(' ', text)}" for text in _texts(json.loads(chart.proto.spec)))


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        for name, each in part.items():
            if name not in (*AXES, "template", "color", "fillcolor", "marker", "line", "font", "bdata", "colorscale"):
                yield from _texts(each)


@pytest.mark.parametrize(("name", "tab"), OF_EACH_PAGE, ids=lambda value: value or "page")
def test_a_page_writes_each_number_in_the_format_of_its_kind_and_no_number_in_two(page_of, name, tab):
    at = page_of(name)
    if tab and tab != TABS[name][0]:
        at.session_state[f"{name}_tab"] = tab
        at.run()
    assert not at.exception
    texts = read(at)
    assert texts
    assert [fault for text in texts for fault in malformed(text)] + two_formats(texts) == []
