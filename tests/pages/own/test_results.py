"""The loop for a company that nobody has described: list, result, rate taken over, in its own words, money and window."""

import shutil

import numpy as np
import pytest

from churn_core.application.drawn_list import draw_list
from churn_core.application.workspace import open_workspace
from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.recommendation import recommend
from churn_core.storage.results import Results
from churn_core.storage.store import open_store
from tests.pages.conftest import metrics, text, unescaped

COST = {"shop": 2.0, "insurer": 20.0}  # so that most customers are worth a contact


@pytest.mark.parametrize("company", COST)
def test_any_company_draws_measures_and_takes_its_rate_over(company, home_of, tmp_path, open_page_at):
    home = shutil.copytree(home_of(company), tmp_path / company)
    workspace = open_workspace(home)
    found = recommend(workspace.still_here, Plan(campaign=Campaign(retention_cost=COST[company])))
    store = open_store(home)
    listed = draw_list(workspace, found, store, who="Ann", share=0.4, name="First calls")
    table, schema = listed.table, workspace.schema
    assert listed.draw.days == (None if schema.window is None else round(schema.window * 365.25 / 12))
    p, treated = table["churn_probability"].to_numpy(), (table["arm"] == "treated").to_numpy()
    left = np.random.default_rng(5).random(len(table)) < np.where(treated, 0.4 * p, p)
    content = to_csv(table[[schema.id, "arm"]].assign(left=left.astype(int)))[0]
    at = open_page_at(home, "results")
    at.file_uploader(key="returned_upload").upload("back.csv", content).run()
    if listed.draw.days is not None:  # the window is not over today
        assert "have left so far" in text(at) and not Results(store).latest()
        at.date_input(key="returned_day").set_value(listed.draw.drawn_at.date().replace(year=listed.draw.drawn_at.year + 1)).run()
    assert not at.exception and not at.error
    (kept,) = Results(store).latest()
    assert kept.result["two_by_two"]["left_treated"] == int(left[treated].sum())
    assert metrics(at)["Success rate"].endswith("%") and "Telco" not in unescaped(text(at))
    if schema.currency:
        assert f"Realised {schema.currency}" in kept.result["sentence"] or "too few to tell in money" in kept.result["sentence"]
    at.button(key="use_measured").click().run()
    assert "Your draft uses it: measured in First calls" in unescaped(text(at))
