"""A file after a campaign: what contacted customers did is not judged and not learnt from, whichever way they are known."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from churn_core.application.drawn_list import draw_list
from churn_core.application.left_alone import NO_LISTS, DrawnLists, drawn_lists, learning_from
from churn_core.application.score_file import check_file
from churn_core.application.train_version import train_on
from churn_core.application.versions import customers_of
from churn_core.campaign.plan import Plan
from churn_core.data.dataset import read_dataset
from churn_core.data.reading import encoding
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.recommendation import recommend
from churn_core.monitoring.monitor import Watch
from churn_core.schema.telco import TELCO
from churn_core.storage.draws import Draws

DAYS = 30


def drawn(workspace, store, **options):
    """A list of the customers still here, a fifth of them left alone; ``arm`` by id."""
    found = recommend(workspace.still_here, Plan())
    options = {"share": 0.2, "days": DAYS, **options}
    return draw_list(workspace, found, store, who="Ada", **options).table.set_index(TELCO.id)["arm"]


@pytest.fixture
def arm(workspace, store) -> pd.Series:
    return drawn(workspace, store)


def returned(telco_path, workspace, arm: pd.Series, kept: float = 0.3, odds: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """The customers a window later, as written; new ones like them are in the place of those who had left before."""
    raw = pd.read_csv(telco_path, dtype=str, keep_default_na=False)
    before = raw[TELCO.target] == "Yes"
    raw[TELCO.id] = raw[TELCO.id].where(~before, "NEW-" + raw[TELCO.id])
    p = workspace.probability * odds / (1 - workspace.probability + odds * workspace.probability)
    treated = (raw[TELCO.id].map(arm) == "treated").to_numpy()
    left = np.random.default_rng(seed).random(len(p)) < np.where(treated, p * (1 - kept), p)
    return raw.assign(**{TELCO.target: np.where(left, "Yes", "No")})


def judged(workspace, table: pd.DataFrame, lists: DrawnLists = NO_LISTS):
    return check_file(to_csv(table)[0], workspace.version, watch=Watch(workspace.reference, Plan()), lists=lists).judgement


@pytest.fixture
def back(telco_path, workspace, arm) -> pd.DataFrame:
    return returned(telco_path, workspace, arm)


@pytest.fixture
def lists(arm, own_home) -> DrawnLists:
    return drawn_lists(own_home, TELCO)


# What the watch says


def test_a_campaign_that_works_is_no_reason_to_retrain_and_who_was_contacted_is_counted(workspace, back, arm, lists):
    assert judged(workspace, back).verdict.level != "keep"
    found, treated = judged(workspace, back, lists), int((arm == "treated").sum())
    assert found.verdict.level == "keep" and found.outcomes.level in ("none", "small")
    assert found.contacted == found.as_dict()["left_out_treated"] == treated
    assert found.outcomes.customers == len(back) - treated
    assert f"{treated:,} customers were contacted in a campaign and are not judged" in found.outcomes.sentence


def test_a_model_that_is_off_is_still_found_out(telco_path, workspace, arm, lists):
    found = judged(workspace, returned(telco_path, workspace, arm, odds=1.6), lists)
    assert found.verdict.level == "retrain" and found.outcomes.level == "major"


def test_a_column_of_the_file_says_the_same_as_the_list(workspace, back, arm, lists):
    named = back.assign(arm=back[TELCO.id].map(arm).fillna(""))
    assert judged(workspace, named).as_dict() == judged(workspace, back, lists).as_dict()


def test_what_contacted_customers_did_changes_nothing_that_is_said(workspace, back, arm, lists):
    treated = back[TELCO.id].map(arm) == "treated"
    other = back.copy()
    other.loc[treated, TELCO.target] = other.loc[treated, TELCO.target].map({"Yes": "No", "No": "Yes"})
    assert judged(workspace, other, lists).as_dict() == judged(workspace, back, lists).as_dict()


def test_a_file_that_is_read_in_parts_is_judged_as_in_one(workspace, back, lists, monkeypatch):
    whole = judged(workspace, back, lists)
    monkeypatch.setattr(encoding, "BLOCK", 100_000)
    parts = judged(workspace, back, lists)
    assert (parts.outcomes, parts.profile, parts.contacted) == (whole.outcomes, whole.profile, whole.contacted)


def test_the_case_of_the_ids_does_not_hide_who_was_contacted(workspace, back, lists):
    lower = back.assign(**{TELCO.id: " " + back[TELCO.id].str.lower()})
    assert judged(workspace, lower, lists).contacted == judged(workspace, back, lists).contacted


def test_outcomes_from_before_the_draw_are_judged_as_ever(telco_path, workspace, arm, lists):
    """The customers from whom the list was drawn, saved in another form: nobody on the list has left yet."""
    snapshot = pd.read_csv(telco_path, dtype=str, keep_default_na=False).sample(frac=1, random_state=1)
    assert judged(workspace, snapshot, lists).as_dict() == judged(workspace, snapshot).as_dict()


def test_where_all_who_are_in_the_file_were_contacted_nothing_is_judged_and_that_is_said(workspace, back, arm, lists):
    treated = back[back[TELCO.id].map(arm) == "treated"]
    found = judged(workspace, treated, lists)
    assert found.outcomes is None and "contacted in a campaign and are not judged" in found.unjudged


def test_a_list_of_long_ago_is_forgotten_and_one_without_a_window_never(store, arm):
    draws, later = Draws(store), datetime.now(UTC) + timedelta(days=2 * DAYS + 1)
    (first,) = draws.latest()
    assert len(DrawnLists.of(store).lists) == 1 and not DrawnLists.of(store, later).lists
    options = {"campaign_id": first.campaign_id, "who": "Ada", "share": 0.2, "salt": "b", "expected_profit": 1.0}
    draws.add(draws.customers(first), days=None, **options)
    (kept,) = DrawnLists.of(store, later).lists
    assert kept.draw.salt == "b"


# What is learnt


def test_a_version_learns_from_those_left_alone_only_and_keeps_who_that_was(own_home, back, arm):
    treated = back[TELCO.id].map(arm) == "treated"
    other = back.copy()
    other.loc[treated, TELCO.target] = other.loc[treated, TELCO.target].map({"Yes": "No", "No": "Yes"})
    one, same = (train_on(own_home, to_csv(each)[0], TELCO, "back.csv", "logistic_plain") for each in (back, other))
    customers = customers_of(one, own_home)
    assert (one.model.coef_ == same.model.coef_).all() and (one.out_of_fold == same.out_of_fold).all()
    control = int((arm == "control").sum())
    assert one.metadata["left_alone"] == {
        "left_out_treated": int(treated.sum()),
        "control": control,
        "control_weight": pytest.approx(5.0),
    }
    assert one.metadata["metrics"] == same.metadata["metrics"] and one.metadata["data"]["rows"] == len(back)
    assert len(one.out_of_fold) == len(back) and ((one.out_of_fold > 0) & (one.out_of_fold < 1)).all()
    assert (customers.weight > 0).sum() == len(back) - treated.sum() and customers.weight.sum() == pytest.approx(
        len(back), rel=0.01
    )


def test_the_mean_probability_is_that_of_before_the_campaign(own_home, workspace, back, arm):
    alone = learning_from(read_dataset(to_csv(back)[0], "back.csv", schema=TELCO), own_home)
    truth, naive = workspace.probability.mean(), (back[TELCO.target] == "Yes").mean()
    spread = np.sqrt((alone.weight**2 * workspace.probability * (1 - workspace.probability)).sum()) / alone.weight.sum()
    assert abs(alone.churn_rate - truth) < 3 * spread < truth - naive + 2 * spread


def test_the_customers_that_a_list_was_drawn_from_are_learnt_from_as_ever(own_home, telco_path, arm):
    assert learning_from(read_dataset(telco_path, schema=TELCO), own_home).left_alone is None


def test_lists_of_one_salt_leave_the_same_customers_alone_and_count_once(workspace, store, back, own_home):
    drawn(workspace, store, name="One", salt="same")
    drawn(workspace, store, name="Two", salt="same")
    dataset = read_dataset(to_csv(back)[0], "back.csv", schema=TELCO)
    same = [each for each in DrawnLists.of(store).lists if each.draw.salt == "same"]
    assert DrawnLists(lists=tuple(same)).left_alone(dataset).weight.max() == pytest.approx(5.0)


def test_where_nothing_was_ever_kept_nothing_is_opened(own_home):
    assert drawn_lists(own_home, TELCO) is NO_LISTS
    assert not (own_home / "data" / "churn.db").exists()
