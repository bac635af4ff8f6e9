"""Values that show another unit under the right name: a total charge that contradicts tenure × monthly charge in most rows, or a
tenure that cannot be in months in many.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_core.errors import DataError
from churn_core.formats import count, counted, plain_number
from churn_core.schema import Schema

_FAR = 0.5  # share of the larger; of 7,043 Telco customers the total is at most 0.36 from tenure × charge
_FAR_MONTHS = 3  # monthly charges; in the first months a single fee is more than half of the total
_ENOUGH = 10  # rows; fewer contradictions may have other causes
_MOST = 0.5  # share of the rows
_MANY = 0.1  # share of the rows
_LIKE = 1.15  # times; a charge that changes moves a total by so much
_ROUNDED = 1.7  # times; tenure in whole years loses up to eleven months each, or gains them
_AGREE = 0.75  # share of the rows that one unit has to explain


def far_apart(
    charged: npt.NDArray[np.float64], computed: npt.NDArray[np.float64], monthly: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Where the totals ``charged`` contradict tenure × monthly charge, ``computed`` (n,), money; not where one is unknown."""
    with np.errstate(over="ignore", invalid="ignore"):  # numbers of any size, which their range rejects
        return np.abs(charged - computed) > np.maximum(_FAR * np.maximum(charged, computed), _FAR_MONTHS * monthly)


def refuse_other_units(cleaned: Mapping[str, npt.NDArray[Any]], schema: Schema) -> None:
    """Raises ``DataError`` with the likely unit if the columns (n,) show that one of them is not in its own: no probability would
    mean anything. Rows count that cannot be used for another reason.
    """
    if schema.tenure is None or schema[schema.tenure].stated or schema.monthly_charge is None:
        return
    tenure, monthly = cleaned[schema.tenure], cleaned[schema.monthly_charge]
    charged = np.full(len(tenure), np.nan) if schema.total_charge is None else cleaned[schema.total_charge]
    with np.errstate(all="ignore"):  # numbers of any size, which their range rejects
        far = far_apart(charged, tenure * monthly, monthly)
        _refuse_contradictions(charged, tenure * monthly, far, schema)
    _refuse_others_than_months(tenure, (charged > 0) & (tenure > 0) & ~far, schema)


def _refuse_contradictions(
    charged: npt.NDArray[np.float64], computed: npt.NDArray[np.float64], far: npt.NDArray[np.bool_], schema: Schema
) -> None:
    """Most totals are ``far`` from tenure × monthly charge."""
    known = (charged > 0) & (computed > 0)
    far = far & known
    if known.sum() < _ENOUGH or far.sum() <= _MOST * known.sum():
        return
    each = charged[known] / computed[known]
    times = float(np.median(each[far[known]]))
    agree = np.mean(np.abs(np.log(each / times)) < math.log(_ROUNDED)) >= _AGREE  # another unit is the same in all rows
    name, unit = likely_unit(times, schema) if agree else ("", "")
    mend = f"It may be '{name} ({unit})': name the column so, and it is converted." if unit else "Convert it."
    raise DataError(
        f"In {count(far.sum())} of {counted(known.sum(), 'row')} {schema.total_charge} is far from {schema.tenure} × "
        f"{schema.monthly_charge}, {plain_number(times)} times as much in the middle, so one of them is not in "
        f"{schema[schema.named('tenure')].unit} or {schema[schema.named('monthly_charge')].unit}. {mend}"
    )


def likely_unit(times: float, schema: Schema) -> tuple[str, str]:
    """The column and the unit that explain why totals are ``times`` tenure × monthly charge; two empty words if none does.

    >>> from churn_core.schema.telco import TELCO
    >>> likely_unit(13.9, TELCO), likely_unit(0.0101, TELCO), likely_unit(3.1, TELCO)
    (('tenure', 'years'), ('MonthlyCharges', 'cents'), ('', ''))
    """
    explained: list[tuple[float, str, str]] = []
    if not 0 < times < math.inf:
        return "", ""
    for name in (schema.tenure, schema.monthly_charge, schema.total_charge):
        if name is None:
            continue
        for unit, factor in schema[name].conversions.items():
            apart = abs(math.log(times / (1 / factor if name == schema.total_charge else factor)))
            if apart < math.log(_ROUNDED if name == schema.tenure else _LIKE):
                explained.append((apart, name, unit))
    _, name, unit = min(explained, key=lambda each: each[0], default=(0.0, "", ""))
    return name, unit


def _refuse_others_than_months(tenure: npt.NDArray[np.float64], confirmed: npt.NDArray[np.bool_], schema: Schema) -> None:
    """Many a tenure is no whole number, as of years, or too large, as of days, and totals have not ``confirmed`` (n,) most of them:
    the others would be taken for months.
    """
    column = schema[schema.named("tenure")]
    known = tenure[~np.isnan(tenure)]
    others = int(((known != np.floor(known)) | (known > column.high)).sum())
    if column.kind != "whole" or others < _ENOUGH or others <= _MANY * len(known) or confirmed.sum() > _MOST * len(known):
        return
    most = f" up to {count(column.high)}" if math.isfinite(column.high) else ""
    unit = next(iter(column.conversions), "")
    mend = f" Or name it in its unit, for instance '{column.name} ({unit})', and it is converted." if unit else ""
    raise DataError(
        f"In {count(others)} of {counted(len(known), 'row')} {column.name} is no whole number{most}, so it may not be in "
        f"{column.unit}. If it is, mend these rows or leave them out.{mend}"
    )
