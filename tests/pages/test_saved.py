"""Saved campaigns: save, compare, open, publish, roll back, duplicate, archive; nothing that was written is lost or run."""

import numpy as np
import pytest

from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.contact_list import recommend
from churn_core.schema.telco import TELCO
from churn_core.settings import CURVE_POINTS
from churn_core.storage.campaigns import SavedCampaign
from churn_core.storage.store import Store, open_store
from tests.navigation import PAGES
from tests.pages.conftest import dollars, figure, metrics, numbers, open_tab, side_bar, text, unescaped

TAB = "Saved campaigns"
HOSTILE = (
    "<b>bold</b> **strong** [link](javascript:alert(1)) `code` $x$\n# head\n- item ~~gone~~ :smile: <script>alert(1)</script>"
)


@pytest.fixture
def store(own_home) -> Store:
    """The database of the page, seen from outside."""
    opened = open_store(own_home)
    yield opened
    opened.close()


@pytest.fixture
def keep(store):
    """Saves a campaign from outside, as somebody else would."""

    def kept(name: str, plan: Plan = Plan(), threshold: float | None = 0.25, **more) -> SavedCampaign:  # noqa: B008
        at = {"threshold": threshold, "contacted": 10, "expected_profit": 500.0, "expected_spend": 100.0, "who": "Ben"}
        return store.save(name, plan, **{**at, "model_id": "m-0001", "data_sha256": "0" * 64, **more})

    return kept


@pytest.fixture
def saved_page(open_own):
    """The tab, with a name given."""

    def opened(who: str = "Ada", **query: str):
        at = open_tab(open_own("campaign", **query), TAB)
        return at.text_input(key="who").set_value(who).run()

    return opened


def press(at, label: str):
    """Press the button; whatever is wrong is a sentence, not an exception."""
    next(button for button in at.button if button.label.startswith(label)).click().run()
    assert not at.exception
    return at


def save(at, name: str, note: str = ""):
    at.text_input(key="campaign_name").set_value(name)
    at.text_area(key="campaign_note").set_value(note)
    return press(at, "Save")


def choose(at, campaign: SavedCampaign):
    return at.selectbox(key="saved_campaign").set_value(campaign.id).run()


def sentence(at) -> str:
    """The one error of the page."""
    (error,) = at.error
    return unescaped(error.value)


def compared(at):
    return next(frame.value for frame in at.dataframe if "in_words" in frame.value)


def history(at):
    return next(frame.value for frame in at.dataframe if "published_by" in frame.value)


# Save


def test_what_is_in_force_is_saved_with_what_it_promises_today(saved_page, store, workspace):
    at = save(saved_page(retention_cost="40", rule="Customer by customer"), " Spring ", "before Easter")
    (saved,) = store.campaigns()
    plan = Plan(campaign=Campaign(retention_cost=40), rule=PER_CUSTOMER)
    found = recommend(workspace.customers, workspace.probability, workspace.churned, plan, workspace.expected_sweep, TELCO)
    assert (saved.name, saved.note, saved.saved_by, saved.plan) == ("Spring", "before Easter", "Ada", plan)
    assert saved.threshold == best_threshold(workspace.expected_sweep, plan.campaign).threshold
    assert (saved.contacted, saved.expected_profit, saved.expected_spend) == (
        found.outcome.contacted, found.outcome.expected_profit, found.outcome.expected_spend,
    )  # fmt: skip
    assert (saved.model_id, saved.data_sha256) == (workspace.version.model_id, workspace.dataset.sha256)
    told = unescaped(text(at))
    assert f"When saved: threshold {saved.threshold:.1%}, {saved.contacted:,} contacts, {dollars(saved.expected_profit)}" in told
    assert "before Easter" in told and not at.error and compared(at)["campaign"].tolist() == ["1. Spring"]


def test_a_campaign_in_which_nobody_is_contacted_can_be_saved_and_not_published(saved_page, store):
    at = save(saved_page(success_rate="0"), "Nobody")
    assert store.campaigns()[0].threshold is None and not at.error
    assert next(button for button in at.button if button.label.startswith("Publish")).disabled


