"""What people and programs write where there is nothing. A schema may mean something by such a word; then it is that value."""

# The list of `pandas.read_csv` (`na_values`), and what databases, statistics packages, Excel (pivot tables, and the dash of its
# accounting format; #NV and #N/D are its #N/A in German, French and others), Python, JavaScript, Ruby and typists write.
_PROGRAMS = "nan -nan nat na <na> n/a #n/a #na #nv #n/d null (null) [null] <null> undefined none (none) nil \\n (blank) ."
_DASHES = "- -- – — −"
_ACCOUNTS = (
    dash.join(sides) for dash in _DASHES.split() for sign in "$€£" for sides in ((sign, ""), (f"{sign} ", ""), ("", f" {sign}"))
)

# In lower case, and without digits, so that an id with a digit needs no look.
NOTHING = frozenset({"", "n.a.", "n.a", "n. a.", "n/a.", *_PROGRAMS.split(), *_DASHES.split(), *_ACCOUNTS})


def is_nothing(words: str) -> bool:
    """Whether ``words`` stand for no value; letter case, spaces around them and the apostrophe of results do not matter.

    >>> [is_nothing(words) for words in ("NULL", " $ -   ", "'-", "", "?", "No")]
    [True, True, True, True, False, False]
    """
    return " ".join(words.strip().removeprefix("'").split()).lower() in NOTHING


def is_no_total(words: str) -> bool:
    """Whether ``words`` leave a total charge to be worked out: those that stand for nothing, and a question mark."""
    return is_nothing(words) or words.strip().removeprefix("'") == "?"
