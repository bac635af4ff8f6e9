"""How well the candidates for any schema predict for thirteen public files of churn, and which is recommended.

``python -m tests.benchmarks.any_company FOLDER [--repeats R] [--files a,b]``: the files lie in the folder under the names of
``proposals.FILES``; what the product would ask of somebody is answered below. Prints a line for each file and model, then the bars.
"""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from churn_core import settings
from churn_core.application.own_customers import own_dataset, read_own, schema_for
from churn_core.campaign.economics import Campaign
from churn_core.data.proposing.answers import Answers
from churn_core.model import cross_validation, evaluate
from churn_core.model.alike import groups_of
from churn_core.model.candidates import candidate
from churn_core.model.cross_validation import Protocol
from churn_core.model.evaluate import paired_interval
from churn_core.model.recommend import BOOSTED, CARD, COMPARED, PLAIN, SHAPE_CARD, recommend
from churn_core.model.train import outcome
from tests.benchmarks.proposals import FILES

WORTH = 500.0  # money; what each customer is worth where no column says it
ANSWERS = {
    "mlc.csv": Answers(clv=WORTH, tenure_unit="days"),
    "iranian.csv": Answers(clv=WORTH, tenure_unit="months"),
    "isp.csv.gz": Answers(tenure_unit="years"),
    "ecommerce.xlsx": Answers(clv=WORTH, tenure_unit="months"),
    "gym.csv": Answers(clv=WORTH, tenure_unit="months"),
    "bank.csv": Answers(clv=WORTH, tenure_unit="years"),
    "airline.csv": Answers(target="cancellation_year", tenure="enrollment_year"),
    "saas.csv": Answers(id="subscription_id"),
    "streaming.csv": Answers(clv=WORTH),
    "tv.csv.gz": Answers(left="1.0", clv=WORTH),
}
NOT_WORSE, ECE, BIAS = 0.01, 0.03, 0.003  # log loss; no unit; share of the customers


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was measured of a file: mean log loss by model, whether the better card beats plain logistic beyond chance, and whether
    every card and the booster are calibrated.
    """

    log_loss: dict[str, float]
    beats_plain: bool
    calibrated: bool

    @property
    def behind_boosted(self) -> float:
        return min(self.log_loss[CARD], self.log_loss[SHAPE_CARD]) - self.log_loss[BOOSTED]


def tried(path: Path, repeats: int) -> Tried:
    """Every candidate by the same protocol on the customers of a file."""
    content = path.read_bytes()
    schema = schema_for(read_own(content, path.name).proposal(ANSWERS.get(path.name, Answers())), path.name)
    dataset = own_dataset(content, path.name, schema)
    customers, churned, schema = dataset.customers, outcome(dataset), dataset.schema
    groups, protocol = groups_of(customers, schema), Protocol.of(len(churned), repeats)
    alone = len(churned) if groups is None else int(groups.max()) + 1
    print(
        f"\n{path.name}: {len(churned):,} customers, {alone:,} of a kind, churn {churned.mean():.4f}, {protocol.words}",
        flush=True,
    )
    held_out, by_fold, calibrated = {}, {}, True
    for name in COMPARED:
        started, used = time.perf_counter(), time.process_time()
        said = cross_validation.cross_validate(candidate(name, schema), customers, churned, protocol, groups, os.cpu_count() or 1)
        seconds, cpu = time.perf_counter() - started, (time.process_time() - used) / protocol.rounds
        by_fold[name] = evaluate.metrics_by_fold(said, customers, churned, protocol, schema=schema, groups=groups)
        held_out[name], measured = said, evaluate.summary(said, by_fold[name], churned)
        one = evaluate.for_one_of_each(said, churned, groups)
        ece, bias = measured["pooled_calibration_error"], measured["mean_probability_minus_churn_rate"]
        calibrated &= name == PLAIN or (ece <= ECE and abs(bias) <= BIAS)
        against = {each: paired_interval(by_fold[name][each] - by_fold[PLAIN][each], protocol) for each in ("log_loss", "auc")}
        print(
            f"  {name:15} log loss {measured['log_loss']['mean']:.4f} ({_interval(against['log_loss'])} to plain)  "
            f"AUC {measured['auc']['mean']:.4f} ({_interval(against['auc'])})  of each {one.log_loss:.4f}/{one.auc:.4f}  "
            f"ECE {ece:.4f}  bias {bias:+.4f}  {seconds:.1f} s, {cpu:.2f} CPU s a fit",
            flush=True,
        )
    chosen = recommend(held_out, customers, churned, Campaign(), protocol, schema=schema, groups=groups)
    for each in chosen.differences:
        print(
            f"  {each.model} − {each.against}: log loss {each.log_loss:+.4f} [{each.low:+.4f}, {each.high:+.4f}], money per 1,000 "
            f"{each.money:+,.0f} [{each.money_low:+,.0f}, {each.money_high:+,.0f}]"
        )
    print(f"  recommended: {chosen.model}; offered: {chosen.offered}. {chosen.sentence} {chosen.riskiest}", flush=True)
    losses = {name: float(each["log_loss"].mean()) for name, each in by_fold.items()}
    better = min((CARD, SHAPE_CARD), key=lambda name: losses[name])
    beats = paired_interval(by_fold[better]["log_loss"] - by_fold[PLAIN]["log_loss"], protocol)["high"] < 0
    return Tried(log_loss=losses, beats_plain=beats, calibrated=bool(calibrated))


def _interval(interval: dict[str, float]) -> str:
    return f"{interval['mean']:+.4f} [{interval['low']:+.4f}, {interval['high']:+.4f}]"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=settings.REPEATS)
    parser.add_argument("--files", default=",".join(FILES))
    asked = parser.parse_args()
    results = {name: tried(asked.folder / name, asked.repeats) for name in asked.files.split(",")}
    behind = np.array([each.behind_boosted for each in results.values()])
    beats, calibrated = (sum(getattr(each, what) for each in results.values()) for what in ("beats_plain", "calibrated"))
    print(f"\n{len(results)} files. The better card beats plain logistic beyond chance on {beats}; it is not worse than boosted")
    print(
        f"trees by more than {NOT_WORSE} on {(behind <= NOT_WORSE).sum()}, better on {(behind < 0).sum()}. Calibrated: {calibrated}."
    )
    return 0


if __name__ == "__main__":
    main()