REFUSED = pytest.mark.parametrize(
    "who, name, said", [("", "Spring", "Say who saves it"), ("Ada", "  ", "The campaign needs a name")]
)


@REFUSED
def test_a_save_without_a_name_or_a_person_says_so_and_keeps_what_was_written(saved_page, store, who, name, said):
    at = save(saved_page(who), name, "a note of some length")
    assert sentence(at).startswith(said) and sentence(at).endswith("Nothing was changed.")
    assert store.campaigns() == []
    assert at.text_input(key="campaign_name").value == name and at.text_area(key="campaign_note").value == "a note of some length"


def test_the_browser_does_not_empty_what_was_written_before_it_is_kept(saved_page):
    """A form that clears itself does so whether or not the save is refused."""
    (form,) = forms(saved_page().main)
    assert not form.clear_on_submit


@REFUSED
def test_a_refused_save_leaves_the_rest_of_the_tab_as_it_was(saved_page, keep, who, name, said):
    first, _ = keep("First"), keep("Second")
    at = choose(saved_page(who), first)
    at.text_input(key="publish_reason").set_value("because").run()
    save(at, name)
    assert sentence(at).startswith(said)
    assert compared(at)["campaign"].tolist() == ["1. Second", "2. First"]
    assert at.selectbox(key="saved_campaign").value == first.id and at.text_input(key="publish_reason").value == "because"


def forms(block):
    """The forms on a page, as the browser gets them."""
    for child in getattr(block, "children", {}).values():
        if getattr(child, "type", "") == "form":
            yield child.proto.form if hasattr(child.proto, "form") else child.proto
        yield from forms(child)


def test_two_campaigns_of_one_name_stay_two(saved_page, store):
    at = saved_page()
    save(save(at, "Spring"), "Spring", "again")
    assert [campaign.name for campaign in store.campaigns()] == ["Spring", "Spring"]
    assert compared(at)["campaign"].tolist() == ["1. Spring", "2. Spring"]


