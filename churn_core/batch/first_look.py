"""A first look at a whole file, where whom to contact is one decision over all its customers."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churn_core.batch.in_order import in_order
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.offers.assign import NONE
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import worth_of
from churn_core.data.reading.reader import RawTable, TableReader
from churn_core.decisions.decide import Chosen, choose_within, churn_probability
from churn_core.decisions.offers import decide_offers, identity_of
from churn_core.decisions.only_if import may_get
from churn_core.decisions.published_limits import Limited, has_limits
from churn_core.decisions.score_table import understand
from churn_core.jobs import Pace, Report
from churn_core.model.protocol import Model
from churn_core.schema import Schema


def is_one_decision(plan: Plan, threshold: float | None) -> bool:
    """Whether one customer's decision depends on the others: a limit of the list as a whole, or a fixed cost to be earned back."""
    if plan.offers:
        return plan != plan.without_limits or plan.campaign.fixed_cost > 0
    by_plan = threshold is None and (plan.objective != MAXIMUM_PROFIT or plan.campaign.fixed_cost > 0)
    return by_plan or has_limits(plan.objective)


class _Look(NamedTuple):
    """What is kept of the customers of a part (n,): 17 bytes of each and, where there are offers, a byte for each offer, whether it is
    for the customer (J, n), and eight that tell customers apart.
    """

    probability: npt.NDArray[np.float64]
    clv: npt.NDArray[np.float64]
    here: npt.NDArray[np.bool_]
    allowed: npt.NDArray[np.bool_]
    identity: npt.NDArray[np.uint64]


def chosen_of_all(
    reader: TableReader, model: Model, plan: Plan, threshold: float | None, report: Report, schema: Schema, back_test: bool
) -> tuple[list[Chosen], Limited | None]:
    """Whom to contact of each part, or which offer each customer gets; and what the limits changed of a published threshold."""

    def work(part: RawTable, number: int) -> _Look:
        understood = understand(part, schema, is_part=True)
        customers, here = understood.customers, np.full(len(understood.left), True) if back_test else ~understood.left
        nothing, nobody = np.zeros(0), np.zeros(0, dtype=np.uint64)
        if customers.empty:
            return _Look(nothing, nothing, here, np.zeros((len(plan.offers), 0), dtype=bool), nobody)
        p = churn_probability(model, customers)
        return _Look(
            probability=p,
            clv=worth_of(customers, schema, p).clv(plan.campaign),
            here=here,
            allowed=may_get(plan.offers, customers, schema),
            identity=identity_of(customers[schema.id]) if plan.offers else nobody,
        )

    parts: list[_Look] = []
    rows, pace = 0, Pace()
    for part, share in in_order(reader, work):
        parts.append(part)
        rows += len(part.probability)
        report(f"First look, since the campaign's limits hold for all rows together: {pace.told(rows, share)}", share / 2)
    if not parts:
        return [], None
    p, clv, here, allowed, identity = (np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True))
    chosen: Chosen
    if plan.offers:
        chosen, limited = np.full(len(p), NONE), None
        chosen[here] = decide_offers(p[here], clv[here], allowed[:, here], plan, identity[here]).offer
    else:
        chosen = np.zeros(len(p), dtype=bool)
        chosen[here], limited = choose_within(p[here], clv[here], plan, threshold)
    ends = np.cumsum([len(part.probability) for part in parts])
    return [chosen[end - len(part.probability) : end] for part, end in zip(parts, ends, strict=True)], limited
