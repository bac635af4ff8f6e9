"""The plan carried out on customers with a known outcome: whom to contact, what that earns, how sure it is, and the list."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core import settings
from churn_core.campaign.economics import expected_profit
from churn_core.campaign.optimise import Outcome, best_threshold, choose, ranked_per_customer
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.sweep import Sweep
from churn_core.campaign.uncertainty import Band, Z, realised_bands
from churn_core.decisions.decide import decide
from churn_core.errors import CampaignError
from churn_core.model.explain import top_reasons
from churn_core.model.protocol import Model
from churn_core.schema import Schema

_STRATA = 10  # bands of churn probability; the control group is drawn within each


@dataclass(frozen=True, kw_only=True, eq=False)
class Recommendation:
    """A plan on these customers. ``contact`` (n,) says whom to contact; ``outcome`` is what the plan's rule expects of it.

    ``best`` is the outcome of the best single threshold, whatever the rule. ``profit`` and ``roi`` are the realised ones
    with their 95 % intervals; ``roi`` is ``None`` if nothing is spent.
    """

    plan: Plan
    contact: npt.NDArray[np.bool_]
    outcome: Outcome
    best: Outcome
    profit: Band
    roi: Band | None

    @property
    def threshold(self) -> float | None:
        """The probability from which up to contact; ``None`` if the plan decides customer by customer or contacts nobody."""
        return self.outcome.threshold

    def contacts_in(self, back_test: Sweep) -> npt.NDArray[np.bool_]:
        """Whom to contact, in the order of a back-test of the same customers (n,)."""
        if self.plan.rule == ONE_THRESHOLD:
            return np.arange(len(back_test.score)) < self.outcome.contacted
        return choose(back_test.score, back_test.clv(self.plan.campaign), self.plan.campaign, self.plan.objective)[0]


def recommend(
    customers: pd.DataFrame,
    probability: npt.NDArray[np.float64],
    churned: npt.NDArray[np.int64],
    plan: Plan,
    swept: Sweep,
    schema: Schema,
) -> Recommendation:
    """Carry out ``plan``; ``swept`` is the sweep of the same customers by expected profit."""
    clv = plan.campaign.clv(customers[schema.monthly_charge].to_numpy())
    best = best_threshold(swept, plan.campaign, plan.objective)
    if plan.rule == ONE_THRESHOLD:
        outcome, contact = best, probability >= (np.inf if best.threshold is None else best.threshold)
    else:
        contact = choose(probability, clv, plan.campaign, plan.objective)[0]
        outcome = ranked_per_customer(swept, plan.campaign, plan.objective)
    profit, roi = realised_bands(contact, churned.astype(float), clv, plan.campaign)
    return Recommendation(plan=plan, contact=contact, outcome=outcome, best=best, profit=profit, roi=roi)


def contact_list(
    customers: pd.DataFrame,
    probability: npt.NDArray[np.float64],
    model: Model,
    recommended: Recommendation,
    *,
    control_share: float = 0.0,
    seed: int = settings.SEED,
    first: int | None = None,
    schema: Schema,
) -> pd.DataFrame:
    """Whom to contact, the most profitable first; with ``first`` only so many.

    Columns: ``rank``, the id, the monthly charge and the tenure under their names in the schema, ``DECISION_COLUMNS``
    without ``contact``, ``control_group`` (True: do not contact, to measure what contacting the others changes), then the
    threshold (empty if the plan decides customer by customer) and the campaign's parameters, the same in every row.
    """
    decisions = decide(customers, probability, recommended.plan, schema=schema).drop(columns="contact")
    listed = customers[[schema.id, schema.monthly_charge, schema.tenure]].join(decisions)[recommended.contact]
    listed = listed.sort_values(["expected_profit", schema.id], ascending=[False, True])
    held = control_group(listed["churn_probability"].to_numpy(), listed[schema.id].to_numpy(), control_share, seed)
    rank = np.arange(1, len(listed) + 1)
    listed = listed.assign(control_group=held, rank=rank).head(first)
    listed = listed.join(top_reasons(model, customers.loc[listed.index], schema=schema)).reset_index(drop=True)
    ahead = ["rank", schema.id, schema.monthly_charge, schema.tenure, *decisions.columns, "reason_1", "reason_2", "reason_3"]
    return listed[[*ahead, "control_group"]].assign(threshold=recommended.threshold, **recommended.plan.as_dict())


def campaign_sheet(
    recommended: Recommendation, model_id: str, control_share: float = 0.0, seed: int = settings.SEED
) -> pd.DataFrame:
    """The campaign beside its list. Columns: ``name`` (a word of ECONOMICS.md, or of the outcome) and ``value``."""
    outcome = recommended.outcome
    values = {
        **recommended.plan.as_dict(),
        "threshold": outcome.threshold,
        "contacted": outcome.contacted,
        "expected_profit": outcome.expected_profit,
        "expected_spend": outcome.expected_spend,
        "roi": outcome.roi,
        "model_id": model_id,
        "control_share": control_share,
        "control_seed": seed,
    }
    return pd.DataFrame({"name": list(values), "value": pd.Series(list(values.values()), dtype=object)})


def control_group(
    churn_probability: npt.NDArray[np.float64], ids: npt.NDArray[Any], share: float, seed: int = settings.SEED
) -> npt.NDArray[np.bool_]:
    """A random ``share`` of the list (n,), True for those whom nobody contacts; drawn within tenths of churn probability, so
    that the control group resembles the contacted at every risk.

    The same ids, share and seed give the same group in any order of the rows. Raises ``CampaignError`` for a share that
    leaves nobody to contact.

    >>> int(control_group(np.linspace(0.1, 0.9, 200), np.arange(200), share=0.1).sum())
    20
    """
    if not 0 <= share < 1:
        raise CampaignError(f"The control group must be a share from 0 to below 1, got {share:g}. Write 10 % as 0.1.")
    n = len(ids)
    wanted = round(share * n)
    held = np.zeros(n, dtype=bool)
    if wanted == 0:
        return held
    by_risk = np.lexsort((ids, -churn_probability))
    lot = np.empty(n)
    lot[np.argsort(ids, kind="stable")] = np.random.default_rng(seed).random(n)  # each id draws its own lot
    # Walk down the risk with an even step: each stratum gives its share, and the shares add up to the wanted number.
    bounds = np.linspace(0, n, min(_STRATA, wanted) + 1).round().astype(int)
    due = np.diff((bounds * (wanted / n)).round().astype(int))
    for start, end, take in zip(bounds[:-1], bounds[1:], due, strict=True):
        stratum = by_risk[start:end]
        held[stratum[np.argsort(lot[stratum])[:take]]] = True
    return held


@dataclass(frozen=True, kw_only=True)
class Control:
    """What a control group costs and what it buys.

    ``customers`` in it; ``expected_profit``: money forgone by not contacting them; ``precision``: half the width of the 95 %
    interval of the success rate that the campaign will measure, a share, ``None`` if one of the groups is empty.
    """

    customers: int
    expected_profit: float
    precision: float | None


def control_of(
    customers: pd.DataFrame,
    probability: npt.NDArray[np.float64],
    recommended: Recommendation,
    share: float,
    seed: int = settings.SEED,
    *,
    schema: Schema,
) -> Control:
    """The control group of a recommendation.

    The measured rate is (churn of control − churn of contacted) / churn of control; with p the mean churn probability of
    the list, its variance at a small success rate is about (1 − p)/p · (1/n_contacted + 1/n_control).
    """
    contact, campaign = recommended.contact, recommended.plan.campaign
    p = probability[contact]
    held = control_group(p, customers.loc[contact, schema.id].to_numpy(), share, seed)
    profit = expected_profit(p, campaign.clv(customers.loc[contact, schema.monthly_charge].to_numpy()), campaign)
    n_control, n_contacted, mean = int(held.sum()), int((~held).sum()), float(p.mean()) if len(p) else 0.0
    precision = None
    if n_control and n_contacted and mean > 0:
        precision = float(Z * np.sqrt((1 - mean) / mean * (1 / n_contacted + 1 / n_control)))
    return Control(customers=n_control, expected_profit=float(profit[held].sum()), precision=precision)
