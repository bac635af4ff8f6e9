"""What a campaign that works does to the watch and to the next training: ``python tests/benchmarks/own_effects.py [FILES] [TRAININGS]``.

The Telco customers, a contact list with 10 % left alone, and a contact that really keeps 30 % of those who would have left. The file
that comes back has the customers of the list, the others, and in place of those who had left new customers like them. Its outcomes are
drawn from the out-of-fold probabilities of the version in production, which are then the truth.
"""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from churn_core.application.drawn_list import DrawnList, draw_list
from churn_core.application.left_alone import NO_LISTS, DrawnLists, drawn_lists
from churn_core.application.score_file import Judged, check_file
from churn_core.application.train_version import train_on
from churn_core.application.versions import watch_of
from churn_core.application.workspace import Workspace, open_workspace
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import per_customer
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.decisions.contact_list import recommend
from churn_core.formats import count, decimal, short_percent
from churn_core.model.protocol import Model
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store

KEPT = 0.3  # of those who would have left and were contacted
HELD = 0.1  # of the list, left alone
COSTS = (10, 50, 100)


class World:
    """A version in production, its drawn list, and any number of files of what came of it."""

    def __init__(self, home: Path, telco: pd.DataFrame) -> None:
        self.home, self.workspace = home, open_workspace(home)
        store = open_store(home)
        self.drawn: DrawnList = draw_list(
            self.workspace, recommend(self.workspace.still_here, Plan()), store, who="simulation", share=HELD
        )
        store.close()
        self.truth = self.workspace.version.out_of_fold
        gone = (telco["Churn"] == "Yes").to_numpy()
        ids = telco["customerID"].where(~gone, "NEW-" + telco["customerID"])
        self.raw = telco.assign(customerID=ids)
        arm = self.drawn.table.set_index("customerID")["arm"]
        self.arm = ids.map(arm).to_numpy(dtype=object)

    @property
    def customers(self) -> pd.DataFrame:
        return self.workspace.customers

    def left(self, rng: np.random.Generator, kept: float = KEPT, odds: float = 1.0) -> np.ndarray:
        """Who left, where the true odds are so many times those of the truth."""
        p = odds * self.truth / (1 - self.truth + odds * self.truth)
        return rng.random(len(p)) < np.where(self.arm == "treated", p * (1 - kept), p)

    def file(self, left: np.ndarray, arm: bool = False) -> bytes:
        """As it comes back; with a column ``arm`` or to be found by the ids."""
        more = {"arm": pd.Series(self.arm).fillna("")} if arm else {}
        return self.raw.assign(Churn=np.where(left, "Yes", "No"), **more).to_csv(index=False).encode()


def checked(world: World, content: bytes, lists: DrawnLists) -> Judged:
    """The watch's word on a file."""
    workspace: Workspace = world.workspace
    watch = watch_of(workspace.version, workspace.reference, Plan())
    return check_file(content, workspace.version, watch=watch, lists=lists)


def alarms(world: World, files: int, lists: DrawnLists, arm: bool = False, **truth: float) -> Counter[str]:
    """The levels of the verdicts on so many files."""
    drawn = (world.file(world.left(np.random.default_rng(seed), **truth), arm) for seed in range(files))
    return Counter(checked(world, content, lists).judgement.verdict.level for content in drawn)


def next_list(world: World, model: Model, p: np.ndarray, cost: float) -> tuple[float, float]:
    """What contacting by these probabilities is expected to earn, and what it earns in truth; money."""
    campaign = Campaign(retention_cost=cost)
    clv = worth_of(world.customers, TELCO).clv(campaign)
    said = per_customer(p, clv, campaign)
    contact = campaign.success_rate * p * clv > cost
    earned = (campaign.success_rate * world.truth * clv - cost)[contact].sum()
    return float(said.expected_profit), float(earned)


def trained(world: World, seed: int, model: str) -> list[str]:
    """What a version that is trained on a file says, beside the one before and the truth."""
    content = world.file(world.left(np.random.default_rng(seed)))
    version = train_on(world.home, content, TELCO, f"after-{seed}.csv", model)
    p = version.model.churn_probability(world.customers)
    lines = [
        f"{model} {seed}: mean probability {decimal(p.mean(), 4)} (truth {decimal(world.truth.mean(), 4)}), {version.metadata['left_alone']}"
    ]
    for cost in COSTS:
        said, earned = next_list(world, version.model, p, cost)
        before = next_list(world, version.model, world.truth, cost)[1]
        lines.append(
            f"   cost {count(cost)}: says {count(said)}, earns {count(earned)} of {count(before)} ({short_percent(earned / before)})"
        )
    return lines


def main(files: int, trainings: int, say: Callable[[str], None] = print) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        telco = pd.read_csv(Path("data") / "Telco-Customer-Churn.csv")
        (home / "data").mkdir()
        (home / "data" / "Telco-Customer-Churn.csv").write_bytes((Path("data") / "Telco-Customer-Churn.csv").read_bytes())
        world = World(home, telco)
        lists = drawn_lists(home, TELCO)
        say(f"list: {world.drawn.draw.treated} contacted, {world.drawn.draw.control} left alone")
        say(f"as if nothing were known: {dict(alarms(world, min(files, 20), NO_LISTS))}")
        say(f"by the list: {dict(alarms(world, files, lists))}")
        say(f"by the column arm: {dict(alarms(world, min(files, 20), NO_LISTS, arm=True))}")
        say(f"true odds 1.5 times: {dict(alarms(world, min(files, 20), lists, odds=1.5))}")
        say(checked(world, world.file(world.left(np.random.default_rng(0))), lists).judgement.outcomes.sentence)
        for model in ("logistic", "card"):
            for seed in range(trainings):
                for line in trained(world, seed, model):
                    say(line)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main(*(int(each) for each in (*sys.argv[1:], "100", "10")[:2]))
