"""The customers that a version was trained on, as the watch needs them: their summary, and two numbers of each."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.sweep import Sweep
from churn_core.campaign.worth import Worth, worth_of
from churn_core.errors import DataError
from churn_core.monitoring.profile import Profile
from churn_core.monitoring.profiling import bins_of, profile
from churn_core.schema import Schema

SUMMARY, CHARGES = "reference.json", "monthly_charge.npy"  # the files in the folder of a version
_FORMAT = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """``profile``: the summary of the customers; ``churn_rate``: the share who left; of each customer, in one order, the
    out-of-fold ``probability`` (n,) and the ``worth`` (n,). ``best``: a plan, as ``Plan.as_dict``, and its ``best_threshold``, where
    that was kept.
    """

    schema: Schema
    profile: Profile
    churn_rate: float
    probability: npt.NDArray[np.float64]
    worth: Worth
    best: Mapping[str, Any] | None = None

    @classmethod
    def of(
        cls,
        customers: pd.DataFrame,
        probability: npt.ArrayLike,
        schema: Schema,
        weight: npt.NDArray[np.float64] | None = None,
    ) -> "Reference":
        """The reference of cleaned customers with their outcome. The churn rate counts each by ``weight`` (n,): who was contacted in
        a campaign tells nothing of who leaves if left alone. Raises ``DataError`` without customers.
        """
        p = np.asarray(probability, dtype=float)
        bins = bins_of(customers, p, schema)
        return cls(
            schema=schema,
            profile=profile(customers, p, bins, schema=schema),
            churn_rate=float(np.average(customers[schema.target], weights=weight)),
            probability=p,
            worth=worth_of(customers, schema, p),
        )

    @cached_property
    def swept(self) -> Sweep:
        """The sweep by model-expected profit; sorted once."""
        return self.worth.sweep(self.probability)

    def best_threshold(self, plan: Plan) -> float | None:
        """The best single threshold for these customers; ``None`` where nobody is worth contacting. To find it among a million takes a
        quarter of a second, so that of the usual plan is kept with the version.
        """
        if self.best is not None and self.best["plan"] == plan.as_dict():
            kept: float | None = self.best["threshold"]
            return kept
        return best_threshold(self.swept.valued_once(plan.campaign), plan.campaign, plan.objective).threshold

    def files(self) -> dict[str, bytes]:
        """What is kept with the version. The probabilities are kept there already."""
        charges, usual = io.BytesIO(), Plan()
        np.save(charges, self.worth.amount, allow_pickle=False)
        best = {"plan": usual.as_dict(), "threshold": self.best_threshold(usual)}
        summary = {"format": _FORMAT, "churn_rate": self.churn_rate, "profile": self.profile.as_dict(), "best": best}
        return {SUMMARY: json.dumps(summary).encode(), CHARGES: charges.getvalue()}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], probability: npt.NDArray[np.float64], schema: Schema) -> "Reference":
        """The reference of ``files``. Raises ``DataError`` where they are no reference of these probabilities."""
        try:
            summary = json.loads(files[SUMMARY])
            charges = np.load(io.BytesIO(files[CHARGES]), allow_pickle=False)
            if summary["format"] != _FORMAT or charges.shape != probability.shape:
                raise ValueError("another format, or other customers")
            return cls(
                schema=schema,
                profile=Profile.from_dict(summary["profile"]),
                churn_rate=float(summary["churn_rate"]),
                probability=probability,
                worth=Worth(amount=charges.astype(float), for_life=schema.monthly_charge is None, probability=probability),
                best=_best(summary.get("best")),
            )
        except (KeyError, ValueError, TypeError, EOFError) as error:
            raise DataError(f"The reference of the version is damaged ({error}). Train it again.") from error


def _best(kept: Any) -> Mapping[str, Any] | None:
    """``Reference.best`` as it was kept; a version of an earlier program has none. Raises ``ValueError`` for what is no threshold."""
    if kept is None or (isinstance(kept["plan"], dict) and (kept["threshold"] is None or 0 <= kept["threshold"] <= 1)):
        return kept  # type: ignore[no-any-return]
    raise ValueError("no threshold")
