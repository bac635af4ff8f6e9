"""Who was left alone. The model says who leaves *if left alone*, so what contacted customers did teaches nothing: LOOP.md §10."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.data.campaign_columns import read_arms
from churn_core.errors import DataError
from churn_core.formats import counted, plain_number
from churn_core.schema import Schema

FILE = "left_alone.npy"  # the name of the attachment of a version: the weights of the customers that it was trained on

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class LeftAlone:
    """``weight`` (n,): how many customers each stands for. 0 who was contacted; 1/(chance of being left alone) who was on a list and
    left alone, so that they stand for the contacted too; 1 who was on no list. ``treated`` and ``control``: how many of both.
    ``control_weight``: the mean weight of the latter, ``None`` where there are none.
    """

    weight: Values
    treated: int
    control: int
    control_weight: float | None

    @classmethod
    def of(cls, treated: Values, share: Values | float) -> "LeftAlone | None":
        """From who was ``treated`` (n,), 1, 0 or NaN for who was on no list, and the ``share`` of the list that was left alone, 0–1.
        ``None`` where nobody was on a list.

        >>> LeftAlone.of(np.array([1.0, 0.0, np.nan]), 0.25).weight.tolist()
        [0.0, 4.0, 1.0]
        """
        if np.isnan(treated).all():
            return None
        control = treated == 0
        weight = np.where(treated == 1, 0.0, 1.0)
        weight[control] = 1 / np.broadcast_to(np.asarray(share, dtype=float), treated.shape)[control]
        return cls(
            weight=weight,
            treated=int((treated == 1).sum()),
            control=int(control.sum()),
            control_weight=float(weight[control].mean()) if control.any() else None,
        )

    def in_words(self) -> str:
        """What is learnt from whom, in a sentence.

        >>> print(LeftAlone(weight=np.zeros(0), treated=700, control=78, control_weight=10.0).in_words())
        700 customers were contacted in a campaign and are left out of what is learnt; 78 who were left alone count 10 times each.
        """
        one, alone = self.treated == 1, self.control == 1
        said = (
            f"{counted(self.treated, 'customer was', 'customers were')} contacted in a campaign and {'is' if one else 'are'} left out "
            "of what is learnt"
        )
        if self.control_weight is None:
            return f"{said}; nobody on the list was left alone, so nothing is learnt about customers like them."
        times = plain_number(round(self.control_weight, 1))
        who = counted(self.control, "who was left alone counts", "who were left alone count")
        return f"{said}; {who} {times} times{'' if alone else ' each'}."

    def dumps(self) -> bytes:
        """The weights as the content of a file."""
        content = io.BytesIO()
        np.save(content, self.weight, allow_pickle=False)
        return content.getvalue()

    @classmethod
    def loads(cls, content: bytes, about: Mapping[str, Any]) -> "LeftAlone":
        """Of ``dumps`` and ``as_dict``."""
        return cls(
            weight=np.load(io.BytesIO(content), allow_pickle=False),
            treated=about["left_out_treated"],
            control=about["control"],
            control_weight=about["control_weight"],
        )

    def as_dict(self) -> dict[str, Any]:
        """What a version keeps of it."""
        return {"left_out_treated": self.treated, "control": self.control, "control_weight": self.control_weight}


def arms_said(raw: pd.DataFrame, rows: pd.Index, schema: Schema) -> Values | None:
    """Who of the ``rows`` of a raw table was treated by a column of the table's own, (n,): 1, 0, or NaN where nothing is said;
    ``None`` where no column says it. A column of which most cannot be understood means something else.
    """
    try:
        arms = read_arms(raw, schema)
    except DataError:
        return None
    if arms is None:
        return None
    return arms.treated if len(rows) == len(raw) else pd.Series(arms.treated, index=raw.index).loc[rows].to_numpy()


def left_alone_by(treated: Values | None) -> LeftAlone | None:
    """By a column of the file alone, the share left alone is that of those of whom it says something."""
    if treated is None or not (listed := ~np.isnan(treated)).any():
        return None
    return LeftAlone.of(treated, float((treated[listed] == 0).mean()))
