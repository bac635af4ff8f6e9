"""The picture of a control group: a bar of net worth for each share, the best one apart, zero in sight."""

import pandas as pd
import pytest

from churn_core.charts.control import net_worth_figure
from churn_core.charts.theme import DARK, LIGHT


def table(*net: float) -> pd.DataFrame:
    shares = [0.02, 0.05, 0.1][: len(net)]
    return pd.DataFrame(
        {"share": shares, "control": [69, 172, 343][: len(net)], "precision": 0.1, "cost": 10.0, "worth": 20.0, "net": list(net)}
    )


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_best_share_has_a_colour_of_its_own_and_without_one_none_has(palette):
    colors = net_worth_figure(table(5.0, 8.0, -3.0), palette, best=0.05, currency="$").data[0].marker.color
    assert list(colors) == [palette.quiet, palette.chosen, palette.quiet]
    assert set(net_worth_figure(table(-5.0, -8.0), palette, best=None, currency="$").data[0].marker.color) == {palette.quiet}


@pytest.mark.parametrize("net", [(5.0, 8.0, -3.0), (-5.0, -8.0), (1.0,), (0.0, 0.0)], ids=str)
def test_every_bar_begins_at_zero_and_has_room_and_its_amount(net):
    fig = net_worth_figure(table(*net), LIGHT, best=None, currency="$")
    low, high = fig.layout.yaxis.range
    assert low <= min(0.0, *net) and max(0.0, *net) < high
    assert len(fig.layout.annotations) == len(net) and fig.layout.xaxis.title.text and "($)" in fig.layout.yaxis.title.text


def test_a_bar_says_customers_precision_cost_and_worth():
    (said, *_) = net_worth_figure(table(5.0, 8.0), LIGHT, best=None, currency="$").data[0].customdata
    assert said == "69 customers left alone: ± 10.0%<br>worth $20.0, costs $10.0<br>net +$5.00"
