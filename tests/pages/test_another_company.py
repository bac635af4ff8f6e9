"""Every page on a gym's customers: it draws, follows the gym's columns, and no word of the Telco sample is left."""

from pathlib import Path

import pytest

from churn_core.application.train_version import train_on
from churn_core.application.workspace import Workspace, open_workspace
from churn_core.campaign.plan import Plan
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.decide import score
from churn_core.decisions.describe import churn_rate_by
from churn_core.decisions.what_if import with_changes
from churn_core.model.registry import Registry
from tests.gym import GYM, knows_nothing_of_telco, members
from tests.navigation import PAGES
from tests.pages.conftest import figure, metrics, side_bar, text, unescaped

TABS = {
    "campaign": (
        "Control group",
        "Per customer or one threshold",
        "How sure",
        "Sensitivity",
        "Saved campaigns",
        "Many customers",
    ),
    "model": ("Remedies", "Model card", "Groups of people", "Versions", "Train on your customers"),
}


@pytest.fixture(scope="module")
def gym_home(tmp_path_factory) -> Path:
    """A CHURN_HOME in which a version of the gym is in production."""
    home = tmp_path_factory.mktemp("gym")
    (home / "data").mkdir()
    version = train_on(home, to_csv(members(400))[0], GYM, "members.csv")
    Registry(home / "models").promote(version.model_id)
    return home


@pytest.fixture(scope="module")
def gym(gym_home) -> Workspace:
    return open_workspace(gym_home, training="never")


@pytest.fixture
def open_gym(gym_home, open_page_at):
    return lambda name, **query: open_page_at(gym_home, name, **query)


def everything(at) -> list:
    """What is on a page in words, in tables and in charts."""
    inputs = [*at.selectbox, *at.multiselect, *at.slider, *at.number_input, *at.button]
    tables, charts = [table.value for table in at.dataframe], [chart.proto.spec for chart in at.get("plotly_chart")]
    return [text(at), *(each.label for each in inputs), *tables, *charts, *metrics(at)]


def holds(at) -> None:
    assert not at.exception and not at.error
    assert knows_nothing_of_telco(*everything(at)), [word for word in everything(at) if not knows_nothing_of_telco(word)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_and_rests_on_the_customers_of_the_gym(open_gym, gym, name):
    at = open_gym(name)
    holds(at)
    assert f"members.csv, {len(gym.customers)} customers" in unescaped(side_bar(at))


@pytest.mark.parametrize(("name", "tab"), [(name, tab) for name, tabs in TABS.items() for tab in tabs])
def test_a_tab_draws(open_gym, name, tab):
    at = open_gym(name)
    at.session_state[f"{name}_tab"] = tab
    holds(at.run())


def test_explore_filters_and_compares_by_the_columns_of_the_gym(open_gym, gym):
    at = open_gym("explore")
    at.multiselect(key="filter_membership").set_value(["premium"])
    at.slider(key="filter_months_member").set_value((0, 24)).run()
    holds(at)
    customers = gym.customers
    chosen = customers[(customers["membership"] == "premium") & (customers["months_member"] <= 24)]
    assert f"**{len(chosen)}** of {len(customers)} customers chosen" in text(at)
    (bars,) = figure(open_gym("explore"), "by_membership")["data"]
    assert bars["x"] == churn_rate_by(customers, "membership", GYM)["group"].tolist()


def test_one_member_can_be_changed_in_what_a_gym_can_change(open_gym, gym):
    member = gym.customers.iloc[[0]]
    name = member["member_no"].item()
    services = f"what_if_services_{name}"
    at = open_gym("customers", customer=name)
    has = [each for each, yes in (("personal_trainer", "Yes"), ("sauna", 1)) if member[each].item() == yes]
    assert at.session_state[services] == has
    at.session_state[services] = ["sauna"] if "sauna" not in has else []
    at.selectbox(key=f"what_if_membership_{name}").select("premium").run()
    holds(at)
    changed = {"membership": "premium", "personal_trainer": "No", "sauna": int("sauna" not in has)}
    then = score(with_changes(member, changed, GYM), gym.version.model, Plan(), schema=GYM).iloc[0]
    assert metrics(at)["Churn probability"] == f"{then.churn_probability:.1%}"


def test_an_offer_is_put_into_the_inputs(open_gym, gym):
    at = open_gym("customers")
    member = gym.customers.iloc[[0]]
    offer = next(button for button in at.button if button.key == "offer_0")
    offer.click().run()
    holds(at)
    assert offer.label.endswith(f": {metrics(at)['Churn probability']}")
    assert metrics(at)["Churn probability"] != f"{gym.version.model.churn_probability(member)[0]:.1%}"


def test_a_file_of_members_is_scored(open_gym):
    at = open_gym("customers")
    at.file_uploader(key="upload").upload("members.csv", to_csv(members(30, seed=9).drop(columns="status"))[0]).run()
    holds(at)
    shown = metrics(at)
    assert (shown["Rows"], shown["Scored"], shown["Rejected"]) == ("30", "30", "0")
