"""The watch: what a file looks like beside the customers the model learned from, and what that does to the money."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.economics import Campaign, expected_profit
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.data.dataset import read_dataset
from churn_core.data.reading.reader import read_table
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.policies import customer_sweep
from churn_core.errors import DataError, ModelError
from churn_core.monitoring.monitor import Watch
from churn_core.monitoring.profile import SCORE
from churn_core.monitoring.profiling import profile
from churn_core.monitoring.reference import CHARGES, SUMMARY, Reference
from churn_core.schema.telco import TELCO
from tests.monitoring.watched import CHARGE, CONTRACT, PLAN, scored, seen

CUTS = st.lists(st.integers(0, 400), max_size=3).map(sorted)


def same(a, b) -> bool:
    return a.profile == b.profile and np.allclose(a.steps, b.steps) and np.allclose(a.contacted, b.contacted)


# The parts and the whole


@given(cuts=CUTS)
@settings(max_examples=15)
def test_what_is_seen_of_the_parts_of_a_file_adds_up_to_what_is_seen_of_the_whole(cuts, raw, workspace, watch):
    parts = [raw.iloc[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True) if b > a]
    whole = seen(parts[0], workspace, watch)
    for part in parts[1:]:
        whole = whole + seen(part, workspace, watch)
    assert same(whole, seen(raw, workspace, watch))


def test_every_customer_is_in_one_step_and_those_from_the_threshold_up_are_contacted(raw, workspace, watch):
    result = scored(raw, workspace)
    p, charge = result.scored["churn_probability"].to_numpy(), result.customers[CHARGE].to_numpy()
    of = seen(raw, workspace, watch)
    up = p >= watch.threshold
    assert of.steps.sum(axis=1) == pytest.approx([len(p), p.sum(), charge.sum(), (p * charge).sum()])
    assert of.contacted == pytest.approx([up.sum(), p[up].sum(), charge[up].sum(), (p * charge)[up].sum()])
    assert 0 < up.sum() < len(p)


# The reference against itself


def test_the_reference_against_itself_is_kept_and_nothing_has_moved(watch):
    of = watch.judge(watch.reference)
    assert of.verdict.level == "keep" and (of.drift["level"] == "none").all()
    assert (of.drift["psi"] == 0).all() and of.unseen.empty and of.outcomes is None
    assert of.money.change == pytest.approx(0, abs=1e-12) and of.money.sentences == ()


def test_without_a_published_threshold_the_best_one_for_the_reference_is_taken(workspace, watch):
    best = best_threshold(workspace.all_customers.expected_sweep, PLAN.campaign)
    assert watch.threshold == best.threshold
    of = watch.judge(watch.reference).money
    assert of.profit_per_1000 * len(workspace.customers) / 1000 == pytest.approx(best.expected_profit)
    assert of.forgone_per_1000 == pytest.approx(0, abs=1e-9)


# The money


@given(
    threshold=st.floats(0, 1),
    campaign=st.builds(
        Campaign,
        retention_cost=st.floats(1, 200),
        success_rate=st.floats(0.05, 1),
        clv_months=st.floats(1, 36),
        incentive=st.floats(0, 50),
        backfire_rate=st.floats(0, 0.1),
        fixed_cost=st.sampled_from([0.0, 500.0]),
    ),
)
@settings(max_examples=20)
def test_the_money_is_that_of_the_customers_one_by_one(threshold, campaign, raw, workspace):
    watch = Watch(workspace.reference, Plan(campaign=campaign), threshold)
    result = scored(raw, workspace)
    money = watch.judge(seen(raw, workspace, watch)).money
    without = replace(campaign, fixed_cost=0.0)

    def earned(p, charge, at):
        up = p >= at
        return expected_profit(p[up], campaign.clv(charge[up]), without).sum() / len(p) * 1000

    p, charge = result.scored["churn_probability"].to_numpy(), result.customers[CHARGE].to_numpy()
    before = earned(workspace.probability, workspace.customers[CHARGE].to_numpy(), threshold)
    exact = best_threshold(customer_sweep(result.customers, p, schema=TELCO), without).expected_profit / len(p) * 1000
    assert money.profit_per_1000 == pytest.approx(earned(p, charge, threshold), abs=1e-6)
    assert money.reference_profit_per_1000 == pytest.approx(before, abs=1e-6)
    assert money.profit_per_1000 <= money.best_profit_per_1000 <= exact + 1e-6 * (1 + abs(exact))
    assert money.forgone_per_1000 == money.best_profit_per_1000 - money.profit_per_1000
    if money.best_threshold is None:
        assert money.best_profit_per_1000 == 0
    else:
        assert money.best_profit_per_1000 == pytest.approx(earned(p, charge, money.best_threshold), abs=1e-6)


def test_the_best_of_the_thresholds_tried_is_next_to_the_best_of_all(raw, workspace):
    watch = Watch(workspace.reference, PLAN, 0.9)
    result = scored(raw, workspace)
    exact = best_threshold(
        customer_sweep(result.customers, result.scored["churn_probability"].to_numpy(), schema=TELCO), PLAN.campaign
    )
    best = watch.judge(seen(raw, workspace, watch)).money.best_profit_per_1000 * len(raw) / 1000
    assert 0.995 * exact.expected_profit <= best <= exact.expected_profit + 1e-6


def test_where_no_contact_pays_nobody_is_contacted_and_nothing_is_earned(raw, workspace):
    watch = Watch(workspace.reference, Plan(campaign=Campaign(retention_cost=1e6)))
    money = watch.judge(seen(raw, workspace, watch)).money
    assert (watch.threshold, money.best_threshold) == (None, None)
    assert (money.profit_per_1000, money.best_profit_per_1000, money.change) == (0, 0, None)


def test_the_fixed_cost_is_paid_once_and_so_is_in_no_figure_per_customer(raw, workspace):
    dear = replace(PLAN, campaign=replace(PLAN.campaign, fixed_cost=1e4))
    of = [(watch := Watch(workspace.reference, plan, 0.2)).judge(seen(raw, workspace, watch)).money for plan in (PLAN, dear)]
    assert of[0] == of[1]


def test_the_threshold_of_a_plan_with_a_budget_keeps_to_it(workspace):
    plan = replace(PLAN, objective=Objective(budget=2_000))
    watch = Watch(workspace.reference, plan)
    assert 0 < watch.reference.contacted[0] * PLAN.campaign.retention_cost <= 2_000


@pytest.mark.parametrize("limit", [{"budget": 2_000}, {"min_roi": 20}, {"min_marginal_roi": 3}], ids=str)
def test_a_threshold_beyond_the_limits_of_the_plan_is_not_left_on_the_table(workspace, limit):
    watch = Watch(workspace.reference, Plan(objective=Objective(**limit)))
    assert watch.judge(watch.reference).money.forgone_per_1000 == pytest.approx(0, abs=1e-6)
    free = Watch(workspace.reference, Plan(), watch.threshold)
    assert free.judge(free.reference).money.forgone_per_1000 > 100


# Several files as one


def test_what_is_too_little_to_tell_in_each_file_is_plain_in_all_of_them(telco_path, workspace, watch):
    whole = read_table(telco_path, TELCO).frame
    monthly = whole[whole[CONTRACT] == "Month-to-month"]
    parts = [pd.concat([monthly.sample(25, random_state=k), whole.sample(75, random_state=k)]) for k in range(12)]
    profiles = [seen(part, workspace, watch).profile for part in parts]
    of_each = [len(watch.together([each]).reasons) for each in profiles]
    assert len(watch.together(profiles).reasons) > max(of_each) and of_each.count(0) > len(of_each) / 2


def test_a_file_that_is_there_again_counts_once(raw, workspace, watch):
    profiles = [seen(part, workspace, watch).profile for part in (raw.iloc[:100], raw.iloc[100:])]
    assert watch.together(profiles * 50) == watch.together(profiles)


# What it needs, and what it gives


def test_a_dearer_price_is_seen_in_the_column_and_in_the_money(telco_path, workspace, watch):
    file = read_table(telco_path, TELCO).frame.sample(3_000, random_state=1)
    dearer = file.assign(**{CHARGE: (file[CHARGE].astype(float) * 1.15).round(2).astype(str)})
    same_price, now = (watch.judge(seen(each, workspace, watch)) for each in (file, dearer))
    assert same_price.verdict.level == "keep" and now.verdict.level != "keep"
    assert CHARGE in set(now.drift.loc[now.drift["level"] == "major", "column"])
    assert now.money.profit_per_1000 > same_price.money.profit_per_1000


def test_a_judgement_is_json_and_holds_no_customer(raw, workspace, watch):
    of = watch.judge(seen(raw, workspace, watch)).as_dict()
    told = json.dumps(of, allow_nan=False)
    assert json.loads(told) == {**of, "verdict": {**of["verdict"], "reasons": list(of["verdict"]["reasons"])}}
    assert {"verdict", "drift", "unseen", "outcomes", "outcomes_unjudged", "money"} == set(of)
    assert [row["column"] for row in of["drift"]][-1] == SCORE
    assert not any(name in told for name in raw[TELCO.id])


def test_customers_who_are_not_at_hand_are_said_to_be_missing_with_the_mend(workspace, tmp_path):
    path = tmp_path / "others.csv"
    path.write_bytes(to_csv(generate(300, seed=1, schema=TELCO))[0])
    before = replace(workspace.version, attachments={})  # a version of before the reference was kept with it
    others = Workspace(read_dataset(path, schema=TELCO), before, np.full(300, 0.2))
    with pytest.raises(ModelError, match="no longer in the data folder.*Train again"):
        _ = others.reference


def test_the_reference_kept_with_a_version_is_the_one_made_of_its_customers(workspace):
    kept, made = workspace.reference, Reference.of(workspace.customers, workspace.probability, TELCO)
    assert kept.profile == made.profile and kept.churn_rate == made.churn_rate
    assert kept.probability.tobytes() == made.probability.tobytes()
    assert kept.worth.amount.tobytes() == made.worth.amount.tobytes()


@pytest.mark.parametrize(
    "damage", [{}, {SUMMARY: b"{}"}, {SUMMARY: b"\xff"}, {CHARGES: b""}], ids=["none", "empty", "no text", "no array"]
)
def test_a_reference_that_is_damaged_is_refused_with_the_mend(workspace, damage):
    files = {**workspace.reference.files(), **damage} if damage else {}
    with pytest.raises(DataError, match="damaged.*Train it again"):
        Reference.from_files(files, workspace.probability, TELCO)


def test_no_customers_are_no_file_to_judge(workspace, watch):
    nobody = profile(workspace.customers.iloc[:0], np.zeros(0), watch.reference.profile.bins, schema=TELCO)
    nobody = replace(watch.reference, profile=nobody, steps=watch.reference.steps * 0, contacted=watch.reference.contacted * 0)
    with pytest.raises(DataError, match="no customers to compare"):
        watch.judge(nobody)
