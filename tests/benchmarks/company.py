"""What a company earns that measures its first campaign and corrects itself, beside what it could earn if it knew the rates.

    python -m tests.benchmarks.company [--companies 5] [--costs 10 50 100]

Everything is done by the product's own commands. A company has the customers of the Telco sample; who of them has left is drawn anew,
from true probabilities that the product does not know, and it trains on that. Six campaigns follow, each to the customers still here,
those who left being replaced by others like them. It believes in a success rate of 0.3 give or take 0.2, and doubts (0.2) that
contacts work at all. The truth is 0.3, 0.15, 0, or 0.3 with a backfire of 0.03. Five ways to go on:

- product: each campaign holds back what ``plan-control`` recommends (often one pilot, then nobody); one with a control group is
  measured, and the next plan has its corrected rate; a backfire that is more than chance is taken over too.
- permanent: one in ten is left alone in every campaign, and every campaign corrects.
- believing: nothing is ever measured.
- retraining: nothing is measured, and after each campaign the model learns from all outcomes, those of contacted customers too.
- knowing: the true rates, the same model, no control group. What the others earn is a share of this.

Money is what a list is expected to earn, by the true probabilities and rates; outcomes, lots and models are by chance. Where contacts
do nothing the knowing company earns 0, and printed is the share of the believing company's loss that is avoided.
"""

import argparse
import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from churn_core import settings
from churn_core.application.workspace import open_workspace
from churn_core.campaign.economics import Campaign
from churn_core.cli import main as command
from churn_core.data import telco_source
from churn_core.experiment.update import gross
from churn_core.schema.telco import TELCO

CAMPAIGNS = 6
BELIEVED = {"success_rate": 0.3, "success_rate_give_or_take": 0.2}
TRUTHS = {"0.3": (0.3, 0.0), "0.15": (0.15, 0.0), "0": (0.0, 0.0), "0.3, backfire 0.03": (0.3, 0.03)}
MODEL = "logistic_plain"  # trains in seconds
Options = dict[str, float]


