"""The card of the version in use is drawn line by line; groups of people are those of the columns that say who somebody is."""

import numpy as np
import pytest
from scipy.special import expit

from churn_core.application.workspace import Workspace, open_workspace
from churn_core.model.card.fitted import FittedCard
from churn_core.model.card.picture import picture, strengths
from tests.pages.conftest import figure, numbers, text, unescaped
from tests.pages.own.test_explore import charts


@pytest.fixture
def shop(home_of) -> Workspace:
    return open_workspace(home_of("shop"), training="never")


@pytest.fixture
def card_tab(open_own_page):
    at = open_own_page("shop", "model")
    at.session_state["model_tab"] = "Model card"
    return at.run()


def test_each_line_of_the_card_is_a_picture_or_a_rule_of_the_table(card_tab, shop):
    model = shop.version.model
    assert isinstance(model, FittedCard)
    order = strengths(model.card)
    drawn = order[order["kind"] != "rule"].head(8)
    assert {f"shape_{'_'.join(columns)}" for columns in drawn["columns"]} <= charts(card_tab)
    assert f"The whole model: {len(model.card.lines)} line" in unescaped(text(card_tab))


def test_a_picture_is_the_probability_of_an_otherwise_average_customer(card_tab, shop):
    card = shop.version.model.card
    (line,) = [line for line in card.lines if line.columns == ("orders",)]
    table = picture(line)
    heights = np.concatenate([numbers(trace["y"]) for trace in figure(card_tab, "shape_orders")["data"]])
    assert set(heights.round(9)) <= set(expit(card.base + table["effect"].to_numpy()).round(9))
    assert np.max(heights) == pytest.approx(expit(card.base + table.loc[table["value"].notna(), "effect"].max()))


def test_groups_of_people_are_those_of_the_columns_that_somebody_allowed(open_own_page):
    for company, said in (("shop", "makes the largest difference"), ("insurer", "No column says who a customer is")):
        at = open_own_page(company, "model")
        at.session_state["model_tab"] = "Groups of people"
        assert said in unescaped(text(at.run()))
