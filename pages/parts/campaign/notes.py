"""What a careful reader of the sentence should know: assumptions that drive it, and why the threshold is so low."""

import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.advice import best_from, highest_roi
from churn_core.campaign.curve import profit_curve
from churn_core.campaign.economics import NOISE, OWN_RISK, STAYS, Campaign
from churn_core.campaign.objective import MAXIMUM_PROFIT
from churn_core.campaign.optimise import Outcome, at_threshold, best_threshold, plateau, ranked_per_customer
from churn_core.campaign.plan import ONE_THRESHOLD, Plan
from churn_core.campaign.sensitivity import break_even_backfire, break_evens, least_success_rate
from churn_core.campaign.sweep import Sweep
from churn_core.charts.campaign import roi_curve_figure
from churn_core.decisions.policies import average_break_even
from churn_core.decisions.realised import realised
from churn_core.decisions.recommendation import Recommendation, recommend
from pages.parts import words
from pages.parts.campaign_words import is_for_life
from pages.parts.frame import chart, palette
from pages.parts.rate_source import measured_in

_CLOSE = 1.5  # times its break-even; a success rate below that is "close"
_MISCALIBRATED = 2.0  # times the noise; chance does not explain a calibration error above that
_FLOOR, _HALF = 0.1, 0.5  # thresholds of common advice


def assumptions_that_drive(workspace: Workspace, recommended: Recommendation) -> None:
    """One line for each assumption that decides whether the campaign pays."""
    plan, population = recommended.plan, recommended.population
    rate = words.percent(plan.campaign.success_rate)
    said = _one_threshold(recommended)
    if not recommended.outcome.contacted:
        if said:
            return
        least = least_success_rate(population.probability, recommended.clv, plan.campaign)
        st.warning(
            "No contact would pay even if every one succeeded: the cost is above what a save is worth. Lower it"
            + ("." if is_for_life(population.schema) else " or raise the horizon.")
            if least is None
            else f"No contact pays below a success rate of {words.percent(least)}, and you assume {rate}. Raise it if you have "
            "reason to, or lower the cost."
            if plan.campaign.success_rate <= least
            else "Some contacts would pay, but not within these limits or with this fixed cost. Open the assumptions below.",
            icon=":material/warning:",
        )
        return
    bound = recommended.outcome.upper_bound
    if bound is not None:
        st.caption(
            words.amounts(
                ":material/info: With an incentive contacts differ in cost, so the limits are filled by profit per spend: no list "
                f"within them could earn more than {words.money(bound)}, {words.money(bound - recommended.outcome.expected_profit)} "
                "more than this."
            )
        )
    listed = recommended.listed
    needed, _ = break_evens(listed, plan.campaign)
    if needed is not None and plan.campaign.success_rate < _CLOSE * needed:
        st.warning(
            f"The success rate decides: this list loses money below {words.percent(needed)}, and {_have(plan)}",
            icon=":material/warning:",
        )
    _about_probabilities(workspace, recommended)
    backfire = break_even_backfire(listed, plan.campaign)
    if plan.campaign.backfire_rate == 0 and backfire is not None:
        st.caption(
            ":material/info: This assumes that no contact drives anyone away; the list breaks even if "
            f"{words.percent(backfire)} of the loyal customers on it left because of the contact."
        )


def _one_threshold(recommended: Recommendation) -> bool:
    """Where saved customers do not all stay as long, one threshold need not be best: by how much customer by customer earns more.
    Whether there was anything to say.
    """
    plan, best = recommended.plan, recommended.best
    if plan.campaign.after_save == STAYS or is_for_life(recommended.population.schema):
        return False
    each = ranked_per_customer(recommended.population.expected_sweep, plan.campaign, plan.objective)
    more = each.expected_profit - best.expected_profit
    if more <= NOISE * (each.expected_spend + abs(best.expected_profit)):
        return False
    why = (
        "Since those most likely to leave would not stay long"
        if plan.campaign.after_save == OWN_RISK
        else "Since how long saved customers stay depends on their tenure"
    )
    what = (
        f"deciding customer by customer earns {words.money(more)} more."
        if plan.rule == ONE_THRESHOLD
        else f"it would earn {words.money(more)} less than deciding customer by customer."
    )
    st.info(words.amounts(f"{why}, one threshold is no longer best: {what}"), icon=":material/call_split:")
    return True


def _have(plan: Plan) -> str:
    """What the draft has for a success rate, and whether that is known."""
    source, rate = measured_in(plan), words.percent(plan.campaign.success_rate)
    if source is None:
        return f"you assume {rate}. Measure it with a control group before you spend."
    return f"yours is {rate}, {words.markdown(source)}."