def run(*words: object) -> dict[str, Any] | None:
    """What a command of the product answers; ``None`` where it says that nobody is worth a contact."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command([str(word) for word in (*words, "--json")])
    if code == 0:
        return json.loads(out.getvalue())
    if "Nobody is worth a contact" in err.getvalue():
        return None
    raise SystemExit(err.getvalue())


def as_words(options: Options) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", f"{value:.12g}")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Company:
    """``home`` with a trained model; the customers still here as ``raw`` rows, with what is true of each and what the model says."""

    home: Path
    raw: pd.DataFrame
    risk: pd.Series
    clv: pd.Series
    lists: dict[str, pd.DataFrame | None] = field(default_factory=dict)  # without control; the same options give the same list

    def list_of(self, options: Options) -> pd.DataFrame | None:
        """The list of these options with nobody left alone; ``None`` where nobody is worth a contact."""
        words, path = as_words(options), self.home / "list.csv"
        if " ".join(words) not in self.lists:
            said = run("contacts", "--output", path, "--name", "all of it", *words)
            self.lists[" ".join(words)] = None if said is None else pd.read_csv(path)
        return self.lists[" ".join(words)]

    def expected(self, ids: pd.Series, truth: tuple[float, float], cost: float) -> float:
        """What contacting these customers earns on average; money."""
        risk, clv = self.risk[ids].to_numpy(), self.clv[ids].to_numpy()
        return float((clv * (risk * truth[0] - (1 - risk) * truth[1]) - cost).sum())


def true_risk(folder: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """The Telco customers as their file has them, and a probability for each that will be the truth."""
    sample = telco_source.obtain(settings.home() / "data")
    os.environ["CHURN_HOME"] = str(folder)
    (folder / "data").mkdir(parents=True)
    shutil.copy(sample, folder / "data")
    run("train", "--model", MODEL)
    return pd.read_csv(sample, dtype=str), open_workspace(folder).all_customers.probability


def founded(folder: Path, raw: pd.DataFrame, risk: np.ndarray, rng: np.random.Generator) -> Company:
    """A company whose past is drawn from the true probabilities, with a model trained on it."""
    os.environ["CHURN_HOME"] = str(folder)
    folder.mkdir()
    gone = rng.random(len(raw)) < risk
    history = raw.assign(**{TELCO.target: np.where(gone, "Yes", "No")})
    history.to_csv(folder / "history.csv", index=False)
    run("train", "--data", folder / "history.csv", "--model", MODEL)
    ids = raw.loc[~gone, TELCO.id]
    clv = Campaign().clv(raw.loc[~gone, TELCO.monthly_charge].astype(float).to_numpy())
    return Company(
        home=folder,
        raw=raw[~gone].drop(columns=TELCO.target),
        risk=pd.Series(risk[~gone], index=ids),
        clv=pd.Series(clv, index=ids),
    )


def advised(k: int, options: Options) -> float:
    """The share to hold back in campaign k that the product recommends, for those that follow; 0 where it says nobody."""
    said = run("plan-control", "--campaigns", CAMPAIGNS - 1 - k, *as_words(options))
    return 0.0 if said is None else said["recommended"] or 0.0


Control = Callable[[int, Options], float]


def in_a_row(company: Company, truth: tuple[float, float], cost: float, control: Control, seed: int) -> tuple[float, list[str]]:
    """Six campaigns with the control group that each is given: money earned, and what each planned with."""
    rng = np.random.default_rng(seed)
    for kept in (company.home / "data").glob("churn.db*"):  # what an earlier company has drawn and measured
        kept.unlink()
    options: Options = {"retention_cost": cost, **BELIEVED}
    earned, told = 0.0, []
    for k in range(CAMPAIGNS):
        share, path = control(k, options), company.home / "list.csv"
        told.append(f"{options['success_rate']:.3f}/{share:g}")
        if not share:
            earned += one_list(company, truth, cost, {name: value for name, value in options.items() if name != "retention_cost"})
            continue
        said = run("contacts", "--output", path, "--control", share, "--name", f"{seed}-{k}", *as_words(options))
        if said is None:
            break  # nobody is worth a contact any more, so nothing can be learned either
        listed = pd.read_csv(path)
        treated = (listed["arm"] == "treated").to_numpy()
        earned += company.expected(listed.loc[treated, TELCO.id], truth, cost)
        if treated.all():
            continue  # a share of a few customers is nobody
        risk = company.risk[listed[TELCO.id]].to_numpy()
        left = rng.random(len(risk)) < np.where(treated, risk * (1 - truth[0]) + (1 - risk) * truth[1], risk)
        pd.DataFrame({TELCO.id: listed[TELCO.id], "left": left.astype(int)}).to_csv(company.home / "back.csv", index=False)
        result = run("measure", company.home / "back.csv", "--campaign", said["campaign"], *as_words(options))
        if result is not None and result["posterior"] is not None:
            options = corrected(options, result)
    return earned, told


def corrected(options: Options, result: dict[str, Any]) -> Options:
    """The plan with the measured rates; a backfire counts once it is more than chance."""
    after, backfire, counts = result["posterior"], result["backfire_rate"], result["two_by_two"]
    options = {**options, **{name: after[name] for name in BELIEVED}}
    if backfire is not None and backfire["low"] > 0:
        net = (1 - after["doubt"]) * after["a"] / (after["a"] + after["b"])
        options["backfire_rate"] = backfire["estimate"]
        options["success_rate"] = gross(net, backfire["estimate"], counts["left_control"] / counts["control"])
    return options


def one_list(company: Company, truth: tuple[float, float], cost: float, options: Options) -> float:
    """What a list without control earns; money."""
    listed = company.list_of({"retention_cost": cost, **options})
    return 0.0 if listed is None else company.expected(listed[TELCO.id], truth, cost)


def retraining(company: Company, truth: tuple[float, float], cost: float, seed: int) -> float:
    """Six campaigns; after each the model is trained on everybody's outcome."""
    rng, earned, home = np.random.default_rng(seed), 0.0, company.home / "retraining"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(company.home / "models", home / "models")
    os.environ["CHURN_HOME"] = str(home)
    here, scored, outcomes = home / "here.csv", home / "scored.csv", home / "outcomes.csv"
    company.raw.to_csv(here, index=False)
    risk = company.risk.to_numpy()
    for k in range(CAMPAIGNS):
        run("score", here, "--output", scored, "--retention-cost", cost, *as_words(BELIEVED))
        table = pd.read_csv(scored)
        best = run("optimise", scored, "--customers", "here", "--retention-cost", cost, *as_words(BELIEVED))
        threshold = None if best is None else best["threshold"]["threshold"]
        called = (table["churn_probability"] >= (np.inf if threshold is None else threshold)).to_numpy()
        earned += company.expected(table.loc[called, TELCO.id], truth, cost)
        left = rng.random(len(risk)) < np.where(called, risk * (1 - truth[0]) + (1 - risk) * truth[1], risk)
        if k + 1 < CAMPAIGNS:
            company.raw.assign(**{TELCO.target: np.where(left, "Yes", "No")}).to_csv(outcomes, index=False)
            version = run("train", "--data", outcomes, "--model", MODEL)
            if version is not None and not version["production"]:
                run("promote", version["model_id"])
    os.environ["CHURN_HOME"] = str(company.home)
    return earned


