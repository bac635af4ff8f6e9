"""What the tests of the Campaign page share: plans, their addresses, and what the page has to show."""

from churn_core.application.workspace import Workspace
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import PER_CUSTOMER, Plan
from churn_core.decisions.population import ALL, HERE
from churn_core.decisions.recommendation import Recommendation, recommend
from tests.pages.conftest import beside, dollars, metrics, side_bar, unescaped

TABS = ("Contact list", "Control group", "Per customer or one threshold", "How sure", "Sensitivity", "Saved campaigns")
FULL = {
    "retention_cost": 15.0, "success_rate": 0.35, "success_rate_give_or_take": 0.12, "clv_months": 18.0, "margin": 0.8,
    "annual_discount": 0.08, "monthly_survival": 0.98, "incentive": 25.0, "incentive_uptake": 0.6, "backfire_rate": 0.01,
    "fixed_cost": 3000.0,
}  # fmt: skip
SHARES = (
    "success_rate", "success_rate_give_or_take", "margin", "annual_discount", "monthly_survival", "incentive_uptake",
    "backfire_rate",
)  # fmt: skip
SAVE_WORDS = {
    "stays": "Stays for the whole horizon",
    "own_risk": "Keeps their own risk of leaving",
    "tenure": "Stays like an average customer of the same tenure",
}
RULE_WORDS = {"threshold": "One threshold for everybody", PER_CUSTOMER: "Customer by customer"}


def plan_of(values: dict) -> Plan:
    return Plan.from_dict(values)


def query_of(values: dict) -> dict[str, str]:
    """As in an address."""
    return {name: {**RULE_WORDS, **SAVE_WORDS}.get(value, str(value)) for name, value in values.items()}


def recommended(workspace: Workspace, plan: Plan, *, back_test: bool = False) -> Recommendation:
    """On the customers still here, or on all of them as a back-test."""
    return recommend(workspace.population(ALL if back_test else HERE), workspace.valued(plan))


def assert_shows(at, workspace: Workspace, plan: Plan, *, back_test: bool = False) -> None:
    """The sentence, the figures and the side bar are those of the core."""
    found = recommended(workspace, plan, back_test=back_test)
    outcome, best = found.outcome, found.best
    who = "each above their own break-even" if plan.rule == PER_CUSTOMER else f"everyone above {best.threshold:.1%}"
    assert not at.exception and not at.error
    contact, of = ("Back-test: contact", "all 7,043 customers") if back_test else ("Contact", "5,174 customers still here")
    assert unescaped(at.title[0].value) == (
        f"{contact} {outcome.contacted:,} of {of}, {who}: expected profit {dollars(outcome.expected_profit)} "
        f"±\u00a0{dollars(found.forecast.range.half_width)} on {dollars(outcome.expected_spend)} spent, ROI {outcome.roi:,.0%}"
    )
    shown = metrics(at)
    assert shown["Best threshold"] == f"{best.threshold:.1%}"
    assert shown["Customers to contact"] == f"{outcome.contacted:,}"
    assert shown["Expected profit"] == dollars(outcome.expected_profit)
    exact, rate = (
        dollars(found.forecast.range_if_exact.half_width),
        f"{100 * plan.campaign.success_rate:.1f}".removesuffix(".0") + "%",
    )
    assert beside(at)["Expected profit"] == f"± {exact} if {rate} is exactly right"
    assert shown["Expected spend"] == dollars(outcome.expected_spend)
    assert shown["ROI"] == f"{outcome.roi:,.0%}"
    here = best_threshold(
        workspace.still_here.expected_sweep, found.plan.campaign, plan.objective
    )  # the draft's, in a back-test too
    assert f"**Best threshold** {here.threshold:.1%}" in unescaped(side_bar(at))


LIMITED = [
    {},
    {"budget": 40_000.0},
    {"min_roi": 4.0},
    {"min_marginal_roi": 1.5},
    {"rule": PER_CUSTOMER},
    {"rule": PER_CUSTOMER, "budget": 40_000.0, "min_roi": 2.0, "min_marginal_roi": 0.5},
]


def listed(workspace: Workspace, plan: Plan):
    """The sums over the recommended list."""
    return recommended(workspace, plan).listed
