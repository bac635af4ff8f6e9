"""The Model page: how far the probabilities may be trusted, and the way to another model."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churn_core import settings
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import best_threshold
from churn_core.data import telco_source
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.decisions.population import ALL, WHICH
from churn_core.model import compare, comparison_file, metrics
from churn_core.model.registry import EQUATION, Registry
from churn_core.model.terms import TERMS
from churn_core.model.train import train
from churn_core.schema.telco import TELCO
from pages.parts import jobs
from tests.pages.conftest import figure, numbers, text, unescaped

pytestmark = pytest.mark.slow

TABS = ("Candidates", "Remedies", "Model card", "Groups of people", "Versions", "Train on your customers")


@pytest.fixture(autouse=True)
def no_jobs_left():
    yield
    for name in ("comparison", "training"):
        jobs.forget(name)


def tab(at, name: str):
    at.session_state["model_tab"] = name
    return at.run()


def table(at, *columns: str) -> pd.DataFrame:
    """The table that has these columns."""
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value))


@pytest.mark.parametrize("name", TABS)
def test_every_tab_opens_and_only_the_one_that_is_open_draws(open_page, name):
    at = tab(open_page("model"), name)
    assert not at.exception and not at.error
    drawn = {chart.proto.id.rsplit("-", 1)[-1] for chart in at.get("plotly_chart")}
    assert {"distributions", "calibration"} <= drawn
    assert ("remedies_roc" in drawn) == (name == "Remedies") and ("odds_ratios" in drawn) == (name == "Model card")


@pytest.mark.parametrize("which", WHICH)
def test_what_the_threshold_separates_is_told_as_what_it_would_have_done_on_all(open_page, workspace, which):
    """Whom it would have found and missed is known of all customers only, whomever the threshold is chosen for."""
    at = open_page("model", retention_cost="100", back_test=str(which == ALL).lower())
    best = best_threshold(workspace.population(which).expected_sweep, Campaign(retention_cost=100))
    counted = metrics.at_threshold(workspace.probability, workspace.churned, best.threshold)
    told = unescaped(text(at))
    assert (
        f"The best threshold would have contacted {counted['found']:,} of 1,869 leavers, and {counted['in_vain']:,} who" in told
    )
    assert (
        f"A threshold of {best.threshold:.1%} would have contacted {counted['contacted']:,} of all 7,043 customers, "
        f"{counted['precision']:.1%} of whom left, and missed {counted['missed']:,} leavers." in told
    )


# The comparison that comes with the checkout


def test_the_published_comparison_is_of_the_real_customers_by_the_whole_protocol(telco):
    comparison = comparison_file.read((settings.CHECKOUT / "models",), telco)
    assert comparison["protocol"] == {"folds": settings.FOLDS, "repeats": settings.REPEATS, "seed": settings.SEED}
    assert set(comparison["models"]) == set(compare.ALL)
    told = comparison_file.table(comparison).set_index("model")
    assert told.loc["logistic", "auc_low"] > 0 and told.loc["logistic", "auc"] >= 0.849


def test_the_published_figures_of_the_production_candidate_are_those_of_this_code(telco, workspace):
    published = comparison_file.read((settings.CHECKOUT / "models",), telco)["models"]["logistic"]
    for measure in comparison_file.MEASURES:
        assert published[measure]["mean"] == pytest.approx(workspace.version.metadata["metrics"][measure]["mean"], abs=1e-6)
    assert comparison_file.out_of_fold({"models": {"logistic": published}}, "logistic") == pytest.approx(
        workspace.probability, abs=1e-5
    )


@pytest.mark.parametrize("measure, better", [("auc", "right"), ("log_loss", "left")])
def test_the_comparison_is_intervals_against_plain_logistic(open_page, measure, better):
    at = open_page("model")
    at.session_state["measure"] = measure
    drawn = figure(at.run(), "candidates")
    (points,) = drawn["data"]
    assert set(points["y"]) == set(compare.ALL) and drawn["layout"]["shapes"][0]["x0"] == 0
    assert numbers(points["x"])[points["y"].index("logistic_plain")] == 0
    assert f"{better} is better" in drawn["layout"]["xaxis"]["title"]["text"]
    best = numbers(points["x"])[0]
    assert best == (max if better == "right" else min)(numbers(points["x"]))


def test_any_candidate_can_be_looked_at_from_close_by(open_page, telco):
    at = open_page("model")
    at.selectbox(key="candidate").select("logistic_balanced").run()
    p = comparison_file.out_of_fold(comparison_file.read((settings.CHECKOUT / "models",), telco), "logistic_balanced")
    assert f"Mean probability {p.mean():.1%}, churn rate 26.5%" in text(at)
    for key in ("candidate_distributions", "candidate_calibration", "roc", "precision_recall", "gain", "lift"):
        assert figure(at, key)["data"]


def test_a_damaged_comparison_is_named_and_the_rest_of_the_tab_stays(own_home, open_page_at):
    (own_home / "models" / comparison_file.FILE).write_text("{")
    at = open_page_at(own_home, "model")
    assert any("comparison.json is damaged" in error.value for error in at.error)
    assert not at.exception and at.button(key="compare")


def test_the_comparison_runs_in_the_background_and_its_result_is_shown(own_home, open_page_at, monkeypatch):
    monkeypatch.setattr(compare, "PROTOCOL", replace(compare.PROTOCOL, folds=2, repeats=1))
    at = open_page_at(own_home, "model")
    at.multiselect(key="to_compare").set_value(["logistic"])
    at.button(key="compare").click().run()
    assert jobs._jobs()["comparison"].finished.wait(60)
    at = at.run()
    assert not at.exception and not at.error
    made = json.loads((own_home / "models" / comparison_file.FILE).read_text())
    assert set(made["models"]) == {"logistic_plain", "logistic"}


# Remedies


def test_remedies_move_the_probabilities_and_not_the_ranking(open_page):
    at = tab(open_page("model"), "Remedies")
    rows = table(at, "realised_profit").set_index("model")
    plain, moved = rows.loc["logistic_plain"], rows.loc[["logistic_balanced", "logistic_smote"]]
    assert (abs(moved["auc"] - plain["auc"]) < 0.002).all() and (moved["mean_probability"] > 0.39).all()
    assert (moved["expected_profit"] - moved["realised_profit"] > 200_000).all()
    assert abs(rows.loc["logistic_balanced+sigmoid", "mean_probability"] - 0.265) < 0.003
    assert "not the ranking" in text(at)


def test_at_a_dear_contact_the_remedies_lose_money(open_page):
    rows = table(tab(open_page("model", retention_cost="50", success_rate="0.15"), "Remedies"), "realised_profit").set_index(
        "model"
    )
    lost = rows.loc["logistic_plain", "per_customer_profit"] - rows.loc["logistic_balanced", "per_customer_profit"]
    assert 1_600 * 7.043 < lost < 4_800 * 7.043


# The card


def test_the_model_card_holds_every_term_with_its_interval(open_page, workspace):
    at = tab(open_page("model"), "Model card")
    terms = table(at, "odds_ratio")
    assert terms["term"].tolist() == [term.meaning for term in TERMS]
    assert (terms["low"] < terms["odds_ratio"]).all() and (terms["odds_ratio"] < terms["high"]).all()
    assert f"{workspace.version.metadata['intercept']:.3f}" in text(at)
    assert table(at, "met")["met"].all()


def test_a_model_that_is_no_equation_says_so(own_home, open_page_at, telco):
    registry = Registry(own_home / "models")
    registry.promote(train(telco, registry, "lightgbm").model_id)
    at = tab(open_page_at(own_home, "model"), "Model card")
    assert not at.exception and any("lightgbm is not an equation" in info.value for info in at.info)
    customers = open_page_at(own_home, "customers")
    assert not customers.exception and not customers.error


# Groups


def test_the_groups_add_up_to_all_customers(open_page):
    rows = table(tab(open_page("model"), "Groups of people"), "contact_rate")
    assert (rows.groupby("column")["customers"].sum() == 7043).all()  # those who left are what calibration is judged by
    assert set(rows["column"]) == {"Gender", "Senior citizen", "Partner", "Dependents"}


# Versions


def test_promoting_says_what_changes_and_takes_effect_at_once(own_home, open_page_at, telco):
    registry = Registry(own_home / "models")
    first, second = registry.production_id(), train(telco, registry, "logistic_plain").model_id
    at = tab(open_page_at(own_home, "model"), "Versions")
    at.selectbox(key="version").select(second).run()
    assert "best threshold" in text(at) and "contacts" in text(at) and "expected profit" in text(at)
    at.button(key="promote").click().run()
    assert not at.exception and registry.production_id() == second
    assert second[-4:] in "\n".join(caption.value for caption in at.sidebar.caption)
    at.button(key="roll_back_version").click().run()
    assert not at.exception and registry.production_id() == first
    assert [line["what"] for line in registry.history()] == ["first", "promoted", "rolled back"]


def test_rolling_back_where_there_is_nothing_before_is_refused_in_words(own_home, open_page_at):
    at = tab(open_page_at(own_home, "model"), "Versions")
    at.button(key="roll_back_version").click().run()
    assert any("no earlier version" in error.value for error in at.error) and not at.exception


def test_two_versions_are_compared_on_the_same_customers(own_home, open_page_at, telco):
    train(telco, Registry(own_home / "models"), "logistic_plain")
    at = tab(open_page_at(own_home, "model"), "Versions")
    rows = table(at, "realised_profit")
    assert len(rows) == 2 and rows["auc"].nunique() == 2


def test_a_damaged_production_version_is_named_and_the_one_before_is_in_use(own_home, open_page_at, telco):
    registry = Registry(own_home / "models")
    first, second = registry.production_id(), train(telco, registry, "logistic_plain").model_id
    registry.promote(second)
    (own_home / "models" / second / EQUATION).write_bytes(b"damaged")
    at = open_page_at(own_home, "model")
    (notice,) = (unescaped(warning.value) for warning in at.warning)
    assert f"{second}/{EQUATION} is damaged" in notice and first in notice
    assert first[-4:] in "\n".join(caption.value for caption in at.sidebar.caption)


# One's own customers


def own_file(rows: int = 400) -> bytes:
    return to_csv(generate(rows, seed=5, schema=TELCO))[0]


def upload(at, content: bytes, name: str = "our customers.csv"):
    at = tab(at, "Train on your customers")
    at.file_uploader(key="training_upload").upload(name, content)
    return at.run()


def trained(at):
    at.button(key="train").click().run()
    assert jobs._jobs()["training"].finished.wait(60)
    return at.run()


def test_a_file_of_ones_own_is_checked_trained_compared_and_promoted(own_home, open_page_at):
    at = upload(open_page_at(own_home, "model"), own_file())
    assert not at.error and at.button(key="train")
    at = trained(at)
    assert not at.exception and not at.error
    rows = table(at, "realised_profit")
    assert [name.split(":")[0] for name in rows["model"]] == ["new", "in use"]
    assert (
        "New: was trained on them, and is tested by models that had not seen them. In use: was trained on other customers only."
        in text(at)
    )
    old = rows.drop(columns="model").iloc[1]
    at.button(key="promote_trained").click().run()
    assert not at.exception
    after = table(tab(at, "Train on your customers"), "realised_profit")
    assert [name.split(":")[0] for name in after["model"]] == ["new", "before"]  # not with itself
    assert after.drop(columns="model").iloc[1].equals(old) and after["auc"].nunique() == 2
    side = "\n".join(caption.value for caption in at.sidebar.caption)
    assert "our customers.csv, 400 customers" in side
    assert not open_page_at(own_home, "overview").exception


def test_the_same_customers_saved_again_are_no_other_customers(own_home, open_page_at):
    """Half of them, in another order, and another name: the version in use knew all of them, and is tested out of fold."""
    lines = (own_home / "data" / telco_source.FILE_NAME).read_bytes().splitlines()
    content = b"\n".join([lines[0], *lines[:0:-2]])
    at = trained(upload(open_page_at(own_home, "model"), content, "half.csv"))
    assert "In use: was trained on them, and is tested by models that had not seen them." in text(at)
    assert "other customers" not in text(at)


def test_a_version_has_the_same_measures_on_every_tab(own_home, open_page_at, workspace):
    at = open_page_at(own_home, "model")
    card = workspace.version.metadata["metrics"]
    shown = {
        "Candidates": table(at, "seconds").set_index("model").loc["logistic"],
        "Remedies": table(tab(at, "Remedies"), "realised_profit").set_index("model").loc["logistic"],
        "Versions": table(tab(at, "Versions"), "created_at").iloc[0],
    }
    for name, measure in (("auc", "auc"), ("log_loss", "log_loss")):
        for where, row in shown.items():
            assert row[name] == pytest.approx(card[measure]["mean"], abs=1e-6), where
    pooled = card["pooled_calibration_error"]
    assert shown["Remedies"]["calibration_error"] == pytest.approx(pooled, abs=1e-6)
    assert shown["Candidates"]["pooled_calibration_error"] == pytest.approx(pooled, abs=1e-6)
    assert f"probabilities and outcomes are {pooled:.1%} apart" in at.title[0].value


@pytest.mark.parametrize(
    "content, why",
    [
        (own_file(150), "at least 200 are needed"),
        (own_file().replace(b"Churn", b"Left"), "no column"),
        (b"not, a, table", "no column"),
        (b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_refused_with_the_mend(own_home, open_page_at, content, why):
    before = sorted(path.name for path in (own_home / "models").iterdir())
    at = upload(open_page_at(own_home, "model"), content)
    assert not at.exception and any(why in error.value for error in at.error)
    assert not [button for button in at.button if button.key == "train"]
    assert sorted(path.name for path in (own_home / "models").iterdir()) == before
    assert not (own_home / "data" / "own").exists()


def test_where_nothing_was_compared_yet_the_page_says_what_to_do(own_home, open_page_at):
    at = upload(open_page_at(own_home, "model"), own_file())
    at = trained(at)
    at.button(key="promote_trained").click().run()
    at = tab(at, "Candidates")
    assert any("have not been compared" in info.value for info in at.info) and not at.exception
    at = tab(at, "Remedies")
    assert any("Compare them on the tab Candidates" in info.value for info in at.info)


def test_the_real_file_again_is_not_kept_twice(own_home, open_page_at):
    content = (own_home / "data" / telco_source.FILE_NAME).read_bytes()
    trained(upload(open_page_at(own_home, "model"), content, "again.csv"))
    assert not (own_home / "data" / "own").exists()


def test_the_probabilities_of_every_candidate_are_probabilities(telco):
    comparison = comparison_file.read((settings.CHECKOUT / "models",), telco)
    for name in comparison["models"]:
        p = comparison_file.out_of_fold(comparison, name)
        assert p.shape == (7043,) and ((p >= 0) & (p <= 1)).all() and np.unique(p).size > 100


def test_a_version_that_knew_some_of_the_customers_is_said_to_with_their_number(own_home, open_page_at):
    """Half of the file is the Telco sample, half of that with other values now; the other half are strangers."""
    lines = (own_home / "data" / telco_source.FILE_NAME).read_bytes().splitlines()
    known, new = lines[1:401], [b"new" + line for line in lines[401:801]]
    changed = [
        line.replace(b",Female,", b",Mal,").replace(b",Male,", b",Female,").replace(b",Mal,", b",Male,") for line in known[:200]
    ]
    content = b"\n".join([lines[0], *changed, *known[200:], *new])
    at = trained(upload(open_page_at(own_home, "model"), content, "mixed.csv"))
    assert (
        "In use: was trained on 400 of them (50.0%), and is tested on these by models that had not seen them; "
        "but 200 have other values now" in text(at)
    )