def all_ways(
    company: Company, truth: tuple[float, float], cost: float, seed: int, retrains: bool
) -> tuple[dict[str, float], list[str]]:
    """What each way of going on earns, and what the product planned with."""
    corrects, told = in_a_row(company, truth, cost, advised, seed)
    knowing = {"success_rate": truth[0], "backfire_rate": truth[1]}
    return {
        "product": corrects,
        "permanent": in_a_row(company, truth, cost, lambda *_: 0.1, seed)[0],
        "believing": CAMPAIGNS * one_list(company, truth, cost, BELIEVED),
        "retraining": retraining(company, truth, cost, seed) if retrains else np.nan,
        "knowing": CAMPAIGNS * one_list(company, truth, cost, knowing),
    }, told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--retraining", type=int, default=1, help="companies that go that way too; it takes most of the time")
    parser.add_argument("--costs", type=float, nargs="+", default=[10.0, 50.0, 100.0])
    parser.add_argument("--verbose", action="store_true", help="what each campaign of the product planned with")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        raw, risk = true_risk(Path(folder) / "truth")
        for number in range(options.companies):
            company = founded(Path(folder) / f"company{number}", raw, risk, np.random.default_rng([1, number]))
            for cost, (name, truth) in product(options.costs, TRUTHS.items()):
                earned, told = all_ways(company, truth, cost, number, number < options.retraining)
                rows.append({"company": number, "cost": cost, "truth": name, **earned})
                if options.verbose:
                    print(number, rows[-1], *told, flush=True)
    table = pd.DataFrame(rows)
    print(f"{'cost':>5} {'true rate':20}{'knowing':>12}" + "".join(f"{way:>12}" for way in WAYS) + f"{'lowest':>9}")
    for (cost, name), part in table.groupby(["cost", "truth"], sort=False):
        print(line(f"{cost:5.0f} {name:20}", part))
    for cost, part in table.groupby("cost", sort=False):
        print(line(f"{cost:5.0f} {'all four':20}", part))


WAYS = ("product", "permanent", "believing", "retraining")


def line(head: str, part: pd.DataFrame) -> str:
    """Shares of what the knowing earn; where that is nothing, of the believers' loss that is avoided. ``lowest`` of the companies."""
    pays = part["knowing"].sum() > 0
    against = part["knowing"] if pays else part["believing"]

    def share(rows: pd.DataFrame, way: str) -> float:
        known = rows[way].notna()
        ratio = rows.loc[known, way].sum() / against[rows.index][known].sum()
        return ratio if pays else 1 - ratio

    lowest = min(share(rows, "product") for _, rows in part.groupby("company"))
    money = f"{against.mean():,.0f}" if pays else f"of {against.mean():,.0f}"
    return f"{head}{money:>12}" + "".join(f"{share(part, way):12.3f}" for way in WAYS) + f"{lowest:9.3f}"


if __name__ == "__main__":
    main()