def _about_probabilities(workspace: Workspace, recommended: Recommendation) -> None:
    """Where the probabilities miss what happened by more than chance: expected and realised, side by side."""
    measures = workspace.measures
    apart, by_chance = measures.calibration_error, measures.calibration_noise
    back_test = recommend(workspace.all_customers, recommended.plan)
    was = realised(back_test)
    if apart > _MISCALIBRATED * by_chance or was.beyond_chance:
        st.warning(
            words.markdown(
                f"The probabilities are {words.percent(apart)} away from what happened ({words.percent(by_chance)} by chance). On all "
                f"{words.counted(len(workspace.customers), 'customer')} this rule expects "
                f"{words.money(back_test.outcome.expected_profit)} and would have realised {words.money(was.profit.estimate)}. "
                "Every amount here rests on the probabilities: see the Model page."
            ),
            icon=":material/warning:",
        )


def why_so_low(recommended: Recommendation) -> None:
    """Three common answers to "which threshold?", with the figures of this campaign."""
    population, campaign = recommended.population, recommended.plan.campaign
    swept = population.expected_sweep
    best = best_threshold(swept, campaign)  # limits set aside: they are the reader's own reason for another threshold
    high = best.threshold is not None and best.threshold >= _FLOOR
    question = "Why this threshold?" if high else "Why is the best threshold so low?"
    panel = st.expander(question, icon=":material/help:", key="why_so_low", on_change="rerun")
    if not panel.open:  # nothing is computed that is not looked at
        return
    with panel:
        if best.threshold is None:
            st.write("At these parameters no threshold pays, so there is none to explain.")
            return
        if recommended.plan.objective != MAXIMUM_PROFIT:
            st.caption("Your limits are set aside here: this is about the most profitable threshold without them.")
        break_even = average_break_even(population, campaign)
        for_life = is_for_life(population.schema)
        alike = for_life or campaign.after_save == STAYS  # a save is worth the same multiple of each charge
        clv, worth = population.worth.clv(campaign).mean(), "charge" if alike and not for_life else "lifetime value"
        half, ratio = at_threshold(swept, campaign, _HALF), highest_roi(swept, campaign)
        plain = campaign.incentive == 0 and campaign.backfire_rate == 0
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.markdown(
                words.amounts(
                    "**A contact is cheap beside what it can save.** "
                    + (
                        f"Cost ÷ (success rate × lifetime value) = {words.price(campaign.retention_cost)} ÷ "
                        f"({words.as_set(campaign.success_rate)} × {words.money(clv)}) = **{words.percent(break_even)}** for a "
                        f"customer with the average {worth}"
                        if plain
                        else f"With the incentive and the backfire counted, a customer with the average {worth} breaks even at "
                        f"**{words.percent(break_even)}**"
                    )
                    + (
                        f": from there up it pays. The best single threshold, {words.percent(best.threshold)}, is near it.\n\n"
                        if alike
                        else ". Here saved customers do not all stay as long, so the best single threshold, "
                        f"{words.percent(best.threshold)}, need not be near it.\n\n"
                    )
                    + f"**A {words.as_set(_HALF)} cut-off costs you {words.money(best.expected_profit - half.expected_profit)}.** "
                    f"It would earn {words.money(half.expected_profit)}: "
                    f"{words.percent(1 - half.expected_profit / best.expected_profit)} of what there is to earn is missed.\n\n"
                    + _about_floor(swept, campaign, best)
                    + f"**The highest ROI is not the most money.** The highest ROI, {words.percent(ratio.roi, 0)}, is a campaign of "
                    f"{words.counted(ratio.contacted, 'customer')} that earns "
                    f"{words.money(ratio.expected_profit)}; maximum profit has {words.percent(best.roi, 0)} and earns "
                    f"{words.money(best.expected_profit)}. To control ROI, ask for a least ROI of each contact instead."
                )
            )
        with right:
            chart(
                "ROI rises as fewer are contacted, and the profit goes",
                roi_curve_figure(
                    profit_curve(swept, campaign, settings.CURVE_POINTS),
                    palette(),
                    best=best.threshold,
                    best_roi=best.roi,
                    plateau=plateau(swept, campaign),
                    break_even=break_even,
                ),
                key="roi_curve",
            )


def _about_floor(swept: Sweep, campaign: Campaign, best: Outcome) -> str:
    found, on_the_edge = best_from(swept, campaign, _FLOOR)
    if not on_the_edge:
        return ""
    lost = words.money(best.expected_profit - found.expected_profit)
    return (
        f"**A search that starts at {words.as_set(_FLOOR)} finds {words.as_set(_FLOOR)}.** Its best threshold is where it "
        f"starts, whatever the parameters, as long as the break-even lies below that: {lost} less, and nobody notices. This page "
        "looks at every threshold.\n\n"
    )
