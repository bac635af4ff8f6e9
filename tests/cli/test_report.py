"""``report``: the decision as a file to take along."""

import json
import re

from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.decisions.recommendation import recommend
from churn_core.storage.store import open_store

KEYS = {
    "customers", "contacted", "expected_profit", "expected_spend", "roi", "range", "range_if_exact", "headline", "threshold", "link",
    "output", "warnings", "model_id",
}  # fmt: skip


def test_the_file_holds_what_the_campaign_options_say(home, answer, workspace, tmp_path):
    told = answer("report", "--output", tmp_path / "memo.html", "--retention-cost", 25, "--address", "https://keep.example")
    found = recommend(workspace.still_here, Plan(campaign=Campaign(retention_cost=25)))
    assert set(told) == KEYS and told["expected_profit"] == found.outcome.expected_profit
    assert told["link"].startswith("https://keep.example/campaign?retention_cost=25&")
    assert told["headline"].split(":")[0] in (tmp_path / "memo.html").read_text(encoding="utf-8")


def test_without_options_it_is_the_published_campaign(own_home, answer, tmp_path):
    with_cost = Plan(campaign=Campaign(retention_cost=40))
    store = open_store(own_home)
    saved = store.save(
        "Spring",
        with_cost,
        note="",
        threshold=0.2,
        contacted=1,
        expected_profit=1.0,
        expected_spend=1.0,
        model_id="a model",
        data_sha256="",
        who="somebody",
    )
    store.publish(0.2, who="somebody", campaign_id=saved.id)
    store.close()
    told = answer("report", "--output", tmp_path / "memo.html")
    assert "retention_cost=40" in told["link"] and any("20.0%" in sentence for sentence in told["warnings"])


def test_the_same_command_writes_the_same_bytes(home, answer, tmp_path):
    for ending in ("html", "pptx"):
        one, other = (tmp_path / f"{name}.{ending}" for name in ("one", "other"))
        answer("report", "--output", one)
        answer("report", "--output", other)
        assert one.read_bytes() == other.read_bytes()


def test_a_back_test_and_a_currency_can_be_asked_for(home, answer, tmp_path):
    told = answer("report", "--output", tmp_path / "memo.html", "--customers", "all", "--currency", "CHF")
    assert told["headline"].startswith("Back-test") and "CHF\u00a0" in told["headline"] and told["customers"] == 7043


def test_another_ending_is_refused_before_anything_is_worked_out(refused, tmp_path, monkeypatch):
    monkeypatch.setenv("CHURN_HOME", str(tmp_path))  # nothing is there, and nothing is made
    assert refused("report", "--output", tmp_path / "memo.pdf") == (
        "A memo is written as a page or as slides, got memo.pdf. End the name in .html or .pptx."
    )
    assert list(tmp_path.iterdir()) == []


def test_what_is_said_ends_with_the_link_that_opens_it_again(home, run, tmp_path):
    code, out, _ = run("report", "--output", tmp_path / "memo.pptx")
    assert code == 0 and re.search(r"^open it again: http://localhost:8501/campaign\?retention_cost=10&", out, re.MULTILINE)


def test_the_data_of_the_page_are_json(home, answer, tmp_path):
    answer("report", "--output", tmp_path / "memo.html")
    (data,) = re.findall(r'id="data">(.*?)</script>', (tmp_path / "memo.html").read_text(encoding="utf-8"), re.DOTALL)
    assert set(json.loads(data)) == {"live", "palettes"}
