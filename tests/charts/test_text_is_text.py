"""A text that a stranger wrote is no mark-up in any chart: not on an axis, in a legend, beside a line or under the mouse."""

import html
import inspect
import json

import pandas as pd
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.charts import campaign, candidates, customers, model, monitoring, sensitivity, shapes
from churn_core.charts.theme import LIGHT, plain
from churn_core.model import metrics
from tests.charts.conftest import CHURNED, SWEPT, P

HOSTILE = (
    "<a href='https://elsewhere.example'>a</a>",
    "<b>bold</b><br>(second line)",
    "%{x} &lt;i&gt;",
    "$x^2$",
    "<img src='https://elsewhere.example/pixel.png'>",
)
RATES = {"churn_rate": 0.3, "low": 0.2, "high": 0.4, "customers": 10}


def rows(**columns) -> pd.DataFrame:
    """One row for each hostile text; a column given as ``...`` holds the text."""
    return pd.DataFrame([{n: text if v is ... else v for n, v in columns.items()} for text in HOSTILE])


def named(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return dict.fromkeys(HOSTILE[:4], table)


FIGURES = {
    "churn_rate_bars_figure": lambda: customers.churn_rate_bars_figure(rows(group=..., **RATES), LIGHT, x=HOSTILE[0]),
    "churn_heat_map_figure": lambda: customers.churn_heat_map_figure(rows(a=..., b=..., **RATES), LIGHT, x="a", y="b"),
    "with_and_without_figure": lambda: customers.with_and_without_figure(rows(label=..., group=..., **RATES), LIGHT),
    "reasons_figure": lambda: customers.reasons_figure(rows(reason=..., effect=0.5), LIGHT),
    "intervals_figure": lambda: candidates.intervals_figure(
        rows(name=..., text=..., estimate=0.3, low=0.2, high=0.4), LIGHT, x=HOSTILE[1], reference=0.0, reference_label=HOSTILE[0]
    ),
    "calibration_lines_figure": lambda: candidates.calibration_lines_figure(named(metrics.calibration_table(P, CHURNED)), LIGHT),
    "ranking_lines_figure": lambda: candidates.ranking_lines_figure(named(metrics.roc_table(P, CHURNED)), LIGHT),
    "compared_curves_figure": lambda: campaign.compared_curves_figure(
        named(profit_curve(SWEPT, Campaign())), dict.fromkeys(HOSTILE, (0.1, 5.0)), LIGHT, "$"
    ),
    "drift_figure": lambda: monitoring.drift_figure(
        rows(label=..., moved=..., psi=0.1, psi_by_chance=0.01, level="look", reference_share=0.1, current_share=0.2),
        LIGHT,
        0.1,
        0.2,
    ),
    "curve_figure": lambda: shapes.curve_figure(
        pd.DataFrame({"value": [1.0, 2.0], "at": "line", "probability": 0.3, "share": 0.5}), LIGHT, x=HOSTILE[1], average=0.2
    ),
    "levels_figure": lambda: shapes.levels_figure(rows(value=..., probability=0.3, share=0.2), LIGHT, average=0.2),
    "cells_figure": lambda: shapes.cells_figure(rows(first=..., second=..., probability=0.3), LIGHT, x=HOSTILE[2], y=HOSTILE[0]),
    "files_figure": lambda: monitoring.files_figure(rows(at=1, name=..., psi=0.1, column=..., level="look"), LIGHT),
}
HOLD_NUMBERS_AND_WORDS_OF_OURS = {
    "policies_figure", "profit_curve_figure", "roi_curve_figure", "churn_by_tenure_figure", "distribution_figure",
    "probability_scale_figure", "probability_distributions_figure", "calibration_figure", "roc_figure", "precision_recall_figure",
    "lift_figure", "gain_figure", "service_figure", "tornado_figure", "heat_map_figure", "bands_figure",
}  # fmt: skip


def texts(part) -> list[str]:
    """Every text of a figure, wherever it stands."""
    if isinstance(part, dict):
        return [text for value in part.values() for text in texts(value)]
    if isinstance(part, list):
        return [text for value in part for text in texts(value)]
    return [part] if isinstance(part, str) else []


def test_every_figure_is_tried_or_holds_no_strangers_text():
    modules = (campaign, candidates, customers, model, monitoring, sensitivity, shapes)
    figures = {
        name for module in modules for name, f in inspect.getmembers(module, inspect.isfunction) if name.endswith("_figure")
    }
    assert figures == FIGURES.keys() | HOLD_NUMBERS_AND_WORDS_OF_OURS


@pytest.mark.parametrize("name", FIGURES)
def test_a_strangers_text_marks_nothing_up(name):
    told = texts(json.loads(FIGURES[name]().to_json()))
    live = [text for text in told for mark in ("<a", "<b>bold", "<img", "%{x} &lt;", "$x^2$") if mark in text]
    assert live == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_strangers_text_stands_in_no_template(name):
    told = FIGURES[name]().to_dict()["data"]
    templates = [trace.get(key) or "" for trace in told for key in ("hovertemplate", "texttemplate")]
    assert [t for t in templates for text in HOSTILE if html.escape(text, quote=False) in t or text in t] == []


@pytest.mark.parametrize("text", [*HOSTILE, "Contract", "A & B", "$5", 12])
def test_it_is_read_as_it_was_written(text):
    assert html.unescape(plain(text)) == str(text)
