"""A campaign as people talk about it: its parameters, its objective, and the rule that chooses customers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from churn_core.campaign.economics import OWN_RISK, TENURE, Campaign
from churn_core.campaign.objective import MAXIMUM_PROFIT, Objective
from churn_core.campaign.offers.offer import Offer, check_offers
from churn_core.errors import CampaignError

ONE_THRESHOLD = "threshold"  # contact everybody from one churn probability up
PER_CUSTOMER = "per_customer"  # decide customer by customer, each by the own expected profit
RULES = (ONE_THRESHOLD, PER_CUSTOMER)

PARAMETERS = tuple(f.name for f in fields(Campaign) if "curve" not in f.metadata)  # what somebody can say
LIMITS = tuple(f.name for f in fields(Objective))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is saved, shared by link and published.

    ``offers``: several offers to choose from for each customer. Cost, success rate, incentive, uptake and backfire are then those of
    the offers; of the ``campaign`` count what a save is worth and the fixed cost, and of the ``objective`` the budget alone.

    ``margin_stated``: somebody has said that a margin of 1 is right. It is the default too, so that without it a margin of 1 is an
    unanswered question (``margin_is_open``); any other margin is an answer of its own.

    >>> Plan.from_dict({"retention_cost": 25, "budget": 20000}).as_dict()["budget"]
    20000.0
    """

    campaign: Campaign = field(default_factory=Campaign)
    objective: Objective = field(default_factory=Objective)
    rule: str = ONE_THRESHOLD
    offers: tuple[Offer, ...] = ()
    margin_stated: bool = False

    def __post_init__(self) -> None:
        check_offers(self.offers)
        if self.offers and (self.objective.min_roi is not None or self.objective.min_marginal_roi is not None):
            raise CampaignError("Several offers keep to a budget and to capacities. Leave min_roi and min_marginal_roi out.")
        if self.rule not in RULES:
            raise CampaignError(f"rule must be one of {', '.join(RULES)}, got {self.rule!r}.")
        if not isinstance(self.margin_stated, bool):
            raise CampaignError(f"margin_stated must be true or false, got {self.margin_stated!r}. Leave it out for false.")
        object.__setattr__(self, "margin_stated", self.margin_stated and self.campaign.margin == 1)

    @property
    def margin_is_open(self) -> bool:
        """Whether nobody has said what share of revenue is profit: money then counts revenue.

        >>> Plan().margin_is_open, Plan(margin_stated=True).margin_is_open, Plan(campaign=Campaign(margin=0.5)).margin_is_open
        (True, False, False)
        """
        return self.campaign.margin == 1 and not self.margin_stated

    @property
    def stated_margin(self) -> float | None:
        """The margin; ``None`` where the question is open."""
        return None if self.margin_is_open else self.campaign.margin

    @property
    def of_one_contact(self) -> "Plan":
        """The part of the plan that applies to a single customer: no fixed cost, no budget, no ROI of the whole."""
        alone = Objective(min_marginal_roi=self.objective.min_marginal_roi)
        return replace(self, campaign=replace(self.campaign, fixed_cost=0.0), objective=alone, rule=PER_CUSTOMER)

    @property
    def without_limits(self) -> "Plan":
        """The plan with nothing asked of the list as a whole: no budget, no ROI and no capacities."""
        offers = tuple(replace(offer, capacity=None) for offer in self.offers)
        return replace(self, objective=MAXIMUM_PROFIT, offers=offers)

    def as_dict(self) -> dict[str, Any]:
        """A table of name and value, with the names of ECONOMICS.md. Left out: what is ``None``, offers where there are none, and
        ``margin_stated`` where that says nothing.
        """
        campaign = {name: value for name, value in asdict(self.campaign).items() if value is not None}
        limits = {name: value for name, value in asdict(self.objective).items() if value is not None}
        offers = {"offers": [offer.as_dict() for offer in self.offers]} if self.offers else {}
        answered = {"margin_stated": True} if self.margin_stated else {}
        return {**campaign, **limits, "rule": self.rule, **offers, **answered}

    @property
    def in_cells(self) -> dict[str, Any]:
        """Those of ``as_dict`` that fit a cell of a table: neither a curve nor a list of offers."""
        return {name: value for name, value in self.as_dict().items() if name not in ("tenure_curve", "offers", "margin_stated")}

    def valued_for(self, window: float | None, tenure_curve: tuple[float, ...]) -> "Plan":
        """The plan with what a save's worth needs to know of the customers, where the plan asks that and does not say it: their
        churn ``window`` (months) and their ``tenure_curve``. Raises ``CampaignError`` where nobody has said the window, or where the
        customers have no tenure.
        """
        campaign = self.campaign
        if campaign.after_save == OWN_RISK and campaign.window is None:
            if window is None:
                raise CampaignError(
                    "Within how many months do those who leave do so? These customers' file does not say it. Say it with --window, "
                    "like 1."
                )
            campaign = replace(campaign, window=window)
        if campaign.after_save == TENURE and campaign.tenure_curve is None:
            if not tenure_curve:
                raise CampaignError(
                    "How long customers of which age stay is not known of these. Take after_save own-risk or stays."
                )
            campaign = replace(campaign, tenure_curve=tenure_curve)
        return replace(self, campaign=campaign)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Plan":
        """The plan of ``as_dict``; a name that is missing has its default. Raises ``CampaignError`` for an unknown name or value."""
        unknown = sorted(set(values) - {*PARAMETERS, *LIMITS, "tenure_curve", "rule", "offers", "margin_stated"})
        if unknown:
            raise CampaignError(f"A campaign has no parameter {unknown[0]!r}. Leave it out.")
        campaign = Campaign(**{name: values[name] for name in (*PARAMETERS, "tenure_curve") if name in values})
        objective = Objective(**{name: values[name] for name in LIMITS if name in values})
        offers = tuple(Offer.from_dict(each) for each in values.get("offers", ()))
        return cls(
            campaign=campaign,
            objective=objective,
            rule=values.get("rule", ONE_THRESHOLD),
            offers=offers,
            margin_stated=values.get("margin_stated", False),
        )
