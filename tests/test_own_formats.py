"""Nobody formats a number by themselves: pages, charts, commands and sentences take churn_core.formats."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORMATS_PY = ROOT / "churn_core" / "formats.py"
SOURCES = sorted(path for path in (*(ROOT / "churn_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")) if path != FORMATS_PY)
SHOWN = ("pages/", "churn_core/charts/", "churn_core/cli/")  # what people read is written there
NUMERIC = re.compile(r"[eEfFgGn%]$|[,_]|^\W*\+")  # in a format: a rounding, a sign, thousands; not a width or a place
OF_TIME = re.compile(r"%[A-Za-z]")
IN_PLOTLY = re.compile(r"%\{[^{}|]*:[^{}]+\}")
SPACED = re.compile(r"[\d}] %(?![\w{])|\w\(s\)")
MENDS = re.compile(r"[Ww]rite (\d+|\{\}) % as|like [\d.]+ for \d+ %")  # CONTRACT.md and ECONOMICS.md promise these words

ALLOWED = {  # what is no number for people, each with its reason
    "churn_core/campaign/economics.py": "what was given and what to write instead, in the words that CONTRACT.md promises",
    "churn_core/cli/common.py": "a default as it is typed",
    "churn_core/cli/columns.py": "an option as it was typed",
    "churn_core/data/cleaning/number_values.py": "the bounds of a column to the last digit",
    "churn_core/data/cleaning/values.py": "a flag as files write it",
    "churn_core/model/version.py": "a distance of floats, too small for decimals",
}


def shown_path(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def docstrings(tree: ast.Module) -> set[int]:
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    return {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}


def own_formats(tree: ast.Module, counts_too: bool) -> list[str]:
    """Every format of a number in f-strings, in ``format`` and in the templates of Plotly, as line and format."""
    found = []
    for node in ast.walk(tree):
        spec = None
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "format":
            spec = node.args[1].value if len(node.args) > 1 and isinstance(node.args[1], ast.Constant) else None
        elif isinstance(node, ast.keyword) and node.arg is not None and node.arg.endswith("tickformat"):
            spec = node.value.value if isinstance(node.value, ast.Constant) else None
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_PLOTLY.search(node.value):
            spec = "%"
        if spec and NUMERIC.search(spec) and not OF_TIME.search(spec) and (counts_too or spec != ","):
            found.append(f"line {getattr(node, 'lineno', '?')}: {spec}")
    return found


def spaced(tree: ast.Module) -> list[str]:
    """Texts with a space before % or with "(s)" for a plural."""
    told, inner = docstrings(tree), set()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told | inner:
            text = node.value
        else:
            continue
        if SPACED.search(MENDS.sub("", text)):
            found.append(f"line {node.lineno}: {text}")
    return found


@pytest.mark.parametrize("path", [path for path in SOURCES if shown_path(path) not in ALLOWED], ids=shown_path)
def test_nobody_formats_a_number_by_themselves(path):
    # Of a sentence of the core: a count in an error is a whole number that is never negative, and may part its thousands.
    assert own_formats(parsed(path), counts_too=shown_path(path).startswith(SHOWN)) == []


@pytest.mark.parametrize("path", SOURCES, ids=shown_path)
def test_percent_follows_its_number_and_no_plural_is_in_brackets(path):
    assert spaced(parsed(path)) == []


def test_what_is_allowed_is_there_and_needs_it():
    for path in SOURCES:
        if shown_path(path) in ALLOWED:
            assert own_formats(parsed(path), counts_too=True), path
    assert set(ALLOWED) <= set(map(shown_path, SOURCES))


@pytest.mark.parametrize(
    "source",
    ['f"{x:.0%}"', 'f"{x:,}"', 'f"{x:+.2f}"', 'f"{x:g}"', 'format(x, ".1%")', 'f(tickformat="~s,")', 'f(hover="%{y:,.0f} up")'],
)
def test_an_own_format_is_found(source):
    assert own_formats(ast.parse(source), counts_too=True)


@pytest.mark.parametrize("source", ['f"{x:>8}"', 'f"{x:28}"', 'f"{at:%Y-%m-%d}"', 'f(hover="%{y} up")', "f(tickformat=COUNT)"])
def test_a_width_and_a_time_are_no_format_of_a_number(source):
    assert own_formats(ast.parse(source), counts_too=True) == []


@pytest.mark.parametrize("source", ['x = "95 % interval"', 'f"{x} % left"', 'x = "3 row(s)"'])
def test_a_space_before_percent_is_found(source):
    assert spaced(ast.parse(source))
    assert spaced(ast.parse('f"Write {x} % as {y}."')) == []
