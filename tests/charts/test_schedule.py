"""The picture of a schedule: a bar for each week, the sum as a line that stays below what all would earn at once."""

import pandas as pd
import pytest

from churn_core.charts.schedule import schedule_figure
from churn_core.charts.theme import DARK, LIGHT

WEEKS = pd.DataFrame({"week": [1, 2, 3], "contacts": [200, 200, 1], "profit": [5_000.0, 3_000.0, 10.0]})


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_each_week_has_its_bar_and_the_line_is_the_sum_so_far(palette):
    bars, line = schedule_figure(WEEKS, palette, at_once=10_000.0, currency="$").data
    assert list(bars.y) == [5_000, 3_000, 10] and list(line.y) == [5_000, 8_000, 8_010]
    assert list(bars.customdata)[2] == "week 3: 1 contact, $10.0"
    assert list(line.customdata)[2] == "up to week 3: 401 contacts, $8,010"


def test_what_all_would_earn_at_once_is_in_sight_with_its_name():
    fig = schedule_figure(WEEKS, LIGHT, at_once=10_000.0, currency="$")
    assert fig.layout.yaxis.range[1] > 10_000
    assert [each.text for each in fig.layout.annotations] == ["all in the first week $10K", "in all $8.01K"]


def test_one_week_is_a_chart_too():
    assert len(schedule_figure(WEEKS.head(1), LIGHT, at_once=5_000.0, currency="").data) == 2
