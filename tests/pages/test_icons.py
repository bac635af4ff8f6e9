"""What a page says in a box has a material icon, and no page has an emoji: read from the source of every page."""

import ast
import re

import pytest

from tests.pages.test_text_is_text import FILES, _is_log, shown

BOXES = {"error", "warning", "info", "success", "toast", "exception"}
MATERIAL = re.compile(r":material/[a-z0-9_]+:")
# Pictures in colour, what turns a sign into one, and the names that Streamlit replaces by one.
EMOJI = re.compile("[\U0001f000-\U0001faff\u231a-\u23ff\u2600-\u27bf\u2b50\ufe0f]|(?<!\\S):[a-z][a-z_]+:(?!\\w)")


def boxes(source: str) -> list[ast.Call]:
    """The calls that show a box; what is written to a log is none."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return [call for call in calls if call.func.attr in BOXES and not _is_log(call.func.value) and call.args]


def without_icon(source: str) -> list[int]:
    """The lines of the boxes whose icon is not a material one, written in the source."""
    return [call.lineno for call in boxes(source) if not any(_is_material(keyword) for keyword in call.keywords)]


def _is_material(keyword: ast.keyword) -> bool:
    value = keyword.value
    return keyword.arg == "icon" and isinstance(value, ast.Constant) and bool(MATERIAL.fullmatch(str(value.value)))


def emojis(source: str) -> list[str]:
    """The texts with an emoji; what stands in the source alone, as a docstring does, is shown to nobody."""
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in alone]
    return [node.value for node in texts if isinstance(node.value, str) and EMOJI.search(node.value)]


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_every_box_has_a_material_icon(path):
    assert without_icon(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_no_page_has_an_emoji(path):
    assert emojis(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_no_page_shows_a_traceback(path):
    assert [call.lineno for call in boxes(path.read_text(encoding="utf-8")) if call.func.attr == "exception"] == []


@pytest.mark.parametrize("source", ["st.error('a')", "st.error('a', icon='🚨')", "place.info('a', icon=icon)", "st.toast(a)"])
def test_the_law_sees_a_box_without_one(source):
    assert without_icon(source) == [1]


@pytest.mark.parametrize("source", ["st.error('a', icon=':material/error:')", "log.error('A page failed.')"])
def test_the_law_lets_a_box_with_one_and_a_log_pass(source):
    assert without_icon(source) == []


@pytest.mark.parametrize("text", ["🚨 no", "it is done ✅", "⚠️", ":tada: done", "well :smile:"])
def test_the_law_sees_an_emoji(text):
    assert emojis(f"st.write({text!r})") == [text]


@pytest.mark.parametrize("text", [":material/error: no", "● with", "100 → 120", "at 10:30:15", "a:b:c", "−5 ± 2"])
def test_the_law_lets_signs_and_times_pass(text):
    assert emojis(f"st.write({text!r})") == []
