"""Customers + model + campaign → decisions. The only place where a decision is made."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from churn_core import settings
from churn_core.campaign.economics import Campaign, break_even_probability, expected_profit
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.optimise import (
    NOBODY_CONTACTED,
    Outcome,
    best_threshold,
    choose,
    contact_all,
    per_customer,
    ranked_per_customer,
)
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep, sweep
from churn_core.data.clean import clean
from churn_core.data.columns import find_columns, require
from churn_core.data.quality import QualityReport, Repair
from churn_core.data.read import RawTable
from churn_core.data.synthetic import generate
from churn_core.errors import DataError, NothingScored
from churn_core.model.explain import top_reasons
from churn_core.model.logistic import TermLogisticRegression
from churn_core.schema import TELCO, Schema, Segment

NOBODY, EVERYBODY, ONE_THRESHOLD, EACH, FORESIGHT = (
    "Nobody",
    "Everybody",
    "Best threshold",
    "Customer by customer",
    "Perfect foresight (realised)",
)

DECISION_COLUMNS = (
    "churn_probability",
    "break_even_probability",
    "expected_profit",
    "contact",
    "reason_1",
    "reason_2",
    "reason_3",
)


def churn_probability(model, customers: pd.DataFrame) -> np.ndarray:
    """The probability that each cleaned customer leaves if left alone; (n,), 0–1."""
    return model.predict_proba(customers)[:, 1]


def churn_probability_of(model, customer: Mapping[str, object], schema: Schema = TELCO) -> float:
    """The same for one cleaned customer, a mapping of column to value; to the last bit, without the cost of a table where
    the model is an equation.
    """
    if isinstance(model, TermLogisticRegression):
        return model.churn_probability_of(customer)
    return float(churn_probability(model, clean(pd.DataFrame([dict(customer)]), schema)[0])[0])


def decide(
    customers: pd.DataFrame,
    probability,
    plan: Plan,
    threshold: float | None = None,
    chosen: np.ndarray | None = None,
    schema: Schema = TELCO,
) -> pd.DataFrame:
    """Whom to contact: everybody from ``threshold`` up; without one customer by customer, within the plan's limits. Where
    these customers are a part of many, and a limit holds for all of them, the ``chosen`` (n,) have to be told.

    Columns: ``churn_probability``, ``break_even_probability`` (NaN: no probability makes contacting pay),
    ``expected_profit`` (money, against not contacting), ``contact`` (bool). Index as ``customers``.
    """
    probability = np.asarray(probability, dtype=float)
    clv = plan.campaign.clv(customers[schema.monthly_charge].to_numpy())
    break_even = break_even_probability(clv, plan.campaign)
    if chosen is None:
        chosen = choose(probability, clv, plan.campaign, plan.objective)[0] if threshold is None else probability >= threshold
    return pd.DataFrame(
        {
            "churn_probability": probability,
            "break_even_probability": np.where(np.isinf(break_even), np.nan, break_even),
            "expected_profit": expected_profit(probability, clv, plan.campaign),
            "contact": chosen,
        },
        index=customers.index,
    )


def score(
    customers: pd.DataFrame, model, plan: Plan, threshold: float | None = None, chosen: np.ndarray | None = None
) -> pd.DataFrame:
    """``DECISION_COLUMNS`` for each cleaned customer."""
    decisions = decide(customers, churn_probability(model, customers), plan, threshold, chosen)
    return pd.concat([decisions, top_reasons(model, customers)], axis=1)


@dataclass(frozen=True, kw_only=True)
class ScoredTable:
    """A file, or a part of one, scored: ``scored`` has the input's columns as they came and ``DECISION_COLUMNS``.

    ``rejects`` has ``row`` (line in the file), ``problem`` and the input's columns; where a line could not be split into
    them, its ``text``. ``quality`` is the account of all rows, ``customers`` are the scored ones as they were understood,
    ``lines`` the text that the input's columns were read from, where the part has it.
    """

    scored: pd.DataFrame
    rejects: pd.DataFrame
    quality: QualityReport
    customers: pd.DataFrame
    lines: pa.Array | None = None
    notes: tuple[str, ...] = ()
    fixed_cost: float = 0.0

    @property
    def rows(self) -> int:
        """Of the file: those scored and those rejected."""
        return self.quality.rows

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.notes, *self.quality.warnings)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        return self.quality.repairs

    @property
    def repaired(self) -> int:
        """Number of values that were mended."""
        return sum(repair.count for repair in self.repairs)

    @property
    def contacts(self) -> int:
        """Number of customers worth contacting."""
        return int(self.scored["contact"].sum())

    @property
    def expected_profit(self) -> float:
        """Of contacting them, less the fixed cost of doing so; money."""
        earned = float(self.scored.loc[self.scored["contact"], "expected_profit"].sum())
        return earned - self.fixed_cost if self.contacts else 0.0


def score_table(table: RawTable, model, plan: Plan, threshold: float | None = None, schema: Schema = TELCO) -> ScoredTable:
    """Clean and score every row that can be; the others come back with the reason.

    Raises ``DataError`` if the table is no customer table, ``NothingScored`` if no row can be. A column
    with what happened is carried along, not used.
    """
    scored = score_part(understand(table, schema), model, plan, threshold, schema=schema)
    if scored.customers.empty:
        raise nothing_scored(len(scored.rejects), scored.rejects)
    return scored


def nothing_scored(count: int, rejects: pd.DataFrame) -> NothingScored:
    """What to say of a file of ``count`` rows without a single one that can be scored."""
    first = rejects.iloc[0]
    return NothingScored(f"None of the {count:,} rows can be scored. The first, row {first['row']}: {first['problem']}.", rejects)


@dataclass(frozen=True, kw_only=True)
class Understood:
    """A raw table with what was made of it: ``raw`` as it came, less what an earlier scoring added; ``warnings`` besides those
    of the ``quality``.
    """

    raw: pd.DataFrame
    lines: pa.Array | None
    customers: pd.DataFrame
    quality: QualityReport
    warnings: tuple[str, ...]


def understand(table: RawTable, schema: Schema = TELCO, is_part: bool = False) -> Understood:
    """Clean a table that is to be scored, or a part of one. Raises ``DataError`` if it is no customer table."""
    raw, warnings = _without_results(table.frame, list(table.notices))
    target = find_columns(raw.columns, schema).at.get(schema.target, ())
    if target:
        name = str(raw.columns[target[0]]).strip()
        warnings.append(f"The column {name} says what happened; it is carried along and not used for scoring.")
    if raw.empty and len(table.rejects):
        require(find_columns(raw.columns, schema), schema)
        customers, quality = raw, QualityReport(rows=0, kept=0)
    else:
        inputs = raw.iloc[:, [i for i in range(raw.shape[1]) if i not in target]] if target else raw
        customers, quality = clean(inputs, schema, table.decimal, is_part)
    return Understood(
        raw=raw,
        lines=table.lines if raw.shape[1] == table.frame.shape[1] else None,
        customers=customers,
        quality=quality.with_unread(table.rejects),
        warnings=tuple(warnings),
    )


def score_part(
    understood: Understood,
    model,
    plan: Plan,
    threshold: float | None = None,
    chosen: np.ndarray | None = None,
    schema: Schema = TELCO,
) -> ScoredTable:
    """Score what was understood; possibly nobody."""
    raw, lines, customers, rejects = understood.raw, understood.lines, understood.customers, understood.quality.rejects
    rejects = rejects.assign(text=rejects["text"].fillna("") if "text" in rejects else "")
    if len(rejects):  # the input may have columns of these names too, in one part of a file as in another
        rejects = rejects.merge(raw, how="left", left_on="row", right_index=True, suffixes=("", " (input)"))
        rejects = rejects.assign(text=rejects.pop("text"))  # last
    if customers.empty:
        scored = pd.DataFrame(columns=[*raw.columns, *DECISION_COLUMNS]).astype({"contact": bool, "expected_profit": float})
    else:
        whole = len(customers) == len(raw)
        kept = raw if whole else raw.loc[customers.index]
        if lines is not None and not whole:
            lines = lines.filter(pa.array(raw.index.isin(customers.index)))
        scored = pd.concat([kept, score(customers, model, plan, threshold, chosen)], axis=1)
    return ScoredTable(
        scored=scored,
        rejects=rejects,
        quality=understood.quality,
        customers=customers,
        lines=lines,
        notes=understood.warnings,
        fixed_cost=plan.campaign.fixed_cost,
    )


def _without_results(raw: pd.DataFrame, warnings: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """A file that comes out of scoring can go in again: the columns of the results are dropped, and that is said."""
    if {"row", "problem"} <= set(raw.columns):
        raw = raw.drop(columns=["row", "problem", "text"], errors="ignore")
        warnings.append("The file holds rows that were rejected before; its columns row, problem and text are left out.")
    again = [name for name in raw.columns if name in DECISION_COLUMNS]
    if again and "churn_probability" not in again:
        raise DataError(f"The column '{again[0]}' has the name of a result. Give it another name.")
    if again:
        warnings.append(f"The file was scored before; {', '.join(again)} are computed anew.")
    return raw.drop(columns=again), warnings


def revenue_at_risk(customers: pd.DataFrame, probability, schema: Schema = TELCO) -> float:
    """A year's revenue that is expected to leave: Σ 12 · monthly charge · churn probability; money per year."""
    return float(12 * np.sum(customers[schema.monthly_charge].to_numpy() * np.asarray(probability)))


