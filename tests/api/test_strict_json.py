"""JSON from strangers: every JSON text of few levels is read as Python reads it; all else is refused in one sentence."""

import codecs
import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from churn_core.api.strict_json import MOST_NESTING, Table, dumps, loads, shown
from churn_core.errors import RequestError

TEXTS = st.text(st.characters(), max_size=12) | st.text('":\\,{}[]\n\x00é\u2028😀', max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=25
)


def nested(levels: int, innermost: str = "0", kind: str = "mixed") -> str:
    """That many objects and lists, one in the other."""
    text = innermost
    for level in range(levels):
        as_list = level % 2 if kind == "mixed" else kind == "lists"
        text = f"[{text}]" if as_list else f'{{"a": {text}}}'
    return text


def refusal(body: bytes | str) -> str:
    with pytest.raises(RequestError) as caught:
        loads(body.encode() if isinstance(body, str) else body)
    sentence = str(caught.value)
    assert caught.value.status == 400 and sentence.isprintable() and sentence.encode() and len(sentence) < 250
    return sentence


def same(a, b) -> bool:
    """Equal, to the type and the last bit."""
    return repr(a) == repr(b)


# What is read


@given(VALUES, st.booleans(), st.sampled_from([None, 0, 2]), st.sampled_from(["", " ", "\n\t\r "]))
def test_a_json_text_is_read_as_python_reads_it(value, in_ascii, indent, around):
    try:
        text = around + json.dumps(value, ensure_ascii=in_ascii, indent=indent) + around
        body = text.encode()
    except UnicodeEncodeError:  # half a character can only come escaped
        body = json.dumps(value).encode()
    assert same(loads(body), json.loads(body))


@given(st.integers(0, MOST_NESTING), st.sampled_from(["mixed", "lists", "objects"]), SCALARS)
def test_as_many_levels_as_allowed_are_read(levels, kind, innermost):
    body = nested(levels, json.dumps(innermost), kind).encode()
    assert same(loads(body), json.loads(body))


@pytest.mark.parametrize("key", ["a:b", ":", "::::", '"', '\\"', '":"', "\\", "\u003a", "{", "é", ""])
def test_a_key_or_a_text_of_colons_quotes_and_escapes_is_no_second_key(key):
    for value in ({key: key}, {key: {key: {key: [key, {key: 1}]}}}, [{key: 1}, {key: 2}]):
        for in_ascii in (True, False):
            assert loads(json.dumps(value, ensure_ascii=in_ascii).encode()) == value


@given(VALUES)
def test_one_byte_order_mark_before_the_text_is_passed_over(value):
    body = json.dumps(value).encode()
    assert same(loads(b"\xef\xbb\xbf" + body), json.loads(body))
    refusal(b"\xef\xbb\xbf\xef\xbb\xbf" + body)


def test_the_same_key_may_stand_in_two_objects():
    assert loads(b'{"a": {"a": [{"a": 1}, {"a": 1}]}}') == {"a": {"a": [{"a": 1}, {"a": 1}]}}


# What is written

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 1e-4, 9.99e-5, 1e-7, 1e15, 1e16, 1e22])


@given(st.lists(st.dictionaries(TEXTS, NUMBERS | SCALARS | st.lists(NUMBERS), max_size=4), max_size=6), st.booleans())
def test_a_value_is_written_as_python_writes_it_short_or_long(rows, long):
    value = {"rows": rows * 2, **({"more": ["x"] * 2000} if long else {})}
    assert dumps(value) == json.dumps(value, separators=(",", ":")).encode()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf], ids=str)
@pytest.mark.parametrize("long", [True, False])
def test_what_is_no_finite_number_is_never_written(number, long):
    for value in (number, [0.5, number], [{"a": 1.0}, {"a": number}], ({"a": [(number,)]},)):
        with pytest.raises(ValueError):
            dumps([value, ["x"] * 2000 * long])


@given(st.integers(1, 4), st.dictionaries(TEXTS, NUMBERS | SCALARS, min_size=1, max_size=5), st.booleans(), st.data())
def test_a_table_is_its_objects_and_is_written_as_they_are(rows, first, long, data):
    columns = {key: [value, *(data.draw(NUMBERS | SCALARS) for _ in range(rows - 1))] for key, value in first.items()}
    objects = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    table, more = Table(columns), ["x"] * 2000 * long
    assert (len(table), same(list(table), objects), same(table[-1], objects[-1])) == (rows, True, True)
    assert dumps([table, more]) == json.dumps([objects, more], separators=(",", ":")).encode()


def test_a_table_of_arrays_is_written_without_its_objects_being_made(monkeypatch):
    columns = {"id": ["a", None], "p": np.array([0.25, 1e-3]), "n": np.array([1, 2]), "is": np.array([True, False])}
    written = json.dumps(list(Table(columns)), separators=(",", ":")).encode()
    monkeypatch.setattr(Table, "__iter__", lambda table: pytest.fail("its objects were made"))
    assert dumps(Table(columns)) == written
    assert Table(columns) == Table(columns) != Table({**columns, "n": np.array([1, 3])})


@pytest.mark.parametrize("long", [True, False])
@pytest.mark.parametrize("column", [np.array([0.5, math.nan]), [None, math.inf]], ids=["array", "list"])
def test_a_table_with_what_is_no_finite_number_is_never_written(column, long):
    with pytest.raises(ValueError):
        dumps([Table({"a": column}), ["x"] * 2000 * long])


def test_what_json_has_no_word_for_is_never_written():
    for value in (np.array([1.0]), object(), [Table({"a": [1]}), object()]):
        with pytest.raises(TypeError):
            dumps(value)


