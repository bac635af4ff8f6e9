"""The plan carried out on a population: whom to contact, what that earns, and how sure it is."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.forecast import Contacts, Forecast, chance_of_loss, forecast_of
from churn_core.campaign.offers.forecast import chance_of_loss_of_offers
from churn_core.campaign.optimise import Outcome, best_threshold, choose, ranked_per_customer
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.totals import Totals, totals_of
from churn_core.campaign.worth import worth_of
from churn_core.decisions.decide import choose_within
from churn_core.decisions.kept import Kept
from churn_core.decisions.offers import DecidedOffers, campaigns_of
from churn_core.decisions.offers_of_population import decided_offers
from churn_core.decisions.population import Population


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

    @cached_property
    def kept(self) -> Kept:
        """The last few draws."""
        return Kept(most=2)

    @cached_property
    def figures(self) -> Kept:
        """Numbers that pages show of it, and the first rows of its list."""
        return Kept()

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
    """Carry out ``plan``; for whoever asks again by the same plan it is the same recommendation."""
    return population.kept.get(("recommend", plan), lambda: _recommend(population, plan))


def _recommend(population: Population, plan: Plan) -> Recommendation:
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
