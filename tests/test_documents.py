"""The documents say only what is there: their files, sections, names, commands, options and settings exist."""

import contextlib
import functools
import importlib
import io
import re
import shlex
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.cli import main
from churn_core.model.compare import ALL
from pages.parts.people import RIGHTS

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent
HIDDEN = (".ci", ".github", ".streamlit")  # the dot-folders that belong to the project
NOT_BUILT = "Not built yet"

# Paths that documents name and that the product makes, or whoever runs it, or who follows a recipe.
MADE_LATER = (
    ".streamlit/secrets.toml",
    "data/churn.db",
    "data/churn.db.before-N",
    "data/logs/churn.jsonl",
    "data/own",
    "pages/tariffs.py",
    "tariffs.py",
)
# Of pip, docker, streamlit, ruff, Chromium and the benchmarks.
FOREIGN_OPTIONS = {
    "--no-deps",
    "--read-only",
    "--tmpfs",
    "--server.port",
    "--server.address",
    "--check",
    "--no-sandbox",
    "--short",
    "--renew",
}

CITED = re.compile(r"\b([A-Z][A-Z_]{3,}\.md)\b(?: §(\d+(?:\.\d+)?)|, \*([^*]+)\*)?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?<![\w/.:@-])((?:\.?[\w-]+/)+[\w.*-]*|[\w-]+\.(?:py|md|toml|txt))(?![\w/])")
SOURCE = re.compile(r"\.(py|md|toml|txt)$")
DOTTED = re.compile(r"\bchurn_core(?:\.[A-Za-z_]\w*)+")
SETTING = re.compile(r"\b(CHURN_[A-Z_]+|DATABASE_URL)\b")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z.-]*")
EXAMPLE = re.compile(r"(?:^|`) *python -m churn_core ([a-z][^`\n]*)", re.MULTILINE)
HELP_ROW = re.compile(r"^  (?! )(.+?)(?: {2,}|\n {20,})(\S.*)$|^  (?! )(\S+)$", re.MULTILINE)


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
README, CONTRIBUTING = ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md"
CONTRACT, OPERATING = ROOT / "churn_core" / "api" / "CONTRACT.md", ROOT / "churn_core" / "api" / "OPERATING.md"
COMMANDS = ROOT / "churn_core" / "cli" / "COMMANDS.md"
ECONOMICS = ROOT / "churn_core" / "campaign" / "ECONOMICS.md"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

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
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said), pytest.raises(SystemExit) as end:
        patch.setenv("COLUMNS", "1000")  # a row of the help is a line then
        main([*command, "--help"])
    assert end.value.code == 0
    return said.getvalue()


@functools.cache
def commands() -> dict[str, str]:
    """Each command with its help."""
    return {name: help_of(name) for name in re.findall(r"^    ([a-z]\S*)", help_of(), re.MULTILINE)}


def options(command: str) -> dict[str, str]:
    """Each argument of a command as its help writes it → what it means, but for what every command has."""
    said = commands()[command].split("\n\n", 2)[2]
    rows = {first or alone: means for first, means, alone in HELP_ROW.findall(said)}
    return {name: means for name, means in rows.items() if name not in ("-h, --help", "--json")}


def table(text: str) -> dict[str, str]:
    """The rows of a table: first cell, without its marks → second cell."""
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]*?) *\|", text, re.MULTILINE))


def all_options() -> set[str]:
    return {option for said in commands().values() for option in OPTION.findall(said)}


def settings_read() -> set[str]:
    product = [path for path in SOURCES if shown(path).split("/")[0] in ("churn_core", "pages", "app.py")]
    read = {name for path in product for name in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', text(path))}
    return {name for name in read if SETTING.fullmatch(name)}


def test_the_contract_names_every_command_and_no_other():
    rows = re.findall(r"^\| (`.+?`) \|", section(CONTRACT, "Command line: `python -m churn_core COMMAND`"), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z]+(?:-[a-z]+)*)", row)} == set(commands())


def test_the_contract_names_every_option_and_no_other():
    assert set(OPTION.findall(built(CONTRACT))) - FOREIGN_OPTIONS == all_options() - {"--help"}


@pytest.mark.parametrize("path", [CONTRACT, OPERATING], ids=shown)
def test_the_contract_and_the_page_for_who_runs_it_name_every_setting_and_no_other(path):
    assert set(SETTING.findall(built(path))) == settings_read()


@each_document
def test_an_option_and_a_setting_that_a_document_names_exist(path):
    assert set(OPTION.findall(built(path))) <= all_options() | FOREIGN_OPTIONS
    assert set(SETTING.findall(built(path))) <= settings_read()


