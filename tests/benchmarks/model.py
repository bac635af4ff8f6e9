"""How long the model takes, beside the usual way in the same run: ``python tests/benchmarks/model.py [--large]``.

Needs the Telco data (``python -m churn_core data``). ``--large`` scores a million customers instead of 100,000; the usual
way (one-hot in a ColumnTransformer) is measured on 100,000 either way.
"""

import statistics
import sys
import time
import tracemalloc
from pathlib import Path

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import FILE_NAME
from churn_core.model import cross_validation, evaluate
from churn_core.model.candidates import build
from churn_core.model.reasons import top_reasons
from churn_core.schema.telco import TELCO


def seconds(work, times: int = 5) -> float:
    """The median of several runs, after one that is thrown away."""
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def usual(customers, churned):
    """One-hot and scaled in a ColumnTransformer, then logistic regression: what most people would write."""
    numbers = [c.name for c in TELCO.inputs if c.kind in ("whole", "number", "flag")]
    words = [c.name for c in TELCO.inputs if c.kind == "category"]
    terms = ColumnTransformer([("n", StandardScaler(), numbers), ("w", OneHotEncoder(handle_unknown="ignore"), words)])
    return make_pipeline(terms, LogisticRegression(max_iter=1000)).fit(customers, churned)


def main() -> None:
    large = 1_000_000 if "--large" in sys.argv else 100_000
    customers = read_dataset(settings.home() / "data" / FILE_NAME, schema=TELCO).customers
    churned = customers[TELCO.target].to_numpy()
    model = build("logistic").fit(customers, churned)
    many = customers.sample(large, replace=True, random_state=0).reset_index(drop=True)
    some, one = many.head(100_000), customers.iloc[0].to_dict()

    def protocol() -> None:
        held_out = cross_validation.cross_validate(build("logistic"), customers, churned)
        evaluate.summary(held_out, evaluate.metrics_by_fold(held_out, customers, churned, schema=TELCO), churned)

    print(f"fit, {len(customers):,} customers: {1e3 * seconds(lambda: build('logistic').fit(customers, churned)):.1f} ms")
    print(f"its evaluation by the protocol: {seconds(protocol, 3):.2f} s")
    fitted = usual(customers, churned)
    ours, theirs = seconds(lambda: model.predict_proba(some)), seconds(lambda: fitted.predict_proba(some), 3)
    print(f"probabilities, 100,000: {1e3 * ours:.1f} ms; the usual way {1e3 * theirs:.0f} ms, {theirs / ours:.0f} times as long")
    print(f"probabilities, {large:,}: {seconds(lambda: model.predict_proba(many)):.3f} s")
    tracemalloc.start()
    model.predict_proba(many)
    print(f"memory above the table, at most: {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")
    tracemalloc.stop()
    print(f"three reasons each, {large:,}: {seconds(lambda: top_reasons(model, many, schema=TELCO), 3):.2f} s")
    a_thousand = seconds(lambda: [model.churn_probability_of(one) for _ in range(1000)])
    print(f"one customer, a mapping: {1e3 * a_thousand:.1f} µs")


if __name__ == "__main__":
    main()
