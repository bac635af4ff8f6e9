"""Numbers and texts as people read them: rounding to what is known, signs, and what a user wrote left as it is."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.campaign.economics import Campaign
from churn_core.campaign.forecast import NOTHING, forecast_of
from churn_core.campaign.optimise import NOBODY_CONTACTED, Outcome
from churn_core.errors import StoreError
from pages.parts import words
from tests.pages.conftest import unescaped


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "$0"), (3.14159, "$3.14"), (12.345, "$12.3"), (999.6, "$1,000"), (441_234, "$441,000"), (-5_678.9, "−$5,680"),
        (1_234_567, "$1.23 million"), (999_999, "$1.00 million"), (123_456_789, "$123 million"), (0.00123, "$0.00123"),
        (None, "—"), (math.nan, "—"), (math.inf, "—"),
    ],
)  # fmt: skip
def test_money_has_three_significant_digits(value, text):
    assert words.money(value) == text


@given(st.floats(1, 999_000))
def test_rounded_money_is_within_half_a_percent(value):
    shown = float(words.money(value).strip("$").replace(",", "").replace(" million", "e6"))
    assert shown == pytest.approx(value, rel=0.005 + 1e-9)


@pytest.mark.parametrize("share, text", [(0.0397, "4.0%"), (1, "100.0%"), (-0.05, "−5.0%"), (None, "—"), (math.inf, "—")])
def test_a_share_is_in_per_cent_and_none_is_a_dash(share, text):
    assert words.percent(share) == text


def test_the_recommendation_is_a_sentence_to_forward():
    outcome = Outcome(contacted=1234, expected_profit=5678.9, expected_spend=1000.0, threshold=0.0456)
    assert words.recommendation(outcome, 7043, 321.4) == (
        "Contact 1,234 of 7,043 customers still here, everyone above 4.6%: expected profit $5,680 ±\u00a0$321 on $1,000 spent, "
        "ROI 568%"
    )
    each = Outcome(contacted=1, expected_profit=10.0, expected_spend=5.0)
    assert words.recommendation(each, 7043) == (
        "Contact 1 of 7,043 customers still here, each above their own break-even: expected profit $10.0 on $5.00 spent, ROI 200%"
    )
    assert words.recommendation(NOBODY_CONTACTED, 7043, 0.0) == "Contact nobody: at these parameters no contact pays"
    assert words.recommendation(NOBODY_CONTACTED, 7043, 0.0, True) == "Contact nobody: within these limits no contact pays"


def test_a_back_test_is_called_one_in_the_sentence_and_is_about_all():
    outcome = Outcome(contacted=1234, expected_profit=5678.9, expected_spend=1000.0, threshold=0.0456)
    assert words.recommendation(outcome, 7043, 321.4, back_test=True) == (
        "Back-test: contact 1,234 of all 7,043 customers, everyone above 4.6%: expected profit $5,680 ±\u00a0$321 on $1,000 spent, "
        "ROI 568%"
    )
    assert words.recommendation(NOBODY_CONTACTED, 7043, back_test=True).startswith("Back-test: contact nobody")


def test_the_narrower_range_says_what_has_to_be_exactly_right():
    campaign = Campaign(success_rate=0.35)
    probability, clv = np.array([0.2, 0.7]), np.array([500.0, 900.0])
    forecast = forecast_of(probability, clv, campaign)
    half = forecast.range_if_exact.half_width
    assert half < forecast.range.half_width
    assert words.if_exact(forecast, campaign) == f"± {words.money(half)} if 35% is exactly right"
    assert words.if_exact(NOTHING, campaign) is None


@pytest.mark.parametrize(
    "shown, more_is, arrow, color",
    [
        ("+4.5 points", "bad", "up", "inverse"), ("−4.5 points", "bad", "down", "normal"), ("+$30", "good", "up", "normal"),
        ("−$30", "good", "down", "inverse"), ("−12%", "", "down", "off"), ("0.0 points", "bad", "off", "off"),
    ],
)  # fmt: skip
def test_a_change_with_a_real_minus_has_the_arrow_and_the_colour_of_a_fall(shown, more_is, arrow, color):
    """Streamlit takes whatever begins with no hyphen for a rise: what it calls normal is green then, and inverse red."""
    assert words.change(shown, more_is) == {"delta": shown, "delta_arrow": arrow, "delta_color": color}


MARK_UP = "<>*_`$[]#~:&|!\\"


@given(st.text(st.sampled_from(f"ab1. )(+-{MARK_UP}\n"), max_size=20))
def test_what_a_user_wrote_is_read_as_it_was_written_and_marks_nothing_up(text):
    written = words.markdown(text)
    assert unescaped(written) == " ".join(text.split())
    rest = written.replace("\\\\", "")  # an escaped backslash escapes nothing
    rest = re.sub(r":(?= |$)", "", rest)  # a colon before a blank or at the end begins nothing
    assert [c for i, c in enumerate(rest) if c in MARK_UP.replace("\\", "") and rest[i - 1 : i] != "\\"] == []


@pytest.mark.parametrize(
    "text",
    [
        "https://a.bc",
        "HTTP://a.bc",
        "www.a.bc",
        "wWw.a.bc",
        "me@a.bc",
        ":material/home:",
        ":smile:",
        ":100:",
        "a->b",
        "--a",
        "a~=b",
    ],
)
def test_what_streamlit_replaces_in_the_finished_text_is_broken_by_a_joiner_that_shows_nothing(text):
    """A backslash stops none of these: they are looked for when it is gone."""
    written = words.markdown(text)
    assert unescaped(written) == text
    assert re.search(f"[:@w~<-]{words.WORD_JOINER}", written)


def test_what_turns_or_hides_the_text_around_it_is_shown_as_a_mark():
    assert words.markdown("tenure\u202egnihtyna\u200b\x00\ud800") == "tenure\ufffdgnihtyna\ufffd\ufffd\ufffd"


def test_a_blank_that_may_not_break_and_the_joiners_of_scripts_stay():
    assert words.markdown("± $3\u00a0€ \u0645\u06cc\u200c\u062e") == "± \\$3\u00a0€ \u0645\u06cc\u200c\u062e"


@given(st.text(max_size=20))
def test_two_amounts_in_a_sentence_of_ours_begin_no_formula_and_its_marks_stay(text):
    told = words.amounts(f"**A** $3 to $4, {words.markdown(text)}")
    assert told.startswith("**A** \\$3 to \\$4, ")
    assert unescaped(told.removeprefix("**A** ")) == unescaped(f"\\$3 to \\$4, {words.markdown(text)}")


@given(st.text(max_size=20))
def test_money_in_a_sentence_begins_no_formula(text):
    assert words.markdown(text).replace("\\$", "").count("$") == 0


def test_a_list_ends_with_and():
    assert [words.listed(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_that_nothing_was_changed_is_said_once():
    once = "The database cannot be used. Nothing was changed; mend it."
    assert words.unchanged(StoreError(once)) == once
    assert words.unchanged("No table.") == "No table. Nothing was changed."