@each_document
def test_an_example_is_a_command_with_options_that_it_has(path):
    for line in EXAMPLE.findall(built(path)):
        name, *rest = shlex.split(line, comments=True)
        assert name in commands(), line
        assert {word for word in rest if word.startswith("--")} <= set(OPTION.findall(commands()[name])), line


def test_the_page_of_commands_says_what_help_says():
    listed = dict(re.findall(r"^    ([a-z]\S*)\s+(\S.*)$", help_of(), re.MULTILINE))
    assert table(text(COMMANDS).split("\n## ")[0]) == listed


@pytest.mark.parametrize("command", list(commands()))
def test_the_page_of_commands_says_every_option_as_help_does(command):
    said, written = options(command), table(section(COMMANDS, command))
    for shared, one in (("Campaign options", "--retention-cost RETENTION_COST"), ("Column options", "--target C")):
        written |= table(section(COMMANDS, shared)) if one in said else {}
    assert written.keys() == said.keys()
    assert {name: written[name] for name in said if said[name]} == {name: means for name, means in said.items() if means}


def test_the_rights_of_the_page_for_who_runs_it_are_those_that_there_are():
    assert set(table(section(OPERATING, "People"))) == {"claim", *RIGHTS}
    for code in re.findall(r"```toml\n(.*?)```", text(OPERATING), re.DOTALL):
        assert tomllib.loads(code)["people"].keys() == {"claim", *RIGHTS}


def test_the_readme_starts_the_product_and_its_tests_as_the_contract_does():
    product, tests, _, container = re.findall(r"^\| .+? \| `(.+?)`", section(CONTRACT, "Start"), re.MULTILINE)[:4]
    assert f"\n{product}\n{tests}\n" in text(README)
    assert container.removesuffix(" churn") in text(README)


def test_the_tree_of_the_readme_has_every_room_and_no_other():
    rooms = re.findall(r"^  (?:(\w+)/  )?(\w+)/ ", section(README, "Where things are"), re.MULTILINE)
    there = {path.name for path in (ROOT / "churn_core").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {name for pair in rooms for name in pair if name} == there


def test_what_the_readme_calls_by_name_is_on_a_page():
    pages = " ".join(text(path) for path in SOURCES if shown(path).startswith("pages/"))
    called = set(re.findall(r"(?<![*\w])\*([A-Z][^*\n]+)\*(?!\*)", text(README)))
    assert called and {name for name in called if f'"{name}"' not in pages and not has_title(OPERATING, name)} == set()
    assert len(ALL) == 16 and "sixteen candidates" in text(README)


def test_contributing_has_the_floors_and_markers_of_the_project():
    floors = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    written = section(CONTRIBUTING, "Rooms and floors").split("```")[1].strip().split("\n")
    assert [line.split() for line in written] == [re.findall(r"(\w+)(?: \||$)", floor) for floor in floors]
    markers = {line.split(":")[0] for line in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    assert set(table(section(CONTRIBUTING, "Set-up"))) == markers


def test_the_checks_of_contributing_are_those_of_ci():
    lines = section(CONTRIBUTING, "What is checked").split("```")[1].split("\n")[1:-1]
    for check in [check.strip() for line in lines for check in line.split("#")[0].split("&&")]:
        assert f"\n{check}" in text(ROOT / ".ci" / "run"), check


@each_document
def test_a_package_that_a_document_installs_is_the_one_that_the_project_names(path):
    pinned = [line for name in ("requirements.txt", "tests/requirements.txt") for line in text(ROOT / name).split()]
    pinned += [package for group in PROJECT["dependency-groups"].values() for package in group]
    assert set(re.findall(r"\b[\w-]+==[\d.]+\b", text(path))) <= set(pinned)


def test_what_the_contract_lets_others_import_can_be_called():
    names = DOTTED.findall(section(CONTRACT, "Names that code outside may import"))
    assert names and [name for name in names if not callable(resolved(name))] == []


def test_the_words_of_the_economics_are_those_of_a_campaign_with_its_defaults():
    rows = re.findall(r"^\| `(\w+)`.*\| *([^|]*?) *\|$", section(ECONOMICS, "Words"), re.MULTILINE)
    defaults = dict(rows)
    for field in (*fields(Campaign), *fields(Objective)):
        assert field.name in defaults
        if field.default is not None:
            assert type(field.default)(defaults[field.name].strip("`")) == field.default, field.name
