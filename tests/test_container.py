"""The image: what the Dockerfile copies is there, and nothing else reaches it. Building it takes minutes; these laws take none."""

import re
import tomllib
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from churn_core.api.hosts import read

ROOT = Path(__file__).resolve().parent.parent

STATE_AND_SECRETS = [  # none of it is in a fresh clone, all of it lies beside the code sooner or later
    ".git/config",
    ".env",
    ".venv/bin/python",
    ".streamlit/secrets.toml",
    "data/Telco-Customer-Churn.csv",
    "data/churn.db",
    "data/own/ours.csv",
    "models/production.json",
    "models/20260101T000000-logistic/model.pickle",
    "models/.comparing/plain.json",
    "churn_core/__pycache__/settings.cpython-311.pyc",
    "pages/parts/__pycache__/frame.cpython-311.pyc",
]


# What Docker reads


def instructions() -> list[str]:
    """The Dockerfile, one instruction an item: without comments, lines that go on joined."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    return [line.strip() for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]


def copied() -> list[str]:
    """The sources of each COPY and ADD that takes from the context, not from another stage."""
    found = []
    for instruction in instructions():
        word, *rest = instruction.split()
        if word in ("COPY", "ADD") and not any(part.startswith("--from=") for part in rest):
            *sources, _ = [part for part in rest if not part.startswith("--")]
            found += sources
    return found


def patterns(text: str) -> list[tuple[bool, re.Pattern[str]]]:
    """The lines of a .dockerignore, in order: whether the line is an exception (``!``), and what it matches.

    ``*`` and ``?`` stop at a slash, ``**`` does not. Other signs stand for themselves: the file uses no classes and no escapes.
    https://docs.docker.com/build/concepts/context/#dockerignore-files
    """
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    read = []
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern or line.startswith("#"):
            continue
        assert not set(pattern) & set("[]\\"), f"this reader knows no classes and no escapes: {line}"
        exception = pattern.startswith("!")
        parts = re.split(r"(\*\*/|\*\*|\*|\?)", str(PurePosixPath(pattern.removeprefix("!").strip().lstrip("/"))))
        read.append((exception, re.compile("".join(wild.get(part, re.escape(part)) for part in parts))))
    return read


def kept(path: str, lines: list[tuple[bool, re.Pattern[str]]]) -> bool:
    """Whether a file is in the context: the last line decides that matches it or one of the folders it is in."""
    places = [path, *(str(parent) for parent in PurePosixPath(path).parents if parent.name)]
    decisions = [exception for exception, pattern in lines if any(map(pattern.fullmatch, places))]
    return decisions[-1] if decisions else True


@cache
def ours() -> list[tuple[bool, re.Pattern[str]]]:
    return patterns((ROOT / ".dockerignore").read_text())


def packages(path: str) -> dict[str, str]:
    """The lines of a requirements file by package."""
    lines = (ROOT / path).read_text().splitlines()
    return {re.split(r"[\[=]", line)[0]: line for line in lines if line and not line.startswith(("#", "-r "))}


# The laws


@pytest.mark.parametrize(
    ("text", "path", "in_context"),
    [
        ("", "a/b", True),
        ("a", "a/b/c", False),  # a folder takes along what is in it
        ("b", "a/b", True),  # a pattern begins at the root, unlike one of git
        ("/a/", "a/b", False),
        ("*.md", "a/x.md", True),
        ("**/*.md", "a/b/x.md", False),
        ("**/*.md", "x.md", False),
        ("a/**", "a/b/c", False),
        ("a?c", "a/c", True),
        ("# a", "a", True),
        ("*", ".hidden", False),
        ("a\n!a/b", "a/b", True),  # an exception holds inside a folder that is left out, unlike one of git
        ("a\n!a/b", "a/c", False),
        ("!a/b\na", "a/b", False),  # the last line wins
        ("*\n!a\n**/c", "a/b/c/d", False),
    ],
)
def test_dockerignore_is_read_as_docker_reads_it(text, path, in_context):
    assert kept(path, patterns(text)) is in_context


@pytest.mark.parametrize("source", copied())
def test_what_the_dockerfile_copies_is_there_and_is_not_ignored(source):
    place = ROOT / source
    files = (
        [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    )
    assert files, f"{source} is not in the tree, or holds no file"
    assert [str(path) for path in files if not kept(path.relative_to(ROOT).as_posix(), ours())] == []


def test_the_context_holds_nothing_that_is_not_copied():
    files = [path.relative_to(ROOT).as_posix() for depth in ("*", "*/*") for path in ROOT.glob(depth) if path.is_file()]
    assert "tests/conftest.py" in files and "models/README.md" in files
    sources = copied()
    surplus = [path for path in files if kept(path, ours()) and not any(PurePosixPath(path).is_relative_to(s) for s in sources)]
    assert surplus == []


@pytest.mark.parametrize("path", STATE_AND_SECRETS)
def test_state_secrets_and_history_never_reach_the_builder(path):
    assert not kept(path, ours())


def test_the_image_has_the_packages_of_the_product_and_no_others():
    installed = re.findall(r"pip3? install (?:--\S+ )*([^&|;\n]*)", "\n".join(instructions()))
    assert installed == ["-r requirements.txt"]
    assert not re.search(r"^-", (ROOT / "requirements.txt").read_text(), re.MULTILINE), "requirements.txt stands alone"


def test_the_tests_packages_come_on_top_of_the_products():
    assert (ROOT / "tests/requirements.txt").read_text().splitlines()[0] == "-r ../requirements.txt"
    product, tests = packages("requirements.txt"), packages("tests/requirements.txt")
    assert {"pytest", "hypothesis", "mypy", "ruff"} <= set(tests) and not set(product) & set(tests)


def test_the_dashboard_binds_loopback_and_the_container_every_address():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert config["server"]["address"] == "127.0.0.1" and config["browser"]["serverAddress"] == "localhost"
    starts = [line for line in instructions() if line.startswith("CMD")]
    assert len(starts) == 1 and "--server.address=0.0.0.0" in starts[0]


def test_the_containers_health_check_and_the_published_port_name_loopback():
    check = next(line for line in instructions() if line.startswith("HEALTHCHECK"))
    asked = re.findall(r"http://([^/']+)/health", check)
    assert asked == ["127.0.0.1:8501"] and all(name is not None and name.is_loopback for name in map(read, asked))


@pytest.mark.parametrize("path", ["requirements.txt", "tests/requirements.txt"])
def test_each_package_is_pinned_with_what_it_is_for(path):
    for line in packages(path).values():
        assert re.fullmatch(r'[a-z0-9-]+(\[[a-z]+\])?==[0-9.]+(; sys_platform [!=]= "linux")? +# \S.*', line), line
