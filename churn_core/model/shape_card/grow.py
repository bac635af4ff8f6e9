"""Tables grown by boosting on parts of the customers; those of all parts are averaged."""

import numpy as np
import numpy.typing as npt

from churn_core.model.alike import Groups
from churn_core.model.folds import dealt
from churn_core.model.shape_card.pairs import alone_or_in
from churn_core.model.shape_card.tables import Codes, Tables
from churn_core.model.shape_card.trees import boost_until_it_stops_helping

_SEED = 1  # no unit; other parts than those of the evaluation


def grown(
    codes: Codes,
    sizes: list[int],
    churned: npt.NDArray[np.float64],
    pairs: list[tuple[int, int]],
    parts: int,
    rate: float = 0.1,
    groups: Groups | None = None,
) -> tuple[Tables, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The purified tables; the log-odds of each customer (n,) by the trees that had not seen the customer; and by how much less the
    log-odds of the tables vary by chance than those, a variance (n,), because they are a mean. Rows of one of the
    ``groups``, (n,), are in one part.
    """
    held_out, each = np.zeros(len(churned)), []
    allowed = alone_or_in(len(sizes), pairs)
    part = dealt(churned, parts, np.random.default_rng(_SEED), groups)
    for k in range(parts):
        learn, check = np.flatnonzero(part != k), np.flatnonzero(part == k)
        trees, held_out[check] = boost_until_it_stops_helping(codes, churned, learn, check, allowed, rate)
        own = Tables.empty(sizes, pairs)
        own.pour(trees)
        each.append(own)
    said = np.array([own.log_odds(codes) for own in each])
    tables = Tables.mean(each)
    tables.purify(codes)
    return tables, held_out, said.var(axis=0)