NOTES = [
    HOSTILE,
    "<img src=x onerror=alert(1)>",
    "![](https://elsewhere.example/pixel.png)",
    "&lt;b&gt; A&amp;B",
    "1. one\n2) two",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_is_shown_as_it_was_written_and_not_as_mark_up(saved_page, keep, note):
    keep("Spring", note=note)
    at = saved_page()
    (shown,) = [caption.value for caption in at.caption if "When saved" in caption.value]
    written = shown.split("  \n", 1)[1]
    assert unescaped(written) == " ".join(note.split())
    live = [c for i, c in enumerate(written) if c in "<>*_`$[]#~:&" and written[i - 1] != "\\"]
    assert live == [], "these are still mark-up"


def test_names_are_shown_as_they_were_written_wherever_they_stand(saved_page, keep, store):
    saved = keep("**Spring** <b>sale</b>", who="<i>Ben</i>")
    store.publish(0.25, who="*Ben* <u>", reason="<script>", campaign_id=saved.id)
    at = saved_page()
    for part in [*at.markdown, *at.caption]:
        if "Spring" in part.value or "Ben" in part.value:
            told = part.value.replace(r"\*", "").replace(r"\<", "")
            assert "**Spring" not in told and "<b>" not in told and "*Ben" not in told and "<u>" not in told
    assert not at.exception and history(at)["reason"].tolist() == ["<script>"]  # a cell of a table is text


def test_who_one_is_need_be_said_once(saved_page):
    at = saved_page("Ada")
    open_tab(at, "Sensitivity")
    at.switch_page("overview.py").run()
    at.switch_page("campaign.py").run()
    assert open_tab(at, TAB).text_input(key="who").value == "Ada"


# Compare


def test_campaigns_are_compared_as_of_today_each_by_its_own_rule(saved_page, keep, workspace):
    plans = [
        Plan(campaign=Campaign(retention_cost=80)),
        Plan.from_dict({"incentive": 20.0, "backfire_rate": 0.005, "budget": 40_000.0, "rule": PER_CUSTOMER}),
        Plan(campaign=Campaign(success_rate=0.0)),
    ]
    for number, plan in enumerate(plans):
        keep(f"Plan {number}", plan)
    at = saved_page()
    rows = compared(at)
    assert rows["campaign"].tolist() == ["1. Plan 2", "2. Plan 1", "3. Plan 0"]  # newest first
    for row, plan in zip(rows.itertuples(), reversed(plans), strict=True):
        found = recommend(workspace.customers, workspace.probability, workspace.churned, plan, workspace.expected_sweep, TELCO)
        assert (row.contacted, row.expected_profit) == (found.outcome.contacted, found.outcome.expected_profit)
        assert (row.low, row.high) == pytest.approx((found.profit.low, found.profit.high))
        assert row.threshold == found.best.threshold or (np.isnan(row.threshold) and found.best.threshold is None)
    lines = [trace for trace in figure(at, "compared_curves")["data"] if trace["mode"] == "lines"]
    assert [line["name"] for line in lines] == rows["campaign"].tolist()
    curve = profit_curve(workspace.expected_sweep, plans[0].campaign, CURVE_POINTS)
    assert numbers(lines[2]["y"]).tolist() == curve["expected_profit"].tolist()


def test_up_to_four_are_compared_and_which_can_be_chosen(saved_page, keep):
    saved = [keep(f"Plan {number}") for number in range(6)]
    at = saved_page()
    assert compared(at)["campaign"].tolist() == ["1. Plan 5", "2. Plan 4", "3. Plan 3", "4. Plan 2"]
    at.multiselect(key="compared").set_value([saved[0].id, saved[3].id]).run()
    assert compared(at)["campaign"].tolist() == ["1. Plan 0", "2. Plan 3"]
    at.multiselect(key="compared").set_value([]).run()
    assert not at.exception and not at.error


def test_what_was_just_saved_is_chosen_and_compared_with_the_others(saved_page, keep, store):
    old = [keep(f"Plan {number}") for number in range(4)]
    at = save(saved_page(), "New")
    new = store.campaigns()[0]
    assert at.selectbox(key="saved_campaign").value == new.id
    assert at.multiselect(key="compared").value == [new.id, old[3].id, old[2].id, old[1].id]


# Open, duplicate, archive


FULL = {
    "retention_cost": 15.0, "success_rate": 0.35, "clv_months": 18.0, "margin": 0.8, "annual_discount": 0.08,
    "monthly_survival": 0.98, "incentive": 25.0, "incentive_uptake": 0.6, "backfire_rate": 0.01, "fixed_cost": 3000.0,
    "budget": 40_000.0, "min_roi": 2.0, "min_marginal_roi": 0.5, "rule": PER_CUSTOMER,
}  # fmt: skip


@pytest.mark.parametrize("values", [FULL, {}, {"clv_months": 24}], ids=["everything", "usual", "a whole number"])
def test_an_opened_campaign_is_the_one_in_force(saved_page, keep, workspace, values):
    plan = Plan.from_dict(values)
    keep("Spring", plan)
    at = saved_page()
    at.number_input(key="retention_cost").set_value(77.0)
    at.number_input(key="budget").set_value(1234.0)
    at.radio(key="rule").set_value(PER_CUSTOMER).run()
    press(at, "Open")
    found = recommend(workspace.customers, workspace.probability, workspace.churned, plan, workspace.expected_sweep, TELCO)
    assert f"Contact {found.outcome.contacted:,} of 7,043" in at.title[0].value
    assert metrics(at)["Expected profit"] == dollars(found.outcome.expected_profit)
    for name, value in {**Plan().as_dict(), "budget": None, "min_roi": None, "min_marginal_roi": None, **values}.items():
        assert at.session_state[name] == value, name
    at.switch_page("overview.py").run()
    assert not at.exception and f"Contact {found.outcome.contacted:,} of 7,043" in at.title[0].value


def test_a_duplicate_is_another_campaign_of_whoever_made_it(saved_page, keep, store):
    original = keep("Spring", Plan.from_dict(FULL), note="kept")
    at = press(saved_page("Cleo"), "Duplicate")
    copy, first = store.campaigns()
    assert first == original and copy.id != original.id
    assert (copy.name, copy.saved_by, copy.note, copy.plan) == ("Copy of Spring", "Cleo", "kept", original.plan)
    assert (copy.threshold, copy.contacted, copy.model_id) == (original.threshold, original.contacted, original.model_id)
    assert at.selectbox(key="saved_campaign").value == copy.id


def test_the_longest_name_can_be_duplicated(saved_page, keep, store):
    keep("x" * 120)
    press(saved_page(), "Duplicate")
    assert len(store.campaigns()) == 2 and store.campaigns()[0].name == ("Copy of " + "x" * 120)[:120]


def test_an_archived_campaign_leaves_the_list_is_shown_on_demand_and_comes_back(saved_page, keep, store):
    one, two = keep("One"), keep("Two")
    at = press(choose(saved_page(), one), "Archive")
    assert [campaign.name for campaign in store.campaigns()] == ["Two"]
    assert compared(at)["campaign"].tolist() == ["1. Two"] and at.selectbox(key="saved_campaign").value == two.id
    at.toggle(key="show_archived").set_value(True).run()
    assert len(at.selectbox(key="saved_campaign").options) == 2
    press(choose(at, one), "Bring back")
    assert [campaign.name for campaign in store.campaigns()] == ["Two", "One"]


def test_the_last_campaign_can_be_archived_and_brought_back(saved_page, keep, store):
    keep("Only")
    at = press(saved_page(), "Archive")
    assert store.campaigns() == [] and not at.error
    at.toggle(key="show_archived").set_value(True).run()
    press(at, "Bring back")
    assert [campaign.name for campaign in store.campaigns()] == ["Only"]


def test_before_the_first_save_the_tab_says_what_to_do(saved_page):
    at = saved_page()
    assert "No campaign is saved yet. Save what is in force" in text(at) and "Nothing is published" in text(at)


def test_a_campaign_saved_on_other_data_says_so(saved_page, keep, workspace):
    keep("Then", data_sha256="1" * 64)
    assert "on other data than today's" in text(saved_page())


def test_a_campaign_saved_on_these_data_says_nothing_of_others(saved_page, keep, workspace):
    keep("Now", data_sha256=workspace.dataset.sha256)
    assert "on other data" not in text(saved_page())


# Publish and roll back


def test_a_published_threshold_is_in_force_everywhere_and_in_the_history(saved_page, keep, store):
    saved = keep("Spring", threshold=0.3125)
    at = saved_page()
    assert not any(button.label.startswith("Roll back") for button in at.button)
    at.text_input(key="publish_reason").set_value("after the pilot").run()
    press(at, "Publish its threshold, 31.2%")
    published = store.in_force()
    assert (published.threshold, published.campaign_id, published.published_by, published.reason, published.source) == (
        0.3125, saved.id, "Ada", "after the pilot", "dashboard",
    )  # fmt: skip
    told, day = unescaped(side_bar(at)), f"{published.published_at:%Y-%m-%d}"
    assert f"**Threshold in force** 31.2%, published {day} by Ada" in told
    assert "**In force: 31.2%** of *Spring*" in unescaped(text(at))
    row = history(at).iloc[0]
    assert (row["what"], row["threshold"], row["campaign"], row["published_by"], row["reason"]) == (
        "published", 0.3125, "Spring", "Ada", "after the pilot",
    )  # fmt: skip
    assert 0.3125 in [shape["x0"] for shape in figure(at, "profit_curve")["layout"]["shapes"]]
    for name in PAGES:
        at.switch_page(f"{name}.py").run()
        assert f"**Threshold in force** 31.2%, published {day} by Ada" in unescaped(side_bar(at)), name


def test_the_threshold_of_the_chosen_campaign_is_published_not_that_of_the_one_in_force(saved_page, keep, store):
    first, _ = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    press(choose(saved_page(retention_cost="99"), first), "Publish")
    assert (store.in_force().threshold, store.in_force().campaign_id) == (0.11, first.id)


def test_a_rollback_brings_back_what_stood_before_and_says_why(saved_page, keep, store):
    first, second = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    store.publish(0.11, who="Ben", campaign_id=first.id)
    store.publish(0.22, who="Ben", campaign_id=second.id)
    at = saved_page()
    at.text_input(key="rollback_reason").set_value("too few contacts").run()
    press(at, "Roll back")
    assert (store.in_force().threshold, store.in_force().campaign_id) == (0.11, first.id)
    assert "**In force: 11.0%** of *First*" in unescaped(text(at)) and "11.0%" in unescaped(side_bar(at))
    assert history(at)["what"].tolist() == ["rolled back", "published", "published"]
    assert history(at)["reason"][0] == "too few contacts"
    press(at, "Roll back")
    assert store.in_force() is None and "Nothing is published" in text(at)
    assert "none published yet" in unescaped(side_bar(at)) and len(history(at)) == 4


@pytest.mark.parametrize(
    "button, said",
    [("Publish", "Say who publishes it"), ("Roll back", "Say who publishes it"), ("Duplicate", "Say who saves it")],
)
def test_nothing_is_done_by_nobody_and_what_was_written_stays(saved_page, keep, store, button, said):
    first, _ = keep("First", threshold=0.11), keep("Second", threshold=0.22)
    store.publish(0.4, who="Ben")
    at = choose(saved_page(""), first)
    at.text_input(key="rollback_reason").set_value("one reason")
    at.text_input(key="publish_reason").set_value("another reason").run()
    press(at, button)
    assert sentence(at).startswith(said)
    assert store.in_force().threshold == 0.4 and len(store.campaigns()) == 2 and len(store.history()) == 1
    assert at.text_input(key="rollback_reason").value == "one reason"
    assert at.text_input(key="publish_reason").value == "another reason"
    assert at.selectbox(key="saved_campaign").value == first.id


def test_what_was_published_elsewhere_is_told_too(saved_page, store):
    store.publish(0.35, who="service", source="api", reason="agreed")
    at = saved_page()
    assert "**In force: 35.0%**, published" in unescaped(text(at)) and history(at)["source"].tolist() == ["api"]


def test_the_campaign_that_is_in_force_keeps_its_name_when_it_is_archived(saved_page, keep, store):
    saved = keep("Spring")
    keep("Other")
    store.publish(0.25, who="Ben", campaign_id=saved.id)
    store.archive(saved.id)
    at = saved_page()
    assert "of *Spring*" in unescaped(text(at)) and history(at)["campaign"].tolist() == ["Spring"]


def test_a_published_campaign_decides_the_files_until_it_is_rolled_back(saved_page, keep, telco_path):
    keep("Spring", Plan(campaign=Campaign(retention_cost=30)), threshold=0.6)
    content = "\n".join(telco_path.read_text().splitlines()[:41]).encode()
    at = press(saved_page(), "Publish")

    def contacts(at):
        at.switch_page("customers.py").run()
        at.file_uploader(key="upload").upload("customers.csv", content).run()
        assert not at.exception and not at.error
        return next(frame.value for frame in at.dataframe if "churn_probability" in frame.value)

    by_threshold = contacts(at)
    assert by_threshold["contact"].tolist() == (by_threshold["churn_probability"] >= 0.6).tolist()
    assert "of the campaign Spring" in unescaped(text(at))
    at.switch_page("campaign.py").run()
    press(open_tab(at, TAB), "Roll back")
    by_campaign = contacts(at)
    assert by_campaign["contact"].tolist() == (by_campaign["expected_profit"] > 0).tolist()
    assert by_campaign["contact"].sum() > by_threshold["contact"].sum()
