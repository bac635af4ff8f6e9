"""What people give is kept as it is, made harmless, or refused in words. On SQLite and PostgreSQL."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.errors import CampaignError
from churn_core.storage.checks import LONGEST_NAME, LONGEST_NOTE
from churn_core.storage.store import Store
from tests.storage.conftest import ON_DISK, save


def with_text(store: Store, text: str) -> dict[str, str]:
    """Each text of a campaign and of a publication, as it comes back from where ``text`` was given."""
    saved = store.campaign(save(store, text, note=text, who=text).id)
    store.publish(0.5, who=text, reason=text)
    published = store.published()
    one_line = {"name": saved.name, "saved_by": saved.saved_by, "published_by": published.published_by}
    return {**one_line, "note": saved.note, "reason": published.reason}


def test_text_is_trimmed(store):
    assert set(with_text(store, " \t\n Spring \u3000\r\n").values()) == {"Spring"}


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\r", "\x08", "\x9b", "\x85"], ids=ascii)
def test_a_control_character_is_made_harmless(store, control):
    for text in with_text(store, f"Spring{control}[31m").values():
        assert text.startswith("Spring") and text.endswith("[31m")
        assert not any(unicodedata.category(character) == "Cc" for character in text)


@pytest.mark.parametrize("control", ["\n", "\t"], ids=ascii)
def test_a_name_is_one_line_and_a_note_may_have_several(store, control):
    kept = with_text(store, f"Spring{control}2026-11-22 Ada published 0.9")
    assert control in kept["note"] and control in kept["reason"]
    assert not any(control in kept[one_line] for one_line in ("name", "saved_by", "published_by"))


def test_half_a_character_is_refused_or_made_harmless(store):
    """Half of a surrogate pair: JSON can carry it, no database can."""
    try:
        kept = set(with_text(store, "Spring\ud83d").values())
    except CampaignError:
        return
    assert all(text.startswith("Spring") and text.encode() for text in kept)


@ON_DISK
@given(st.text(max_size=LONGEST_NAME))
def test_whatever_is_typed_is_kept_or_refused_in_words(store, text):
    try:
        kept = with_text(store, text)
    except CampaignError:
        return
    assert all(value == value.strip() and len(value) <= LONGEST_NAME for value in kept.values()) and kept["name"]


@pytest.mark.parametrize("empty", ["", "   ", "\n\t", "\x00"], ids=ascii)
def test_an_empty_name_is_refused_and_nothing_is_saved(store, empty):
    with pytest.raises(CampaignError, match="The campaign needs a name: write it in a few words."):
        save(store, empty)
    with pytest.raises(CampaignError, match="Say who saves it: write it in a few words."):
        save(store, who=empty)
    for change in (lambda: store.publish(0.5, who=empty), lambda: store.rollback(who=empty)):
        with pytest.raises(CampaignError, match="Say who publishes it: write it in a few words."):
            change()
    assert store.campaigns() == [] and store.history() == []


def test_a_text_of_the_greatest_length_is_kept_whole(store, another):
    name, note = "😀" * LONGEST_NAME, "é\n" * (LONGEST_NOTE // 2 - 1) + "é😀"
    saved = save(store, name, note=note, who=name)
    published = store.publish(0.5, who=name, reason=note)
    assert another().campaign(saved.id) == saved and (saved.name, saved.note, saved.saved_by) == (name, note, name)
    assert another().published() == published and (published.reason, published.published_by) == (note, name)


def test_a_text_that_is_too_long_is_refused_and_nothing_is_saved(store):
    name, note = "x" * (LONGEST_NAME + 1), "x" * (LONGEST_NOTE + 1)
    for change, most in (
        (lambda: save(store, name), "121 characters long, 120 is the most. Shorten it."),
        (lambda: save(store, who=name), "121 characters long, 120 is the most. Shorten it."),
        (lambda: save(store, note=note), "2,001 characters long, 2,000 is the most. Shorten it."),
        (lambda: store.publish(0.5, who=name), "121 characters long, 120 is the most. Shorten it."),
        (lambda: store.publish(0.5, who="Ada", reason=note), "2,001 characters long, 2,000 is the most. Shorten it."),
    ):
        with pytest.raises(CampaignError, match=most):
            change()
    assert store.campaigns() == [] and store.history() == []
