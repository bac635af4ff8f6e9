"""The documents say only what is there: their files, sections, names, commands, options and settings exist."""

import contextlib
import functools
import importlib
import io
import re
from dataclasses import fields
from pathlib import Path

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.cli import main

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent
HIDDEN = (".ci", ".github", ".streamlit")  # the dot-folders that belong to the project
NOT_BUILT = "Not built yet"

# Paths that documents name and that the product makes, or that whoever runs it writes.
MADE_LATER = (
    ".streamlit/secrets.toml",
    "data/churn.db",
    "data/logs/churn.jsonl",
    "data/own",
)
FOREIGN_OPTIONS = {"--no-deps", "--read-only", "--tmpfs"}  # of pip and docker

CITED = re.compile(r"\b([A-Z][A-Z_]{3,}\.md)\b(?: §(\d+(?:\.\d+)?)|, \*([^*]+)\*)?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?<![\w/.:@-])((?:\.?[\w-]+/)+[\w.*-]*|[\w-]+\.(?:py|md|toml|txt))(?![\w/])")
SOURCE = re.compile(r"\.(py|md|toml|txt)$")
DOTTED = re.compile(r"\bchurn_core(?:\.[A-Za-z_]\w*)+")
SETTING = re.compile(r"\b(CHURN_[A-Z_]+|DATABASE_URL)\b")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def belongs(path: Path) -> bool:
    """Whether a file is the project's own, and neither state nor made by a tool."""
    folders = path.relative_to(ROOT).parts[:-1]
    foreign = ("__pycache__", "node_modules", "build", "dist", "venv")
    state = folders[:1] in (("data",), ("models",)) and len(folders) > 1
    return not state and not any(name in foreign or (name.startswith(".") and name not in HIDDEN) for name in folders)


def found(*endings: str) -> list[Path]:
    files = (path for path in ROOT.rglob("*") if path.is_file() and belongs(path))
    return sorted(path for path in files if path != HERE and shown(path).endswith(endings))


DOCUMENTS = found(".md")
SOURCES = found(".py", ".js", ".css", ".html", ".toml", ".txt", ".yml", "Dockerfile", ".ci/run")
CONTRACT = ROOT / "churn_core" / "api" / "CONTRACT.md"
ECONOMICS = ROOT / "churn_core" / "campaign" / "ECONOMICS.md"

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=shown)


@functools.cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def in_a_line(path: Path) -> str:
    """The text with a single space wherever a line is broken, so that a citation over two lines is one."""
    return re.sub(r"\s+", " ", text(path))


def headings(path: Path) -> list[tuple[int, str]]:
    plain = re.sub(r"^ *```.*?^ *```", "", text(path), flags=re.MULTILINE | re.DOTALL)
    return [(len(marks), words) for marks, words in re.findall(r"^(#+) (.+?) *$", plain, re.MULTILINE)]


