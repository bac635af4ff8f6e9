"""How much the tables count and how much the plain card: weights learned from what both say of customers they had not seen."""

import numpy as np

from churn_core.model.newton import Values, newton

_PENALTY = 5.0  # no unit; pull towards half and half
_STEPS = 20


def weights(tables: Values, card: Values, churned: Values) -> Values:
    """Intercept, weight of the tables, weight of the plain card, (3,), from log-odds (n,) that were not learned from the customer.
    A weight that would be negative is none: a card is not explained by what it takes back.
    """
    said = np.column_stack([np.ones(len(churned)), tables, card])
    keep = [0, 1, 2]
    while True:
        centre = np.append(0.0, np.full(len(keep) - 1, 0.5))
        penalty = np.append(0.0, np.full(len(keep) - 1, _PENALTY))
        b = newton(said[:, keep], churned, np.zeros(len(churned)), centre, penalty, centre, _STEPS)
        if (b[1:] >= 0).all() or len(keep) == 2:
            break
        keep = [0] + [k for k, weight in zip(keep[1:], b[1:], strict=True) if weight > 0]
    weight = np.zeros(3)
    weight[keep] = b
    return weight
