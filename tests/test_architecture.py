"""What no file may do. Who may import whom is checked by import-linter, whose contracts stand in pyproject.toml."""

import ast
import functools
import re
from pathlib import Path

import pytest

from churn_core.schema.telco import TELCO

ROOT = Path(__file__).resolve().parent.parent

SPELLS_COLUMNS = ("churn_core/schema/telco.py", "churn_core/model/terms.py")
NAMES_TELCO = {  # where a sample, a first version, or what came before schemas needs it; all others are given their schema
    "churn_core/application/train_version.py",
    "churn_core/application/training_file.py",
    "churn_core/application/versions.py",
    "churn_core/application/workspace.py",
    "churn_core/cli/data.py",
    "churn_core/cli/train.py",
    "churn_core/cli/versions.py",
    "churn_core/data/clean.py",
    "churn_core/data/dataset.py",
    "churn_core/model/candidates.py",
    "churn_core/model/registry.py",
    "churn_core/schema/as_json.py",
}
ROLE_WORDS = {"tenure"}  # words of the house that a column happens to be called by

CORE = sorted((ROOT / "churn_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
FILES = [*CORE, *PAGES, ROOT / "app.py"]
FRAME = ROOT / "pages" / "parts" / "frame.py"


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or path.is_dir()


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """The full name of everything that is imported anywhere in the file, functions included."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(path)}:{node.lineno} imports relatively; write the whole name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if is_module(whole) else node.module)
    return frozenset(found)


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(part + ".")


def uses(path: Path, package: str) -> bool:
    return any(within(name, package) for name in imports(path))


@pytest.mark.parametrize("path", CORE, ids=shown)
def test_the_core_knows_no_streamlit(path):
    assert not uses(path, "streamlit")


@pytest.mark.parametrize("path", [path for path in CORE if path.parent.name != "charts"], ids=shown)
def test_only_charts_draw(path):
    assert not uses(path, "plotly")


@pytest.mark.parametrize("path", [path for path in PAGES if path != FRAME], ids=shown)
def test_a_page_knows_no_plotly(path):
    assert not uses(path, "plotly")


def test_the_frame_of_the_pages_names_figures_in_annotations_only():
    assert {name for name in imports(FRAME) if within(name, "plotly")} <= {"plotly.graph_objects"}
    nodes = list(ast.walk(tree(FRAME)))
    alias = next(a.asname for n in nodes if isinstance(n, ast.Import) for a in n.names if within(a.name, "plotly"))
    annotations = [getattr(node, field, None) for node in nodes for field in ("annotation", "returns")]
    annotated = {ast.dump(n, include_attributes=True) for a in annotations if a for n in ast.walk(a)}
    used = [n for n in nodes if isinstance(n, ast.Name) and n.id == alias]
    assert used and all(ast.dump(n, include_attributes=True) in annotated for n in used)


@pytest.mark.parametrize("path", [path for path in PAGES if path != FRAME], ids=shown)
def test_a_page_handles_no_errors_itself(path):
    assert not [node.lineno for node in ast.walk(tree(path)) if isinstance(node, (ast.Try, ast.TryStar))]


@pytest.mark.parametrize("path", [path for path in CORE if shown(path) not in SPELLS_COLUMNS], ids=shown)
def test_the_core_spells_no_column_name(path):
    names = {column.name for column in TELCO.columns} - ROLE_WORDS
    spelt = [
        f"line {node.lineno}: {node.value}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names
    ]
    assert spelt == []


@pytest.mark.parametrize("path", [path for path in FILES if shown(path) not in NAMES_TELCO], ids=shown)
def test_who_needs_a_schema_is_given_one(path):
    assert not uses(path, "churn_core.schema.telco")


KINDS = (".js", ".css", ".html")
LIVE = sorted(path for room in ("churn_core", "pages") for path in (ROOT / room / "live").iterdir() if path.suffix in KINDS)
ADDRESS = re.compile(r"""[a-z]+://[^\s'"`)]*|(?<![:\w])//\w[\w.-]*\.\w+[^\s'"`)]*""", re.IGNORECASE)
NAMES_ONLY = {"http://www.w3.org/2000/svg"}  # the name of a language: nothing is fetched from there


def test_what_the_browser_runs_comes_in_all_its_kinds():
    assert {path.suffix for path in LIVE} == set(KINDS)


@pytest.mark.parametrize("path", LIVE, ids=shown)
def test_what_the_browser_runs_knows_no_outside_address(path):
    content = path.read_text(encoding="utf-8")
    assert [found for found in ADDRESS.findall(content) if found not in NAMES_ONLY] == []
    assert not re.search(r"@import|\bimport\s*[({'\"*]|XMLHttpRequest|WebSocket|\bfetch\s*\(", content)


@pytest.mark.parametrize("text", ["https://a.b/c.js", "url(//cdn.x.org/f.css)", "ws://x", "src='//cdn.x.org/f.js'"])
def test_an_outside_address_is_found(text):
    assert ADDRESS.search(text)