def section(path: Path, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    level = next(level for level, words in headings(path) if words == heading)
    rest = text(path).split(f"\n{'#' * level} {heading}\n", 1)[1]
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def built(path: Path) -> str:
    """What a document tells as a fact."""
    return text(path).split(f"\n## {NOT_BUILT}\n")[0]


def named(name: str) -> list[Path]:
    return [path for path in DOCUMENTS if path.name == name]


def has_number(path: Path, number: str) -> bool:
    """Whether a document has section 5, or 5.3: a paragraph that begins so, or the third point of section 5."""
    whole, _, part = number.partition(".")
    titles = [words for _, words in headings(path) if words.startswith(f"{whole}. ")]
    if not titles or not part:
        return bool(titles)
    return f"**{number} " in text(path) or re.search(rf"^{part}\. ", section(path, titles[0]), re.MULTILINE) is not None


def has_title(path: Path, title: str) -> bool:
    """A heading, or a paragraph that begins with these words in bold."""
    return title in [words for _, words in headings(path)] or f"**{title}.**" in text(path)


def missing_citations(path: Path) -> list[str]:
    missing = []
    for name, number, title in CITED.findall(in_a_line(path)):
        cited = named(name)
        fine = bool(cited) and (not number or has_number(cited[0], number)) and (not title or has_title(cited[0], title))
        missing += [] if fine else [f"{name} {number or title}".strip()]
    return missing


def test_no_two_documents_have_one_name():
    names = [path.name for path in DOCUMENTS if path.name != "README.md"]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_a_document_that_code_cites_exists_with_the_section(path):
    assert missing_citations(path) == []


@each_document
def test_a_document_that_a_document_cites_exists_with_the_section(path):
    assert missing_citations(path) == []


@each_document
def test_a_section_that_a_document_cites_of_itself_exists(path):
    own = re.sub(r"\.md §\d+(\.\d+)?", "", in_a_line(path))
    numbers = [number for number in re.findall(r"§(\d+(?:\.\d+)?)", own) if not has_number(path, number)]
    titles = [title for title in re.findall(r"\bsee \*([^*]+)\*", own) if not has_title(path, title)]
    assert numbers + titles == []


@pytest.mark.parametrize("path", [path for path in SOURCES if "README, " in text(path)], ids=shown)
def test_a_section_of_the_readme_that_the_product_names_exists(path):
    titles = re.findall(r"README, ([A-Z]\w+)\b", text(path))
    assert [title for title in titles if not has_title(ROOT / "README.md", title)] == []


@each_document
def test_a_link_leads_to_a_file_of_the_tree(path):
    own = [link for link in LINK.findall(text(path)) if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in own if not (path.parent / link.split("#")[0]).exists()] == []


@each_document
def test_a_path_in_code_is_there(path):
    """From the top, from the folder of the document, or, of a name alone, anywhere."""
    code = " ".join(CODE.findall(text(path)))
    assert [name for name in PATH.findall(code) if is_own(name) and not is_there(name, path.parent)] == []


def is_own(name: str) -> bool:
    top, slash, _ = name.partition("/")
    return bool(SOURCE.search(name)) or (bool(slash) and (ROOT / top).is_dir())


def is_there(name: str, folder: Path) -> bool:
    bare = name.rstrip("/.")
    if bare in MADE_LATER or any(list(start.glob(bare)) for start in (ROOT, folder)):
        return True
    return "/" not in bare and any(path.name == bare for path in (*SOURCES, *DOCUMENTS))


@each_document
def test_a_dotted_name_can_be_imported(path):
    assert [name for name in DOTTED.findall(text(path)) if resolved(name) is None] == []


def resolved(name: str) -> object:
    """What a dotted name stands for, as an importer would get it; ``None`` where it stands for nothing."""
    first, *rest = name.split(".")
    thing, so_far = importlib.import_module(first), first
    for part in rest:
        so_far = f"{so_far}.{part}"
        if not hasattr(thing, part):
            try:
                importlib.import_module(so_far)
            except ImportError:
                return None
        thing = getattr(thing, part)
    return thing


@each_document
def test_what_is_not_built_yet_comes_last(path):
    titles = [words for level, words in headings(path) if level == 2]
    assert NOT_BUILT not in [words for level, words in headings(path) if level != 2]
    assert NOT_BUILT not in titles[:-1]


def help_of(*command: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit) as end:
        main([*command, "--help"])
    assert end.value.code == 0
    return said.getvalue()


@functools.cache
def commands() -> dict[str, str]:
    """Each command with its help."""
    return {name: help_of(name) for name in re.findall(r"^    ([a-z]\S*)", help_of(), re.MULTILINE)}


def test_the_contract_names_every_command_and_no_other():
    rows = re.findall(r"^\| (`.+?`) \|", section(CONTRACT, "Command line: `python -m churn_core COMMAND`"), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z]+)", row)} == set(commands())


def test_the_contract_names_every_option_and_no_other():
    promised = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", built(CONTRACT))) - FOREIGN_OPTIONS
    offered = {option for said in commands().values() for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", said)}
    assert promised == offered - {"--help"}


def test_the_contract_names_every_setting_and_no_other():
    product = [path for path in SOURCES if shown(path).split("/")[0] in ("churn_core", "pages", "app.py")]
    read = {name for path in product for name in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', text(path))}
    assert set(SETTING.findall(built(CONTRACT))) == {name for name in read if SETTING.fullmatch(name)}


def test_what_the_contract_lets_others_import_can_be_called():
    names = DOTTED.findall(section(CONTRACT, "Names that code outside may import"))
    assert names and [name for name in names if not callable(resolved(name))] == []


def test_the_words_of_the_economics_are_those_of_a_campaign_with_its_defaults():
    rows = re.findall(r"^\| `(\w+)`.*\| *([^|]*?) *\|$", section(ECONOMICS, "Words"), re.MULTILINE)
    defaults = dict(rows)
    for field in (*fields(Campaign), *fields(Objective)):
        assert field.name in defaults
        if field.default is not None:
            assert float(defaults[field.name]) == field.default, field.name
