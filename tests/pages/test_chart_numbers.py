"""Every chart of every page has its numbers below it, as a table that a screen reader reaches: all of them, and those of the chart."""

import json
import re

import numpy as np
import pytest

from churn_core.charts.numbers import MOST
from tests.navigation import PAGES
from tests.pages.conftest import numbers

TABS = {  # what is on a page beside what it opens with
    "campaign": ("Control group", "How sure", "Sensitivity", "Per customer or one threshold"),
    "customers": ("One customer", "A new customer"),
    "model": ("Candidates", "Remedies", "Model card", "Groups of people"),
    "monitoring": ("Files", "Threshold and model", "Service"),
}
WRITTEN = re.compile(r"[−+]?[^\d\s−+]?(\d[\d,]*(?:\.\d+)?)( million)?(%?)")
THREE_DIGITS = 0.0051  # half a unit of the last of them, of a value


def tables(at) -> dict[str, dict]:
    """Key of a chart → the numbers below it."""
    told = {each.proto.id.rsplit("-", 1)[-1]: each.proto.json for each in at.get("bidi_component")}
    return {key.removesuffix("_numbers"): json.loads(value) for key, value in told.items() if key.endswith("_numbers")}


def figures(at) -> dict[str, dict]:
    """Key of a chart → its figure, as plotly gets it."""
    return {each.proto.id.rsplit("-", 1)[-1]: json.loads(each.proto.spec) for each in at.get("plotly_chart")}


def without_their_numbers(at) -> list[str]:
    """The charts without their table, and the numbers of a chart that its table lacks."""
    found, told = [], tables(at)
    for key, figure in figures(at).items():
        if key not in told:
            found.append(key)
            continue
        words = [cell for table in told[key]["tables"] for row in table["rows"] for cell in row] + list(told[key]["marks"])
        said = np.array([number for cell in words for number in _read(cell)]).reshape(-1, 2)
        if not len(said):
            found.append(f"{key}: no number")
        found += [f"{key}: {value}" for value in _drawn(figure) if not _is_among(value, said)]
    return found


def _is_among(value: float, said: np.ndarray) -> bool:
    """Whether one of the numbers is that value, rounded as it is written."""
    return bool(np.any(np.abs(said[:, 0] - abs(value)) <= np.maximum(said[:, 1], THREE_DIGITS * abs(value))))


def _read(cell: str):
    """The sizes of the numbers in words, and half a unit of their last digit."""
    for digits, million, cent in WRITTEN.findall(cell):
        times = (1e6 if million else 1) / (100 if cent else 1)
        yield float(digits.replace(",", "")) * times, 0.5001 * 10.0 ** -len(digits.partition(".")[2]) * times


def _drawn(figure: dict):
    """The numbers of the traces that mean something: all of a short one, the ends of a long one."""
    for trace in figure["data"]:
        if trace["type"] == "heatmap" or (trace.get("hoverinfo") == "skip" and not trace.get("name")):
            continue
        for axis in ("x", "y"):
            values = trace.get(axis)
            if values is None or (isinstance(values, list) and any(isinstance(value, str) for value in values)):
                continue
            is_place = "ids" in trace and axis == ("y" if trace.get("orientation") == "h" else "x")
            if is_place or figure["layout"][f"{axis}axis"].get("visible") is False:
                continue
            known = numbers(values)
            known = known if len(known) <= MOST else known[[0, -1]]
            base = trace.get("base") if isinstance(trace.get("base"), int | float) else 0
            known = known[np.isfinite(known)] + (base if (axis == "x") == (trace.get("orientation") == "h") else 0)
            yield from known


@pytest.mark.parametrize("name", list(PAGES))
def test_every_chart_of_a_page_and_its_tabs_has_its_numbers_as_a_table(open_page, name):
    at = open_page(name)
    missing, seen = without_their_numbers(at), len(figures(at))
    for tab in TABS.get(name, ()):
        parameter = f"{name}_tab"
        at.session_state[parameter] = tab
        if parameter in at.query_params:  # the address goes before the session
            at.query_params[parameter] = tab
        at.run()
        assert not at.exception
        missing += without_their_numbers(at)
        seen += len(figures(at))
    assert missing == [] and (seen or name in ("results", "your_customers", "monitoring"))


@pytest.mark.parametrize("name", list(PAGES))
def test_every_chart_is_called_by_what_it_says(open_page, name):
    at = open_page(name)
    told = tables(at)
    for chart in at.get("plotly_chart"):
        key = chart.proto.id.rsplit("-", 1)[-1]
        assert chart.proto.alt and chart.proto.alt == told[key]["message"]


def test_the_law_sees_a_number_that_is_left_out(open_page, monkeypatch):
    whole = json.loads
    monkeypatch.setattr(json, "loads", lambda text: _without_a_row(whole(text)))
    assert without_their_numbers(open_page("explore")) != []


def _without_a_row(told):
    for table in told.get("tables", ()) if isinstance(told, dict) else ():
        table["rows"] = table["rows"][1:]
    return told
