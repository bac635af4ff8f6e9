"""What Python gives the browser for the sliders that answer under the finger; what it does there is a browser test."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from pages.parts.campaign.live import _packed, is_live


def test_the_browser_gets_the_customers_in_falling_order_of_score_to_the_last_bit(workspace):
    back_test, packed = workspace.back_test, _packed(workspace.back_test)
    score, value = (np.frombuffer(base64.b64decode(packed[name]), dtype="<f8") for name in ("score", "value"))
    churned = np.frombuffer(base64.b64decode(packed["churned"]), dtype="u1")
    assert (np.diff(score) <= 0).all() and len(score) == 7043
    assert score.tobytes() == back_test.score.tobytes() and value.tobytes() == back_test.value.tobytes()
    assert churned.tolist() == back_test.leaving.tolist()


def test_other_customers_have_another_fingerprint_and_the_same_the_same(workspace):
    back_test = workspace.back_test
    other = replace(back_test, value=np.append(back_test.value[:-1], back_test.value[-1] + 0.05))
    assert _packed(back_test)["fingerprint"] == _packed(back_test)["fingerprint"] != _packed(other)["fingerprint"]


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
