"""A total charge that contradicts tenure × monthly charge in most rows: one of the three is in another unit."""

import math

import numpy as np
import numpy.typing as npt

from churn_core.errors import DataError
from churn_core.formats import count, counted, plain_number
from churn_core.schema import Schema

_ENOUGH = 10  # rows; fewer contradictions may have other causes
_MOST = 0.5  # share of the rows
_LIKE = 1.7  # times; tenure in whole years loses up to eleven months each


def refuse_other_units(
    charged: npt.NDArray[np.float64], computed: npt.NDArray[np.float64], far: npt.NDArray[np.bool_], schema: Schema
) -> None:
    """Raises ``DataError`` with the likely unit if most totals are ``far`` (n,) from tenure × monthly charge: no probability would
    mean anything. ``charged`` are the totals and ``computed`` the products (n,), money; NaN where one is not known.
    """
    known = (charged > 0) & (computed > 0)
    far = far & known
    if known.sum() < _ENOUGH or far.sum() <= _MOST * known.sum():
        return
    times = float(np.median(charged[far] / computed[far]))
    name, unit = likely_unit(times, schema)
    mend = f"It may be '{name} ({unit})': name the column so, and it is converted." if unit else "Convert it."
    raise DataError(
        f"In {count(far.sum())} of {counted(known.sum(), 'row')} {schema.total_charge} is far from {schema.tenure} × "
        f"{schema.monthly_charge}, {plain_number(times)} times as much in the middle, so one of them is not in "
        f"{schema[schema.tenure].unit} or {schema[schema.monthly_charge].unit}. {mend}"
    )


def likely_unit(times: float, schema: Schema) -> tuple[str, str]:
    """The column and the unit that explain why totals are ``times`` tenure × monthly charge; two empty words if none does.

    >>> from churn_core.schema.telco import TELCO
    >>> likely_unit(12.4, TELCO), likely_unit(0.0101, TELCO), likely_unit(3.5, TELCO)
    (('tenure', 'years'), ('MonthlyCharges', 'cents'), ('', ''))
    """
    explained = [
        (abs(math.log(times / (1 / factor if name == schema.total_charge else factor))), name, unit)
        for name in (schema.tenure, schema.monthly_charge, schema.total_charge)
        if name is not None
        for unit, factor in schema[name].conversions.items()
    ]
    apart, name, unit = min(explained, key=lambda each: each[0], default=(math.inf, "", ""))
    return (name, unit) if apart < math.log(_LIKE) else ("", "")
