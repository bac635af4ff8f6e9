"""What a campaign that works does to the watch and to the next training.

``python -m tests.benchmarks.own_effects [FILES] [TRAININGS]``. Needs the Telco data (``python -m churn_core data``). The Telco
customers, a contact list with 10 % left alone, and a contact that really keeps 30 % of those who would have left. The file that comes
back has the customers of the list, the others, and in place of those who had left new customers like them. Its outcomes are drawn from
the out-of-fold probabilities of the version in production, which are then the truth.
"""

import io
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.application.drawn_list import draw_list
from churn_core.application.left_alone import NO_LISTS, DrawnLists, drawn_lists
from churn_core.application.score_file import Judged, check_file
from churn_core.application.train_version import train_on
from churn_core.application.versions import watch_of
from churn_core.application.workspace import open_workspace
from churn_core.campaign.economics import Campaign
from churn_core.campaign.optimise import per_customer
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import FILE_NAME
from churn_core.decisions.recommendation import recommend
from churn_core.formats import count, decimal, percent
from churn_core.model.candidates import candidate
from churn_core.model.fitting import fitted
from churn_core.model.train import outcome
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
        found = recommend(self.workspace.still_here, Plan())
        self.drawn = draw_list(self.workspace, found, store, who="simulation", share=HELD)
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
    workspace = world.workspace
    watch = watch_of(workspace.version, workspace.reference, Plan())
    return check_file(content, workspace.version, watch=watch, lists=lists)


def alarms(world: World, files: int, lists: DrawnLists, arm: bool = False, **truth: float) -> Counter[str]:
    """The levels of the verdicts on so many files."""
    drawn = (world.file(world.left(np.random.default_rng(seed), **truth), arm) for seed in range(files))
    return Counter(checked(world, content, lists).judgement.verdict.level for content in drawn)


def next_list(world: World, p: np.ndarray, cost: float) -> tuple[float, float]:
    """What contacting by these probabilities is expected to earn, and what it earns in truth; money."""
    campaign = Campaign(retention_cost=cost)
    clv = worth_of(world.customers, TELCO, None).clv(campaign)
    contact = campaign.success_rate * p * clv > cost
    earned = (campaign.success_rate * world.truth * clv - cost)[contact].sum()
    return float(per_customer(p, clv, campaign).expected_profit), float(earned)


def learned(world: World, left: np.ndarray, name: str, lists: DrawnLists) -> np.ndarray:
    """What a model that learned from a file says of each customer, (n,)."""
    dataset = read_dataset(world.file(left), "back.csv", schema=TELCO)
    weight = (dataset.with_left_alone(lists.left_alone(dataset))).weight
    model = fitted(candidate(name, TELCO), dataset.customers, outcome(dataset), None, weight)
    return model.predict_proba(world.customers)[:, 1]


def trainings(world: World, name: str, times: int, lists: DrawnLists) -> Iterator[str]:
    """The next list by models that learned from so many files: where nobody was called, from what is left alone, and from all."""
    ways = {"nobody called": (0.0, NO_LISTS), "left alone": (KEPT, lists), "all, naively": (KEPT, NO_LISTS)}
    for way, (kept, known) in ways.items():
        said = [learned(world, world.left(np.random.default_rng(seed), kept), name, known) for seed in range(times)]
        means = [p.mean() for p in said]
        yield (
            f"{name}, {way}: mean probability {decimal(np.mean(means), 4)} ± {decimal(np.std(means), 4)} "
            f"(truth {decimal(world.truth.mean(), 4)})"
        )
        for cost in COSTS:
            best = next_list(world, world.truth, cost)[1]
            money = np.array([next_list(world, p, cost) for p in said]) / best
            yield f"   cost {count(cost)}: says {percent(money[:, 0].mean())}, earns {percent(money[:, 1].mean())} of {count(best)}"


def through_the_product(world: World, name: str) -> str:
    """One training by the product's own way: what the version says of whom it learned from."""
    version = train_on(world.home, world.file(world.left(np.random.default_rng(0))), TELCO, "after.csv", name)
    return f"{name} {version.metadata['left_alone']}, churn rate {decimal(version.metadata['data']['churn_rate'], 4)}"


def main(files: int, times: int, say: Callable[[str], None] = print) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "data").mkdir()
        content = (settings.home() / "data" / FILE_NAME).read_bytes()
        (home / "data" / FILE_NAME).write_bytes(content)
        world = World(home, pd.read_csv(io.BytesIO(content)))
        lists = drawn_lists(home, TELCO)
        say(f"list: {count(world.drawn.draw.treated)} contacted, {count(world.drawn.draw.control)} left alone")
        say(f"as if nothing were known: {dict(alarms(world, min(files, 20), NO_LISTS))}")
        say(f"by the list: {dict(alarms(world, files, lists))}")
        say(f"by the column arm: {dict(alarms(world, min(files, 20), NO_LISTS, arm=True))}")
        say(f"nobody called: {dict(alarms(world, files, NO_LISTS, kept=0.0))}")
        say(f"true odds 1.5 times: {dict(alarms(world, min(files, 20), lists, odds=1.5))}")
        for name in ("logistic", "card"):
            say(through_the_product(world, name))
            for line in trainings(world, name, times, lists):
                say(line)


if __name__ == "__main__":
    main(*(int(each) for each in (*sys.argv[1:], "100", "10")[:2]))
