"""An offer: what one contact costs, how often it works, for whom it is, and how many can have it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from churn_core.campaign.economics import Campaign
from churn_core.campaign.offers.rule import Rule
from churn_core.errors import CampaignError

OF_ONE_OFFER = (
    "retention_cost",
    "success_rate",
    "success_rate_give_or_take",
    "incentive",
    "incentive_uptake",
    "backfire_rate",
)  # parameters of a campaign that each offer has of its own; all others, as what a save is worth, are those of the campaign
LONGEST_NAME = 60  # characters


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One of several offers of a campaign. Each customer gets at most one of them, once.

    - ``name``: what it is called, in lists and files
    - ``retention_cost`` c, ``success_rate`` γ with its ``success_rate_give_or_take``, ``incentive`` d, ``incentive_uptake`` κ and
      ``backfire_rate`` s: as in ``Campaign``
    - ``capacity``: the most customers who can get it, a whole number; ``None`` for no limit
    - ``only_if``: the rule that a customer has to meet, ``Column=value`` or ``Column>=number`` (``Rule``); empty: everybody

    Raises ``CampaignError`` for an impossible value, by offer and name and with the mend.

    >>> Offer(name="call", success_rate=30)
    Traceback (most recent call last):
    churn_core.errors.CampaignError: Offer 'call': success_rate must be between 0 and 1, got 30. Write 30 % as 0.3.
    """

    name: str
    retention_cost: float = Campaign.retention_cost
    success_rate: float = Campaign.success_rate
    success_rate_give_or_take: float = Campaign.success_rate_give_or_take
    incentive: float = 0.0
    incentive_uptake: float | None = None
    backfire_rate: float = 0.0
    capacity: int | None = None
    only_if: str = ""

    def __post_init__(self) -> None:
        name = " ".join(str(self.name).split())
        if not name or len(name) > LONGEST_NAME:
            raise CampaignError(f"An offer needs a name of at most {LONGEST_NAME} characters, got {self.name!r:.80}. Name it.")
        object.__setattr__(self, "name", name)
        try:
            checked = Campaign(**{each: getattr(self, each) for each in OF_ONE_OFFER})
        except CampaignError as error:
            raise CampaignError(f"Offer '{name}': {error}") from error
        for each in OF_ONE_OFFER:
            object.__setattr__(self, each, getattr(checked, each))
        object.__setattr__(self, "capacity", _whole(self.capacity, name))
        object.__setattr__(self, "only_if", _rule(self.only_if, name))

    @property
    def rule(self) -> Rule | None:
        """The rule that a customer has to meet; ``None``: the offer is for everybody."""
        return Rule.of(self.only_if) if self.only_if else None

    def in_campaign(self, campaign: Campaign) -> Campaign:
        """The campaign of this offer alone: its own parameters, and of the ``campaign`` what a save is worth. The fixed cost belongs
        to the campaign as a whole, so that it is 0 here.

        >>> Offer(name="call", retention_cost=25).in_campaign(Campaign(clv_months=6, fixed_cost=100)).clv(70.0)
        420.0
        """
        return replace(campaign, **{each: getattr(self, each) for each in OF_ONE_OFFER}, fixed_cost=0.0)

    def as_dict(self) -> dict[str, Any]:
        """The fields by name; those that ask for nothing are left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Offer":
        """The offer of ``as_dict``. Raises ``CampaignError`` for an unknown name or value."""
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise CampaignError(f"An offer has no {unknown[0]!r}. Leave it out.")
        if "name" not in values:
            raise CampaignError("An offer has no name. Name it.")
        return cls(**values)


def _whole(capacity: Any, name: str) -> int | None:
    """A capacity as a whole number: how many customers fit. A part of a customer does not."""
    if capacity is None:
        return None
    number = float(capacity) if isinstance(capacity, (int, float)) and not isinstance(capacity, bool) else math.nan
    if not 0 <= number < math.inf:
        raise CampaignError(
            f"Offer '{name}': capacity must be a number of customers, 0 or more, got {capacity!r:.40}. Write 500."
        )
    return math.floor(number)


def _rule(only_if: Any, name: str) -> str:
    """A rule in one spelling; empty for everybody."""
    words = str(only_if or "").strip()
    try:
        return str(Rule.of(words)) if words else ""
    except CampaignError as error:
        raise CampaignError(f"Offer '{name}': {error}") from error


def check_offers(offers: tuple[Offer, ...]) -> None:
    """Refuse offers of the same name: a list could not say which is meant. Raises ``CampaignError``."""
    names = [offer.name.casefold() for offer in offers]
    twice = next((offer.name for offer in offers if names.count(offer.name.casefold()) > 1), None)
    if twice is not None:
        raise CampaignError(f"Two offers are called '{twice}'. Give each a name of its own.")
