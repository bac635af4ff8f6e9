"""Every page on customers of any company: it draws, speaks of their columns alone, and shows no chart that says nothing."""

import json

import pytest

from tests.gym import knows_nothing_of_telco
from tests.navigation import PAGES
from tests.pages.conftest import metrics, side_bar, text, unescaped
from tests.pages.own.conftest import COMPANIES
from tests.pages.test_another_company import TABS, everything

_OTHERS = ("fibre", "internet", "phone", "contract", "telco")  # words of the sample's business
OTHER_PAGES = [name for name in PAGES if name != "your_customers"]  # that page is about the next file


def all_words(at) -> str:
    """Everything that the page says, its figures and inputs too."""
    inputs = [*at.selectbox, *at.multiselect, *at.slider, *at.number_input, *at.button]
    return "\n".join([text(at), *(each.label for each in inputs), *metrics(at), *(str(each.help) for each in at.metric)])


def holds(at) -> None:
    """It drew, knows nothing of the sample, and each of its charts has something to compare."""
    assert not at.exception and not at.error, (at.exception, at.error)
    said = everything(at)
    assert knows_nothing_of_telco(*said)
    words = text(at).casefold()
    assert not [word for word in _OTHERS if word in words]
    for chart in at.get("plotly_chart"):
        assert any(_points(trace) > 0 for trace in json.loads(chart.proto.spec)["data"]), chart.proto.id


def _points(trace: dict) -> int:
    values = trace.get("y") if trace.get("y") is not None else trace.get("z", [])
    return 1 if isinstance(values, dict) else len(values)


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("name", OTHER_PAGES)
def test_a_page_draws_and_rests_on_the_customers_of_the_file(open_own_page, company, name):
    at = open_own_page(company, name)
    holds(at)
    assert f"{company}.csv, 500 customers" in unescaped(side_bar(at))


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize(("name", "tab"), [(name, tab) for name, tabs in TABS.items() for tab in tabs])
def test_a_tab_draws(open_own_page, company, name, tab):
    at = open_own_page(company, name)
    at.session_state[f"{name}_tab"] = tab
    holds(at.run())