def customer_sweep(customers: pd.DataFrame, probability, leaving=None, schema: Schema = TELCO) -> Sweep:
    """The sweep over these customers, valued by their monthly charge; sort once, then move sliders."""
    return sweep(probability, monthly_charge=customers[schema.monthly_charge].to_numpy(), leaving=leaving)


def outcome_of(
    customers: pd.DataFrame,
    probability,
    campaign: Campaign,
    leaving=None,
    objective: Objective = MAXIMUM_PROFIT,
    schema: Schema = TELCO,
) -> Outcome:
    """Deciding customer by customer; with ``leaving`` (0/1) what the same contacts realised."""
    return per_customer(probability, campaign.clv(customers[schema.monthly_charge].to_numpy()), campaign, leaving, objective)


def policies(customers: pd.DataFrame, plan: Plan, swept: Sweep, schema: Schema = TELCO) -> pd.DataFrame:
    """What the choices earn. One row each for contacting nobody, everybody, by the best single threshold, customer by
    customer, and with perfect foresight: exactly those who left and are worth it, as it would have been realised.

    Columns: ``policy``, ``contacted``, ``expected_profit``, ``expected_spend`` (money), ``roi`` (NaN where nothing is
    spent), ``threshold`` (NaN where none describes it). Everybody is contacted whatever the plan's limits.
    """
    churned, (campaign, objective) = customers[schema.target].to_numpy(), (plan.campaign, plan.objective)
    outcomes = {
        NOBODY: NOBODY_CONTACTED,
        EVERYBODY: contact_all(swept, campaign),
        ONE_THRESHOLD: best_threshold(swept, campaign, objective),
        EACH: ranked_per_customer(swept, campaign, objective),
        FORESIGHT: outcome_of(customers, churned, campaign, objective=objective),
    }
    rows = [(n, o.contacted, o.expected_profit, o.expected_spend, o.roi, o.threshold) for n, o in outcomes.items()]
    table = pd.DataFrame(rows, columns=["policy", "contacted", "expected_profit", "expected_spend", "roi", "threshold"])
    return table.astype({"roi": float, "threshold": float})


