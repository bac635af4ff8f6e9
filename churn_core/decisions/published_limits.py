"""A published threshold within the limits of its campaign: everybody from it up, or fewer of them where a limit forbids that."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churn_core.campaign.forecast import Contacts
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise import Outcome, best_threshold, choose
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.sweep import sweep


@dataclass(frozen=True, kw_only=True)
class Limited:
    """What the limits of a plan changed.

    - ``forbidden``: what contacting everybody from the threshold up would have come to
    - ``cut``: the probability from which up customers are contacted instead; ``None`` if nobody is, or if the plan
      decides customer by customer
    """

    forbidden: Outcome
    cut: float | None


def has_limits(objective: Objective) -> bool:
    """Whether something is asked of the list as a whole, so that one customer's decision depends on the others.

    >>> has_limits(Objective(budget=100)), has_limits(Objective(min_marginal_roi=1))
    (True, False)
    """
    return objective.budget is not None or objective.min_roi is not None


def from_threshold_up(
    churn_probability: npt.NDArray[np.float64], clv: npt.NDArray[np.float64], plan: Plan, threshold: float
) -> tuple[npt.NDArray[np.bool_], Limited | None]:
    """Whom of these customers (n,) a published threshold contacts, and what the plan's limits changed (``None``: nothing).

    Everybody with at least the ``threshold`` is contacted. Where that would spend more than the budget B or bring less
    than the least ROI H (C > B or Π < H·C, fixed cost included), those of them are contacted who earn most within the
    limits, by the rule of the plan: from a higher threshold up, or customer by customer.

    >>> from churn_core.campaign.objective import Objective
    >>> p, clv = np.array([0.9, 0.6, 0.3]), np.array([500.0, 500.0, 500.0])
    >>> contact, limited = from_threshold_up(p, clv, Plan(objective=Objective(budget=20)), 0.1)
    >>> contact.tolist(), limited.cut, limited.forbidden.expected_spend
    ([True, True, False], 0.6, 30.0)
    """
    above = churn_probability >= threshold
    if not has_limits(plan.objective):
        return above, None
    p, value = churn_probability[above], clv[above]
    everybody = replace(Contacts.of(p, value, plan.campaign).outcome(plan.campaign), threshold=threshold if len(p) else None)
    if plan.objective.allows(np.asarray(everybody.expected_profit), everybody.expected_spend):
        return above, None
    contact, cut = np.zeros_like(above), None
    if plan.rule == ONE_THRESHOLD:
        cut = best_threshold(sweep(p, clv=value), plan.campaign, plan.objective).threshold
        contact[above] = p >= (np.inf if cut is None else cut)
    else:
        contact[above] = choose(p, value, plan.campaign, plan.objective)[0]
    return contact, Limited(forbidden=everybody, cut=cut)
