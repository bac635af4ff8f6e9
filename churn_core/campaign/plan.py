"""A campaign as people talk about it: its parameters, its objective, and the rule that chooses customers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.errors import CampaignError

ONE_THRESHOLD = "threshold"  # contact everybody from one churn probability up
PER_CUSTOMER = "per_customer"  # decide customer by customer, each by the own expected profit
RULES = (ONE_THRESHOLD, PER_CUSTOMER)

PARAMETERS = tuple(f.name for f in fields(Campaign))
LIMITS = tuple(f.name for f in fields(Objective))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is saved, shared by link and published.

    >>> Plan.from_dict({"retention_cost": 25, "budget": 20000}).as_dict()["budget"]
    20000.0
    """

    campaign: Campaign = field(default_factory=Campaign)
    objective: Objective = field(default_factory=Objective)
    rule: str = ONE_THRESHOLD

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise CampaignError(f"rule must be one of {', '.join(RULES)}, got {self.rule!r}.")

    @property
    def of_one_contact(self) -> "Plan":
        """The part of the plan that applies to a single customer: no fixed cost, no budget, no ROI of the whole."""
        alone = Objective(min_marginal_roi=self.objective.min_marginal_roi)
        return Plan(campaign=replace(self.campaign, fixed_cost=0.0), objective=alone, rule=PER_CUSTOMER)

    def as_dict(self) -> dict[str, float | str]:
        """A flat table of name and value, with the names of ECONOMICS.md; limits that are ``None`` are left out."""
        limits = {name: value for name, value in asdict(self.objective).items() if value is not None}
        return {**asdict(self.campaign), **limits, "rule": self.rule}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Plan":
        """The plan of ``as_dict``; a name that is missing has its default. Raises ``CampaignError`` for an unknown name or value."""
        unknown = sorted(set(values) - {*PARAMETERS, *LIMITS, "rule"})
        if unknown:
            raise CampaignError(f"A campaign has no parameter {unknown[0]!r}. Leave it out.")
        campaign = Campaign(**{name: values[name] for name in PARAMETERS if name in values})
        objective = Objective(**{name: values[name] for name in LIMITS if name in values})
        return cls(campaign=campaign, objective=objective, rule=values.get("rule", ONE_THRESHOLD))
