"""The plan carried out on a population: whom to contact, what that earns, how sure it is, and the list."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import STAYS
from churn_core.campaign.forecast import Contacts, Forecast, chance_of_loss, forecast_of
from churn_core.campaign.offers.forecast import chance_of_loss_of_offers
from churn_core.campaign.offers.offer import OF_ONE_OFFER
from churn_core.campaign.optimise import Outcome, best_threshold, choose, ranked_per_customer
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.schedule import NEVER
from churn_core.campaign.sweep import Totals, totals_of
from churn_core.campaign.uncertainty import Band, Z, misses, realised_bands
from churn_core.campaign.worth import worth_of
from churn_core.decisions.decide import OFFER, choose_within, decide
from churn_core.decisions.offers import DecidedOffers, campaigns_of, positions_of
from churn_core.decisions.offers_of_population import decided_offers
from churn_core.decisions.population import Population
from churn_core.decisions.why_not import WHY_NOT, why_not_on_list
from churn_core.errors import CampaignError
from churn_core.experiment.draw import Draw, as_id, draw, draw_within
from churn_core.model.explain import top_reasons
from churn_core.model.protocol import Model

TREATED, CONTROL = "treated", "control"  # the arms: whom to contact, and whom to leave alone


@dataclass(frozen=True, kw_only=True, eq=False)
class Recommendation:
    """A plan on a population. ``contact`` (n,) says whom to contact; ``outcome`` is what the plan's rule expects of it.

    ``best`` is the outcome of the best single threshold, whatever the rule; ``forecast`` the ranges of what the campaign
    will earn. ``offers``: who gets which, of a plan with several offers; then ``contact`` says who gets one, and ``best`` is the same
    outcome with the lowest churn probability of anybody who does.
    """

    plan: Plan
    population: Population
    contact: npt.NDArray[np.bool_]
    outcome: Outcome
    best: Outcome
    forecast: Forecast
    offers: DecidedOffers | None = None

    @property
    def threshold(self) -> float | None:
        """The probability from which up to contact; ``None`` if the plan decides customer by customer or contacts nobody."""
        return self.outcome.threshold

    @property
    def clv(self) -> npt.NDArray[np.float64]:
        """The lifetime value of each customer of the population (n,); money."""
        return self.population.worth.clv(self.plan.campaign)

    def clv_of(self, listed: pd.DataFrame) -> npt.NDArray[np.float64]:
        """The lifetime value of each customer of a contact list, or of a part of one (k,); money."""
        return worth_of(listed, self.population.schema, listed["churn_probability"].to_numpy(dtype=float)).clv(self.plan.campaign)

    @property
    def listed(self) -> Totals[float]:
        """The sums over those who are contacted."""
        return totals_of(self.population.probability[self.contact], self.clv[self.contact])

    @property
    def chance_of_loss(self) -> float:
        """The chance that this campaign loses money; 0–1."""
        if self.offers is not None:
            p, clv, given = self.population.probability, self.clv, [self.offers.offer == j for j in range(len(self.plan.offers))]
            of_each = [p[of_offer] for of_offer in given], [clv[of_offer] for of_offer in given]
            return chance_of_loss_of_offers(*of_each, campaigns_of(self.plan), self.plan.campaign.fixed_cost)
        return chance_of_loss(self.population.probability[self.contact], self.clv[self.contact], self.plan.campaign)


def recommend(population: Population, plan: Plan) -> Recommendation:
    """Carry out ``plan``."""
    if plan.offers:
        return _recommend_offers(population, plan)
    p, swept, campaign = population.probability, population.expected_sweep, plan.campaign
    clv = population.worth.clv(campaign)
    best = best_threshold(swept, campaign, plan.objective)
    if plan.rule == ONE_THRESHOLD:
        outcome, contact = best, p >= (np.inf if best.threshold is None else best.threshold)
    else:
        contact = choose(p, clv, campaign, plan.objective)[0]
        outcome = ranked_per_customer(swept, campaign, plan.objective)
    return Recommendation(
        plan=plan,
        population=population,
        contact=contact,
        outcome=outcome,
        best=best,
        forecast=forecast_of(p[contact], clv[contact], campaign, outcome.expected_profit),
    )


def _recommend_offers(population: Population, plan: Plan) -> Recommendation:
    p, decided = population.probability, decided_offers(population, plan)
    contact, outcome = decided.contact, decided.outcome
    lowest = float(p[contact].min()) if contact.any() else None
    return Recommendation(
        plan=plan,
        population=population,
        contact=contact,
        outcome=outcome,
        best=replace(outcome, threshold=lowest),
        forecast=decided.forecast,
        offers=decided,
    )


def recommend_published(population: Population, plan: Plan, threshold: float) -> Recommendation:
    """Contact everybody from a published ``threshold`` up, within the limits of its ``plan``; several offers are given as the plan
    says, whatever the threshold.
    """
    if plan.offers:
        return _recommend_offers(population, plan)
    p, clv, campaign = population.probability, population.worth.clv(plan.campaign), plan.campaign
    contact, limited = choose_within(p, clv, plan, threshold)
    contacts = Contacts.of(p[contact], clv[contact], campaign)
    cut = threshold if limited is None else limited.cut
    return Recommendation(
        plan=plan,
        population=population,
        contact=contact,
        outcome=replace(contacts.outcome(campaign), threshold=cut),
        best=best_threshold(population.expected_sweep, campaign, plan.objective),
        forecast=contacts.forecast(campaign),
    )


def recommend_decided(population: Population, plan: Plan, applied: Plan, threshold: float | None) -> Recommendation:
    """Carry out the ``plan``; where a ``threshold`` is published, everybody from it up, by the plan that is ``applied``."""
    return recommend(population, plan) if threshold is None else recommend_published(population, applied, threshold)


@dataclass(frozen=True, kw_only=True)
class Realised:
    """What the contacts of a back-test would have earned, given who left.

    ``profit`` and ``roi``: with the 95 % interval of their long-run mean; ``roi`` is ``None`` if nothing is spent. ``missed``: how
    far the realised profit lies above the expected one, in standard deviations of chance. ``had_left``: contacts who left.
    """

    profit: Band
    roi: Band | None
    missed: float
    had_left: int

    @property
    def beyond_chance(self) -> bool:
        """Whether the probabilities miss the outcomes: then the expected profit stands beside the realised one."""
        return abs(self.missed) > Z


def realised(back_test: Recommendation) -> Realised:
    """Of a recommendation on all customers. Raises ``CampaignError`` where it is not known who left."""
    churned, contact = back_test.population.churned, back_test.contact
    if churned is None:
        raise CampaignError("What a campaign realised is known of a back-test only. Take all customers, not those still here.")
    y, clv, campaign = churned.astype(float), back_test.clv, back_test.plan.campaign
    profit, roi = realised_bands(contact, y, clv, campaign)
    p = back_test.population.probability
    return Realised(
        profit=profit,
        roi=roi,
        missed=misses(p[contact], y[contact], clv[contact], campaign),
        had_left=int(churned[contact].sum()),
    )


def contact_list(
    recommended: Recommendation,
    model: Model,
    *,
    control_share: float = 0.0,
    salt: str = "",
    first: int | None = None,
    week: npt.NDArray[np.intp] | None = None,
    among: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Whom to contact, the most profitable first; with ``first`` only so many. ``among`` (n,): only those of these customers of the
    population, with the rank and the arm that they have on the whole list.

    ``week``: in which week to contact each of those who are contacted, in the order of the population (``decisions.weeks``); the list
    is then in the order of the weeks, and who has none (``NEVER``) comes last.

    Columns: ``rank``; ``week`` where it is given, empty for who has none; the id, the monthly charge or lifetime value and the
    tenure, where there are any, under their names in the schema, and ``clv`` (money) where a save is not worth the same multiple of
    each charge; ``DECISION_COLUMNS`` without ``contact``; ``arm`` (``treated``; ``control``: do not contact, to measure what
    contacting the others changes), ``why_not`` where a control group or weeks leave somebody out (``why_not_on_list``), and
    ``stratum``, the tenth of churn probability in which lots were drawn; then the threshold (empty if the plan decides customer by
    customer) and the campaign's parameters, the same in every row.
    Raises ``CampaignError`` for a back-test: nobody who has left is on a list.
    """
    customers, schema = still_here(recommended), recommended.population.schema
    chosen = None if recommended.offers is None else recommended.offers.offer
    decisions = decide(customers, recommended.population.probability, recommended.plan, chosen=chosen, schema=schema)
    decisions = decisions.drop(columns="contact")
    described = [name for name in (schema.id, schema.monthly_charge or schema.clv_column, schema.tenure) if name]
    customers, described = _with_clv(recommended, customers, described)
    listed = customers[described].join(decisions)[recommended.contact]
    listed = listed.sort_values(["expected_profit", schema.id], ascending=[False, True])
    drawn = draw_of(recommended, control_share, salt)
    at = pd.Series(np.arange(len(drawn.control)), index=customers.index[recommended.contact])[listed.index]
    arm = np.where(drawn.control[at], CONTROL, TREATED)
    rank = np.arange(1, len(listed) + 1)
    listed = listed.assign(arm=arm, stratum=drawn.stratum[at], rank=rank)
    if week is not None or drawn.control.any():
        of_each = None if week is None else week[at]
        listed[WHY_NOT] = why_not_on_list(listed["expected_profit"].to_numpy(float), drawn.control[at], of_each)
    if week is not None:
        listed["week"] = pd.Series(week[at], index=listed.index, dtype="Int64").replace(NEVER, pd.NA)
        listed = listed.sort_values(["week", "rank"])
    if among is not None:
        listed = listed[pd.Series(among, index=customers.index)[listed.index]]
    listed = listed.head(first)
    listed = listed.join(top_reasons(model, customers.loc[listed.index], schema=schema)).reset_index(drop=True)
    ahead = ["rank", *(["week"] if week is not None else []), *described, *decisions.columns, "reason_1", "reason_2", "reason_3"]
    behind = ["arm", *([WHY_NOT] if WHY_NOT in listed else []), "stratum"]
    return listed[[*ahead, *behind]].assign(threshold=recommended.threshold, **_parameters(recommended, listed))