# What is refused


@given(st.binary(max_size=60) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"")
@example(b"\xef\xbb\xbf{}")
@example(b"\xef\xbb\xbf\xef\xbb\xbf{}")
@example(b"\xff\xfe{\x00}\x00")
@example(b'{"a": "\x01"}')
@example(b'{"a": "')
@example(b'{"a": 1,}')
@example(b'"\\u12"')
@example(b"{} {}")
@example(b"01")
@example(b"'a'")
def test_whatever_bytes_come_they_are_read_as_python_reads_them_or_refused_in_words(body):
    try:
        value = loads(body)
    except RequestError:
        refusal(body)
    else:
        assert same(value, json.loads(body.decode("utf-8-sig")))  # which passes a byte order mark over


@given(VALUES, st.data())
def test_a_text_that_is_cut_off_is_refused(value, data):
    body = json.dumps([value]).encode()
    refusal(body[: data.draw(st.integers(0, len(body) - 1))])


@pytest.mark.parametrize("body", ['{"a": "\x01"}', '{"a": "', '{"a" 1}', '{"a": tru}', "{a: 1}"])
def test_what_is_no_json_is_told_where(body):
    sentence = refusal(body)
    assert sentence.startswith("The body is not JSON: ") and "at line 1, column " in sentence and " at at " not in sentence


@given(SCALARS, SCALARS, TEXTS, st.integers(0, MOST_NESTING - 1), st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_a_key_that_comes_twice_is_found_at_any_depth_whatever_the_texts_hold(one, two, key, levels, others):
    written = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in others.items() if k != key]
    pairs = [f"{json.dumps(key)}: {json.dumps(one)}", *written, f"{json.dumps(key)} :{json.dumps(two)}"]
    assert "comes twice in one object. Keep one of them." in refusal(nested(levels, "{" + ", ".join(pairs) + "}"))


@pytest.mark.parametrize(
    "first, second", [("a", "\\u0061"), (":", "\\u003a"), ("é", "\\u00e9"), ("😀", "\\ud83d\\ude00"), ("/", "\\/")]
)
def test_a_key_in_two_spellings_is_the_same_key(first, second):
    assert "comes twice" in refusal(f'{{"{first}": 1, "{second}": 2}}')


def test_half_a_character_as_a_key_is_told_without_failing():
    assert "comes twice" in refusal('{"\\ud83d": 1, "\\ud83d": 2}')


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("around", ["%s", "[%s]", '{"a": %s}', '{"a": ":", "b": [{"c": %s}]}'])
def test_what_is_no_finite_number_is_refused_by_name(word, around):
    assert refusal(around % word).startswith(f"{word} is not a JSON number.")


@pytest.mark.parametrize("kind", ["mixed", "lists", "objects"])
@pytest.mark.parametrize("levels", [MOST_NESTING + 1, MOST_NESTING + 2, 500, 5_000, 200_000])
def test_more_levels_are_refused_however_many(levels, kind):
    assert "nested too deeply; 20 levels are the most" in refusal(nested_quickly(levels, kind))


def nested_quickly(levels: int, kind: str) -> str:
    opened, closed = {"lists": ("[", "]"), "objects": ('{"a":', "}"), "mixed": ('[{"a":', "}]")}[kind]
    return opened * levels + "0" + closed * levels


@pytest.mark.parametrize("body", ["[" * 200_000, '{"a":' * 200_000, "[[" * 100_000 + "]" * 3])
def test_levels_that_are_never_closed_are_refused(body):
    refusal(body)


def test_a_deep_branch_beside_many_shallow_ones_is_found():
    shallow = ", ".join(["[1, {}]"] * 1000)
    assert "nested too deeply" in refusal(f"[{shallow}, {nested(MOST_NESTING)}, {shallow}]")


@pytest.mark.parametrize("digits", [4_301, 10_000, 5_000_000])
def test_a_whole_number_of_thousands_of_digits_is_refused(digits):
    for body in ("9" * digits, f'{{"tenure": -{"9" * digits}}}'):
        assert refusal(body) == "A number in the body has thousands of digits. Send a number that fits."


def test_a_whole_number_that_python_reads_is_read_exactly():
    assert loads(b"9" * 4300) == 10**4300 - 1


def test_a_long_fraction_is_read_to_the_last_bit():
    assert loads(b"0." + b"3" * 100_000) == 1 / 3 and loads(b"1e-999999") == 0 and loads(b"-0.0").hex() == "-0x0.0p+0"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_another_encoding_is_refused(encoding):
    refusal('{"name": "Zoë"}'.encode(encoding))


# How a value is shown


@given(VALUES | st.text(st.characters(), max_size=300))
def test_whatever_is_shown_is_short_and_can_be_sent(value):
    text = shown(value)
    assert text.encode() and text.isprintable() and len(text) <= 40 * 10 + 2


def test_a_value_is_shown_as_json_has_it_so_that_its_type_shows():
    assert (shown("a"), shown(1.5), shown(None), shown("1.5")) == ('"a"', "1.5", "null", '"1.5"')
    assert (shown(True), shown([None]), shown({"a": None}), shown('"\n')) == ("true", "a list", "an object", r'"\"\n"')
    assert shown("x" * 41) == json.dumps("x" * 39 + "…", ensure_ascii=False)


def test_a_second_byte_order_mark_is_refused_without_a_word_of_python():
    with pytest.raises(RequestError, match="not JSON") as refused:
        loads(codecs.BOM_UTF8 * 2 + b"{}")
    assert "utf-8-sig" not in str(refused.value)
