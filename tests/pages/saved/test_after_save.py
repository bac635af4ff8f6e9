"""How long a saved customer stays is kept with a campaign, opened with it, compared and published."""

import pytest

from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from tests.pages.campaign.conftest import plan_of, query_of
from tests.pages.conftest import badges, side_bar, unescaped
from tests.pages.saved.conftest import choose, compared, press, publish, save

EVERY = pytest.mark.parametrize("values", [{"after_save": "own_risk", "window": 3.0}, {"after_save": "tenure"}], ids=str)


@EVERY
def test_it_is_saved_with_what_it_promises_and_opened_again(saved_page, store, workspace, values):
    at = save(saved_page(**query_of(values)), "Spring")
    (saved,) = store.campaigns()
    assert {name: saved.plan.as_dict()[name] for name in values} == values
    assert saved.expected_profit == recommend(workspace.still_here, workspace.valued(plan_of(values))).outcome.expected_profit
    other = saved_page()
    assert other.radio(key="after_save").value == "stays"
    choose(other, saved)
    press(other, "Open")
    assert other.radio(key="after_save").value == values["after_save"]
    if "window" in values:
        assert other.number_input(key="window").value == values["window"]
    assert other.title[0].value == at.title[0].value and not other.error


@EVERY
def test_it_is_compared_with_a_campaign_whose_saves_hold(saved_page, keep, workspace, values):
    keep("Own", workspace.valued(plan_of(values)))
    keep("Usual", Plan())
    at = saved_page()
    rows = compared(at).set_index("campaign")
    assert rows.loc["2. Own", "expected_profit"] < rows.loc["1. Usual", "expected_profit"]
    assert "saved customers" in rows.loc["2. Own", "in_words"] and not at.error


@EVERY
def test_published_it_is_the_campaign_in_force_on_every_page(saved_page, store, values):
    at = publish(saved_page(**query_of(values)), "Publish …", who="Ada")
    in_force = store.decision(Plan()).plan.as_dict()
    assert not at.error and {name: in_force[name] for name in values} == values
    for name in ("campaign", "overview", "customers"):
        at.switch_page(f"{name}.py").run()
        assert badges(at) == ["Published", "Published"] and not at.error, name
        assert "saved customers" in unescaped(side_bar(at))