def _parameters(recommended: Recommendation, listed: pd.DataFrame) -> dict[str, Any]:
    """The campaign's parameters, the same in every row; of several offers those of the customer's own."""
    cells = recommended.plan.in_cells
    if recommended.offers is None:
        return cells
    at = positions_of(recommended.plan.offers, listed[OFFER])
    own = {name: np.array([getattr(offer, name) for offer in recommended.plan.offers])[at] for name in OF_ONE_OFFER}
    return {name: value for name, value in {**cells, **own}.items() if name != "rule"}


def _with_clv(recommended: Recommendation, customers: pd.DataFrame, described: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Who reads the list again can work out what each save is worth, wherever that is not a multiple of the charge."""
    if recommended.plan.campaign.after_save == STAYS or recommended.population.worth.for_life or "clv" in customers:
        return customers, described
    return customers.assign(clv=recommended.clv), [*described, "clv"]


def draw_of(recommended: Recommendation, control_share: float, salt: str) -> Draw:
    """Who of the contacts is left alone, in the order of the population; of each offer as many of those it is meant for."""
    contact = recommended.contact
    ids = [as_id(each) for each in still_here(recommended).loc[contact, recommended.population.schema.id]]
    p = recommended.population.probability[contact]
    if recommended.offers is None:
        return draw(ids, p, control_share, salt)
    return draw_within(recommended.offers.offer[contact], ids, p, control_share, salt)


def still_here(recommended: Recommendation) -> pd.DataFrame:
    """The customers who can be on a list. Raises ``CampaignError`` for a back-test."""
    if recommended.population.is_back_test:
        raise CampaignError(
            "A back-test is no contact list: some of its customers have left. Take the list of the customers still here."
        )
    return recommended.population.customers
