"""What a page shows is worked out once and drawn for everybody who comes later: the same, to the last digit."""

import pytest
from streamlit.testing.v1 import AppTest


def drawn(at: AppTest) -> tuple[list[str], ...]:
    """Every sentence, figure and chart."""
    words = [each.value for kind in (at.title, at.header, at.markdown, at.caption) for each in kind]
    figures = [f"{each.label}: {each.value} ({each.delta})" for each in at.metric]
    return words, figures, [chart.proto.spec for chart in at.get("plotly_chart")]


@pytest.mark.parametrize("page", ["overview", "explore", "campaign", "model"])
def test_a_page_that_is_drawn_again_is_the_same_page(open_page, page):
    first = drawn(open_page(page))
    assert drawn(open_page(page)) == first
    assert drawn(open_page(page, retention_cost="31")) != first
    assert drawn(open_page(page)) == first


def test_other_filters_tell_of_other_customers_and_the_same_filters_of_the_same(open_page):
    of_all, of_some = drawn(open_page("explore")), drawn(open_page("explore", filter_SeniorCitizen="Yes"))
    assert of_some != of_all
    assert drawn(open_page("explore", filter_SeniorCitizen="Yes")) == of_some
    assert drawn(open_page("explore")) == of_all
