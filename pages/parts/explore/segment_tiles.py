"""The segments that were found, one tile each: who, how many leave, what the campaign earns there; and the way to its list."""

import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.decisions.population import Population
from churn_core.decisions.segments.found import FoundSegment, FoundSegments
from churn_core.decisions.segments.money import SegmentMoney, money_of
from pages.parts import words
from pages.parts.campaign_words import is_for_life
from pages.parts.segments_found import segments_or_progress

APART, MONEY = "How far apart", "Money"
_WIDTH = 340  # pixels of a tile, at least


def segment_tiles(workspace: Workspace, population: Population, plan: Plan) -> None:
    """All customers, whatever the filters: a segment holds for all. ``population``: whom the campaign is about."""
    above = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom")
    above.header("What you can do: segments to look at", width="content")
    found = segments_or_progress(workspace)
    if found is None:
        return
    if not found.segments:
        st.info(words.markdown(found.in_words()), icon=":material/info:")
        return
    numbered = [(number, each, money_within(each, population, plan)) for number, each in enumerate(found.segments, 1)]
    order = (
        above.segmented_control("Sort by", [APART, MONEY], default=APART, required=True, key="segments_by", width="content")
        or APART
    )
    if order == MONEY:
        numbered.sort(key=lambda each: -each[2].expected_profit)
    for leaves_more, title in ((True, "They leave more often than the others"), (False, "They stay: the safe ones")):
        of_side = [each for each in numbered if each[1].leaves_more is leaves_more]
        if of_side:
            st.markdown(f"**{title}**")
            with st.grid("auto", min_column_width=_WIDTH):
                for number, segment, money in of_side:
                    _tile(number, segment, money, population)
    _how_they_were_found(found)


def money_within(segment: FoundSegment, population: Population, plan: Plan) -> SegmentMoney:
    """``money_of`` the segment, worked out once for everybody."""
    return population.figures.get(("segment", segment, plan), lambda: money_of(segment, population, plan))


def _tile(number: int, segment: FoundSegment, money: SegmentMoney, population: Population) -> None:
    for_life, said = is_for_life(population.schema), segment.in_words(words.currency())
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{words.markdown(said[:1].upper() + said[1:])}**")
        with st.grid(2, min_column_width=130):
            here = "" if population.is_back_test else f"{words.count(money.customers)} still here"
            _figure("Customers in it", words.count(segment.customers), here)
            _figure(
                "Leave",
                words.percent(segment.rate),
                f"{words.percent(segment.low)} to {words.percent(segment.high)}",
                help=f"Counted on the {words.count(segment.confirming)} customers of it that the search did not see. The range holds "
                "for all segments on this page at once, with 95%.",
            )
            _figure(
                "Campaign earns here",
                words.money(money.expected_profit),
                f"± {words.money(money.forecast.range.half_width)}" if money.contacted else "no contact pays",
                help=f"Of contacting the {words.count(money.contacted)} of them whom it pays to contact under the draft campaign, "
                "without its limits and its fixed cost.",
            )
            _figure(
                "One point less churn",
                words.money(money.value_of_a_point),
                help="What the company keeps if, of a hundred of them, one stays who would have left.",
            )
        st.caption(words.markdown(_beside(segment, money, for_life)))
        if segment.may_be_a_leak:
            st.warning(
                "Nearly all of them left. Perhaps one of these columns says what happened after they did; then leave it out.",
                icon=":material/warning:",
            )
        st.page_link(
            "campaign.py", label="Open its contact list", icon=":material/arrow_forward:", query_params={"segment": str(number)}
        )


def _beside(segment: FoundSegment, money: SegmentMoney, for_life: bool) -> str:
    """What stands under the figures of a tile."""
    lost = f"{words.money(segment.lost)} {'of lifetime value' if for_life else 'of revenue a year'}"
    said = f"Of all others {words.percent(segment.rest_rate)} leave. {lost} left with {words.count(segment.left)} of them."
    if not money.offer:
        return said
    first = money.offers[0]
    return f"{said} Offer that fits: {first.name}, for {words.count(first.customers)} of them."


def _how_they_were_found(found: FoundSegments) -> None:
    st.caption(
        words.markdown(
            f"{found.in_words()} The filters below do not change them. They say who leaves, not why: test an offer on a part of them."
        )
    )


def _figure(label: str, value: str, beside: str = "", help: str = "") -> None:
    st.metric(
        words.markdown(label),
        words.markdown(value),
        words.markdown(beside) or None,
        delta_color="off",
        delta_arrow="off",
        help=words.markdown(help) or None,
    )
