"""The charts of the watch are twins of their tables: every number, every row, every level in its colour."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from churn_core.charts.monitoring import drift_figure, files_figure, service_figure
from churn_core.data.cleaning.table import clean
from churn_core.data.synthetic import generate
from churn_core.monitoring.drift import PSI_LOOK, PSI_MAJOR, drift
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.schema.telco import TELCO

REFERENCE, FILE = clean(generate(2_000, seed=1, schema=TELCO), TELCO)[0], clean(generate(1_500, seed=2, schema=TELCO), TELCO)[0]
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def moved() -> pd.DataFrame:
    """A file with a price that is far dearer, and contracts that are a little shorter."""
    p = REFERENCE[TELCO.monthly_charge].to_numpy() / 500
    bins = bins_of(REFERENCE, p, TELCO)
    dearer = FILE.assign(**{TELCO.monthly_charge: FILE[TELCO.monthly_charge] * 1.5})
    table = drift(
        profile(REFERENCE, p, bins, schema=TELCO),
        profile(dearer, dearer[TELCO.monthly_charge].to_numpy() / 500, bins, schema=TELCO),
        TELCO,
    )
    return table.sort_values("psi", ascending=False, ignore_index=True)


def test_every_column_is_a_bar_as_long_as_its_psi_the_largest_on_top(moved, palette):
    bar = drift_figure(moved, palette, PSI_LOOK, PSI_MAJOR).data[0]
    fig = drift_figure(moved, palette, PSI_LOOK, PSI_MAJOR)
    assert (list(bar.y), list(bar.x)) == (moved["label"].tolist(), moved["psi"].tolist())
    assert bar.orientation == "h" and fig.layout.yaxis.autorange == "reversed"
    assert fig.layout.xaxis.range[0] == 0 and fig.layout.xaxis.range[1] > max(bar.x)


def test_each_bar_has_a_mark_where_chance_alone_would_put_it(moved, palette):
    marks = drift_figure(moved, palette, PSI_LOOK, PSI_MAJOR).data[1]
    assert (list(marks.y), list(marks.x)) == (moved["label"].tolist(), moved["psi_by_chance"].tolist())


def test_the_levels_are_told_apart_by_colour(palette):
    table = pd.DataFrame(
        {
            "label": ["a", "b", "c", "d"],
            "psi": [0.4, 0.2, 0.05, 0.0],
            "psi_by_chance": 0.01,
            "level": ["major", "look", "small", "none"],
            "moved": "x",
            "reference_share": 0.1,
            "current_share": 0.2,
        }
    )
    colours = drift_figure(table, palette, PSI_LOOK, PSI_MAJOR).data[0].marker.color
    assert len(set(colours)) == 4 and colours[0] == palette.churned


def test_the_bounds_are_lines_with_their_names_and_within_the_picture(moved, palette):
    quiet = moved.assign(psi=0.001)
    for table in (moved, quiet):
        fig = drift_figure(table, palette, PSI_LOOK, PSI_MAJOR)
        assert [shape.x0 for shape in fig.layout.shapes] == [PSI_LOOK, PSI_MAJOR]
        assert {note.text: note.x for note in fig.layout.annotations} == {"look": PSI_LOOK, "major": PSI_MAJOR}
        assert fig.layout.xaxis.range[1] > PSI_MAJOR


def test_a_bar_tells_what_moved_from_where_to_where(moved, palette):
    told = drift_figure(moved, palette, PSI_LOOK, PSI_MAJOR).data[0].customdata
    first = moved.iloc[0]
    assert f"{first.moved}: {first.reference_share:.1%} → {first.current_share:.1%}" in told[0] and len(told) == len(moved)


HOURS = pd.DataFrame(
    {
        "hour": pd.to_datetime([NOON, NOON + pd.Timedelta(hours=3)]),
        "requests": [10, 7],
        "customers": [100, 7],
        "refused": [1, 0],
        "errors": [2, 0],
        "median_ms": [1.5, 2.0],
        "p95_ms": [9.0, 3.0],
    }
)


def test_an_hour_is_as_high_as_its_requests_and_those_that_failed_are_the_top_of_it(palette):
    fig = service_figure(HOURS, palette)
    answered, failed = fig.data
    for bars in fig.data:
        assert pd.to_datetime(list(bars.x)).tolist() == HOURS["hour"].dt.tz_localize(None).tolist()
    assert fig.layout.barmode == "stack"
    assert list(failed.y) == [2, 0] and [a + b for a, b in zip(answered.y, failed.y, strict=True)] == [10, 7]
    assert failed.marker.color == palette.churned != answered.marker.color
    assert "100 customers" in answered.customdata[0] and "1.5 ms" in answered.customdata[0]


def test_a_bar_lies_within_its_hour_and_one_hour_is_not_the_whole_picture(palette):
    for hours in (HOURS, HOURS.head(1)):
        fig = service_figure(hours, palette)
        assert all(bars.offset >= 0 and bars.offset + bars.width <= 3_600_000 for bars in fig.data)
        begin, end = map(pd.Timestamp, fig.layout.xaxis.range)
        assert end - begin >= pd.Timedelta(days=1) and end == hours["hour"].max() + pd.Timedelta(hours=1)


FILES = pd.DataFrame(
    {
        "at": [NOON] * 3,
        "name": ["a.csv", "b.csv", "c.csv"],
        "psi": [0.01, 0.3, 0.12],
        "column": ["Tenure", "Contract", "Contract"],
        "level": ["keep", "retrain", "look"],
    }
)


def test_a_file_is_a_point_at_its_largest_psi_in_the_colour_of_its_verdict(palette):
    (points,) = files_figure(FILES, palette).data
    assert (list(points.x), list(points.y)) == ([1, 2, 3], FILES["psi"].tolist())
    assert list(points.marker.color) == [palette.chosen, palette.churned, palette.reference]
    assert all(name in told and column in told for name, column, told in zip(
        FILES["name"], FILES["column"], points.customdata, strict=True
    ))  # fmt: skip


def test_many_files_have_no_more_marks_on_the_axis_than_can_be_read(palette):
    many = pd.concat([FILES] * 30, ignore_index=True)
    fig = files_figure(many, palette)
    assert len(fig.data[0].x) == 90 and 90 / fig.layout.xaxis.dtick <= 11


def test_every_axis_says_what_it_measures(moved, palette):
    for fig, axes in (
        (drift_figure(moved, palette, PSI_LOOK, PSI_MAJOR), ("xaxis",)),
        (service_figure(HOURS, palette), ("xaxis", "yaxis")),
        (files_figure(FILES, palette), ("xaxis", "yaxis")),
    ):
        assert all(fig.layout[axis].title.text for axis in axes)