def advantage(table: pd.DataFrame, chosen: str) -> tuple[str, float]:
    """Of ``policies``: the better of contacting nobody and everybody, and what the ``chosen`` policy earns more."""
    profit = table.set_index("policy")["expected_profit"]
    simple = profit[[NOBODY, EVERYBODY]].idxmax()
    return simple, float(profit[chosen] - profit[simple])


def segment_economics(customers: pd.DataFrame, probability, segment: Segment, campaign: Campaign, schema: Schema = TELCO) -> dict:
    """The segment under the campaign: ``customers``, ``break_even_probability`` (of its average charge),
    ``mean_probability``, ``outcome`` (of contacting those who pay; no fixed cost is charged to them),
    ``value_of_a_point``: money of CLV that one percentage point less churn keeps, Σ V / 100.
    """
    inside = segment.members(customers).to_numpy()
    members, p = customers[inside], np.asarray(probability)[inside]
    clv = campaign.clv(members[schema.monthly_charge].to_numpy())
    return {
        "customers": len(members),
        "break_even_probability": float(break_even_probability(clv.mean(), campaign)) if len(members) else float("nan"),
        "mean_probability": float(p.mean()) if len(members) else float("nan"),
        "outcome": outcome_of(members, p, replace(campaign, fixed_cost=0.0)),
        "value_of_a_point": float(clv.sum()) / 100,
    }


def average_break_even(customers: pd.DataFrame, campaign: Campaign, schema: Schema = TELCO) -> float:
    """The break-even of a customer with the average charge, c / (γ·V̄): where one threshold is to be expected."""
    return float(break_even_probability(campaign.clv(customers[schema.monthly_charge].mean()), campaign))


def with_changes(customer: pd.DataFrame, changes: dict[str, object], schema: Schema = TELCO) -> pd.DataFrame:
    """The cleaned customer (one row) with some columns changed, and everything that follows from it.

    Where a service is given up, what builds on it goes too (``"No internet service"``); where it is taken, what
    builds on it starts at "No". The total charge is left as it is: it is history.

    >>> from churn_core.data.clean import clean
    >>> from churn_core.data.synthetic import generate
    >>> one = clean(generate(1, seed=0))[0]
    >>> with_changes(one, {"InternetService": "No", "TechSupport": "Yes"})["TechSupport"].item()
    'No internet service'
    """
    changed = customer.copy()
    for name, value in changes.items():
        changed[name] = pd.Series([value], index=changed.index).astype(customer[name].dtype)
    for column in schema.columns:
        if column.needs:
            lacking, now = changed[column.needs].item() == "No", changed[column.name].item()
            mended = column.without if lacking else "No" if now == column.without else now
            changed[column.name] = pd.Series([mended], index=changed.index).astype(customer[column.name].dtype)
    return changed


def template(rows: int = 3, schema: Schema = TELCO) -> pd.DataFrame:
    """The columns of a file to be scored, with a few generated customers as an example."""
    example = generate(rows, settings.SEED, schema)[[column.name for column in schema.inputs]]
    return example.assign(**{schema.id: [f"EXAMPLE-{i + 1}" for i in range(rows)]})
