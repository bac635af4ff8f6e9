"""Each recipe of CONTRIBUTING.md is carried out on a copy of the checkout, with its own code, and does what it says."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churn_core.campaign.plan import Plan
from churn_core.cli import main
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.model.explain import explain
from churn_core.model.reasons import top_reasons
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store

ROOT = Path(__file__).resolve().parent.parent
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
PARTS = ("churn_core", "pages", "app.py", ".streamlit")
RECIPES = CONTRIBUTING.split("## How to add the usual things")[1].split("\n## ")[0]

COSTS = ("--retention-cost 25", "--retention-cost 10")  # what the recipe makes the default, and what was

pytestmark = pytest.mark.slow

RUN_COMMANDS = """
import json, sys
from churn_core.cli import main
sys.exit(any(main(argv) for argv in json.loads(sys.argv[1])))
"""
OPEN_PAGE = """
import json, sys
import streamlit as st
from streamlit.testing.v1 import AppTest
type(st.context).ip_address = None  # the driver has no browser and so no address
at = AppTest.from_file("pages/navigation.py", default_timeout=120).run()
at.switch_page(sys.argv[1]).run()
print(json.dumps({
    "failed": [each.value for each in (*at.exception, *at.error)],
    "titles": [each.value for each in (*at.title, *at.header)],
    "sliders": {each.key: each.value for each in at.slider},
    "metrics": {each.label: each.value for each in at.metric},
}))
"""


def recipe(name: str) -> list[str]:
    """The pieces of code that the recipe tells to write, in their order."""
    (text,) = [text for text in RECIPES.split("\n### ") if text.startswith(f"{name}\n")]
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout, and the state it runs on."""

    root: Path
    home: Path

    def write(self, name: str, code: str) -> None:
        (self.root / name).write_text(code, encoding="utf-8")

    def put(self, name: str, code: str, place: str) -> None:
        """Write ``code`` before the first match of ``place``, as far to the right as ``code`` stands."""
        text = (self.root / name).read_text(encoding="utf-8")
        found = re.search(place, text, re.MULTILINE)
        assert found, f"{name} has no {place}"
        self.write(name, text[: found.start()] + code + text[found.start() :])

    def append(self, name: str, opening: str, code: str) -> None:
        """Write ``code`` at the end of the table, tuple or call that ``opening`` begins, with its margin."""
        text, margin = (self.root / name).read_text(encoding="utf-8"), re.match(" *", opening)[0]
        assert text.count(f"\n{opening}") == 1, f"{name} has {text.count(opening)} × {opening}"
        before, rest = text.split(f"\n{opening}")
        inside, after = re.fullmatch(rf"(.*?)(\n{margin}[)}}\]].*|[)}}\]]\n.*)", rest, re.DOTALL).groups()
        more = f"\n{textwrap.indent(code, f'{margin}    ')}".rstrip() if after.startswith("\n") else f" {code.strip()}"
        self.write(name, f"{before}\n{opening}{inside.rstrip(',')},{more}{after}")

    def replace(self, name: str, line: str, code: str) -> None:
        """Write ``code`` in the place of the one line that begins with ``line``."""
        text = (self.root / name).read_text(encoding="utf-8")
        found = re.findall(rf"^( *){re.escape(line)}.*\n", text, re.MULTILINE)
        assert len(found) == 1, f"{name} has {len(found)} lines {line}"
        changed = re.sub(rf"^ *{re.escape(line)}.*\n", lambda _: textwrap.indent(code, found[0]), text, flags=re.MULTILINE)
        self.write(name, changed)

    def python(self, *argv: object) -> str:
        """What a process of the copy prints."""
        env = {**os.environ, "CHURN_HOME": str(self.home), "CHURN_LIVE": "off"}
        env.pop("PYTHONPATH", None)
        done = subprocess.run(
            [sys.executable, *map(str, argv)], check=False, cwd=self.root, env=env, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def commands(self, *lines: str) -> list[dict]:
        """The answers of some commands, in one process."""
        argvs = [[*shlex.split(line), "--json"] for line in lines]
        return [json.loads(answer) for answer in self.python("-c", RUN_COMMANDS, json.dumps(argvs)).splitlines()]

    def page(self, name: str) -> dict:
        shown = json.loads(self.python("-c", OPEN_PAGE, name).splitlines()[-1])  # before it the steps of the start
        assert shown["failed"] == []
        return shown

    def train(self, options: str = "") -> dict:
        """A version as the only one, measured in two rounds instead of twenty; the first is put into production."""
        shutil.rmtree(self.home / "models")
        self.replace("churn_core/settings.py", "FOLDS = ", "FOLDS = 2\n")
        self.replace("churn_core/settings.py", "REPEATS = ", "REPEATS = 1\n")
        (version,) = self.commands(f"train {options}")
        return version

    def score(self, customers: Path) -> pd.DataFrame:
        self.commands(f"score {customers} --output {self.home}/scored.csv")
        return pd.read_csv(self.home / "scored.csv", dtype=str, keep_default_na=False)


def reasons(scored: pd.DataFrame) -> set[str]:
    """Every reason that some customer of a scored file has."""
    return set(scored[["reason_1", "reason_2", "reason_3"]].to_numpy().ravel())


@pytest.fixture
def checkout(workspace_home, tmp_path) -> Checkout:
    root, home = tmp_path / "checkout", tmp_path / "home"
    root.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        else:
            shutil.copy(source, root / name)
    shutil.copytree(workspace_home, home, ignore=shutil.ignore_patterns("churn.db*"))
    return Checkout(root, home)


@pytest.fixture
def customers(tmp_path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_bytes(to_csv(generate(200, seed=2, schema=TELCO).drop(columns=TELCO.target))[0])
    return path


def test_a_default_is_where_the_sliders_start_and_what_the_command_line_takes(checkout):
    (code,) = recipe("A default or a slider's range")
    checkout.replace("churn_core/settings.py", "RETENTION_COST = ", code)
    usual, same, former = checkout.commands(*(f"optimise --curve-points 2 {cost}" for cost in ("", *COSTS)))
    assert usual == same != former
    assert checkout.page("campaign.py")["sliders"]["slider_retention_cost"] == 25


def test_a_term_is_in_the_equation_of_the_next_version_and_in_its_reasons(checkout, workspace, telco_path):
    (code,) = recipe("A term of the model")
    phrases = {TELCO["Partner"].phrase(value) for value in TELCO["Partner"].allowed}
    assert not phrases & reasons(top_reasons(workspace.version.model, workspace.customers, schema=TELCO))
    checkout.append("churn_core/model/terms.py", "TERMS = (", code)
    trained = checkout.train()
    assert trained["terms"][-1]["term"] == "Has a partner"
    assert not phrases & reasons(checkout.score(telco_path))  # it adds nothing (MODELLING.md): the data do not support the words
    model = Registry(checkout.home / "models").load(trained["model_id"]).model
    assert "Partner" in explain(model, workspace.customers, TELCO).effects
    model.evidence = None
    assert phrases & reasons(top_reasons(model, workspace.customers, schema=TELCO))


def test_a_candidate_is_compared_with_the_others_and_can_be_trained(checkout):
    function, name = recipe("A candidate")
    checkout.put("churn_core/model/candidates.py", f"{function}\n\n", "^(# .*\n)?CANDIDATES: ")
    checkout.append("churn_core/model/candidates.py", "CANDIDATES: dict[str, Callable[[Schema], Candidate]] = {", name)
    (compared,) = checkout.commands("evaluate --models loose --folds 2 --repeats 1")
    assert set(compared["models"]) == {"logistic_plain", "loose"}
    assert checkout.train("--model loose")["name"] == "loose"


def test_a_second_segment_has_a_card_on_explore(checkout, workspace):
    (code,) = recipe("A second segment")
    checkout.append("churn_core/schema/telco.py", "    segments=(", code)
    checkout.train()
    shown = checkout.page("explore.py")
    first, second = (shown["titles"].index(name) for name in (TELCO.segments[0].name, "New and uncommitted"))
    assert first < second
    inside = workspace.customers.query("Contract == 'Month-to-month' and PaymentMethod == 'Electronic check'")
    assert shown["metrics"]["Customers"] == f"{len(inside):,}"  # the metrics of the last card


def test_the_words_of_a_reason_are_those_of_the_column_and_other_names_are_understood(checkout, customers):
    phrase, aliases, allowed = recipe("The words of a reason, and other names")
    schema = "churn_core/schema/telco.py"
    checkout.replace(schema, '"Month-to-month": "month-to-month', phrase)
    checkout.replace(schema, 'aliases=("contract type"', aliases)
    checkout.replace(schema, 'allowed=("DSL"', allowed)
    checkout.train()
    table = pd.read_csv(customers, dtype=str, keep_default_na=False).rename(columns={"Contract": "Kind of contract"})
    table.loc[0, "InternetService"] = "satellite"
    table.to_csv(customers, index=False)
    scored = checkout.score(customers)
    assert len(scored) == len(table)
    assert "no fixed term" in reasons(scored) and "month-to-month contract" not in reasons(scored)


def test_an_offer_is_made_to_a_customer_who_has_less(checkout):
    (code,) = recipe("An offer")
    checkout.replace("churn_core/schema/telco.py", '_internet_service("StreamingTV"', code)
    made = checkout.python(
        "-c",
        "import pandas as pd; from churn_core.decisions.what_if import offers; from churn_core.schema.telco import TELCO\n"
        "now = {column.name: 'No' for column in TELCO.columns} | {'Contract': 'Two year'}\n"
        "print(*offers(pd.Series(now), TELCO))",
    )
    assert "StreamingTV" in made.split()


def test_a_page_is_in_the_menu_and_opens(checkout):
    page, line = recipe("A page")
    checkout.write("pages/tariffs.py", page)
    checkout.append("pages/navigation.py", '        "See": [', line)
    (title,) = checkout.page("tariffs.py")["titles"]
    assert re.fullmatch(r"Customers who pay \S+ a month leave most", title)


def test_a_command_is_in_the_help_and_answers(checkout):
    command, line = recipe("A command")
    checkout.write("churn_core/cli/home.py", command)
    checkout.append("churn_core/cli/commands.py", "_COMMANDS = {", line)
    assert "print the folder of all state" in checkout.python("-m", "churn_core", "--help")
    assert checkout.commands("home") == [{"home": str(checkout.home)}]


def test_a_column_of_the_database_is_there_when_it_is_next_opened_and_nothing_is_lost(checkout):
    facts = {
        "threshold": 0.3,
        "contacted": 12,
        "expected_profit": 1.0,
        "expected_spend": 1.0,
        "model_id": "m",
        "data_sha256": "a",
    }
    with closing(open_store(checkout.home)) as store:
        store.save("Spring", Plan(), who="Ada", **facts)
    step, name, column, field = recipe("A column of the database")
    checkout.put("churn_core/storage/steps.py", f"{step}\n\n", "^STEPS: ")
    checkout.append("churn_core/storage/steps.py", "STEPS: tuple[Step, ...] = (", name)
    checkout.append("churn_core/storage/tables.py", "campaigns = sa.Table(", column)
    checkout.replace("churn_core/storage/campaigns.py", "archived_at: datetime", f"archived_at: datetime | None = None\n{field}")
    found = checkout.python(
        "-c",
        "from churn_core import settings; from churn_core.storage.store import open_store\n"
        "print(*[(each.name, each.owner) for each in open_store(settings.home()).campaigns()])",
    )
    assert found.strip() == "('Spring', '')"


def test_a_colour_is_that_of_the_charts(checkout):
    (code,) = recipe("Colours")
    text = (checkout.root / "churn_core/charts/theme.py").read_text(encoding="utf-8")
    light, rest = text.split("DARK = ", 1)
    checkout.write("churn_core/charts/theme.py", re.sub(r"churned=.*\n", lambda _: code, light) + "DARK = " + rest)
    assert checkout.python("-c", "from churn_core.charts.theme import LIGHT; print(LIGHT.churned)").strip() in code


def test_every_recipe_with_code_is_carried_out():
    with_code = {text.split("\n")[0] for text in RECIPES.split("\n### ")[1:] if "```python" in text}
    assert set(re.findall(r'recipe\("([^"]+)"\)', Path(__file__).read_text(encoding="utf-8"))) == with_code


def test_the_commands_of_the_readme_run_as_they_stand(own_home, telco_path, customers, monkeypatch, capsys):
    monkeypatch.chdir(customers.parent)
    shutil.copy(telco_path, "history.csv")
    lines = re.findall(r"^python -m churn_core (.+)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == 6
    for line in lines:
        if line.startswith("measure "):  # what comes back from those who worked through the list
            listed = pd.concat([pd.read_excel("list.xlsx", sheet_name=name) for name in ("Call", "Do not call")])
            left = np.random.default_rng(0).random(len(listed)) < listed["churn_probability"]
            listed[[TELCO.id]].assign(left=left.astype(int)).to_csv(line.split()[1], index=False)
        assert main(shlex.split(line)) == 0
    assert capsys.readouterr().err == ""
