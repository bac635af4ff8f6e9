"""What Python gives the browser for the sliders that answer under the finger; what it does there is a browser test."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from churn_core.decisions.population import ALL, HERE, WHICH
from churn_core.live.component import packed
from pages.parts.campaign.live import is_live


@pytest.mark.parametrize(("which", "customers"), [(HERE, 5174), (ALL, 7043)])
def test_the_browser_gets_the_customers_in_falling_order_of_score_to_the_last_bit(workspace, which, customers):
    swept = workspace.population(which).expected_sweep
    sent = packed(swept)
    score, value = (np.frombuffer(base64.b64decode(sent[name]), dtype="<f8") for name in ("score", "value"))
    assert (np.diff(score) <= 0).all() and len(score) == customers
    assert score.tobytes() == swept.score.tobytes() and value.tobytes() == swept.value.tobytes()


@pytest.mark.parametrize("which", WHICH)
def test_the_browser_gets_no_outcome(workspace, which):
    """A range of what a campaign will earn needs none, and what is not sent cannot be read there."""
    assert set(packed(workspace.population(which).expected_sweep)) == {"fingerprint", "score", "value"}


def test_other_customers_have_another_fingerprint_and_the_same_the_same(workspace):
    swept = workspace.still_here.expected_sweep
    other = replace(swept, value=np.append(swept.value[:-1], swept.value[-1] + 0.05))
    assert packed(swept)["fingerprint"] == packed(swept)["fingerprint"] != packed(other)["fingerprint"]
    assert packed(swept)["fingerprint"] != packed(workspace.all_customers.expected_sweep)["fingerprint"]


@pytest.mark.parametrize("value, live", [(None, True), ("on", True), ("", True), ("off", False), ("OFF", False), ("0", False)])
def test_one_variable_leaves_ordinary_sliders(monkeypatch, value, live):
    monkeypatch.delenv("CHURN_LIVE")
    if value is not None:
        monkeypatch.setenv("CHURN_LIVE", value)
    assert is_live() == live


def test_with_the_live_sliders_the_page_draws_and_has_no_others(open_page, monkeypatch):
    monkeypatch.setenv("CHURN_LIVE", "on")
    at = open_page("campaign", retention_cost="60")
    assert not at.exception and not at.error
    assert (
        not [slider for slider in at.slider if slider.key.startswith("slider_")]
        and at.number_input(key="retention_cost").value == 60
    )
