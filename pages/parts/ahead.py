"""What the pages show of the usual draft, page by page, so that it is worked out before the first person looks."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

import pages.parts
from churn_core.application.ahead import Figure
from churn_core.application.workspace import Workspace
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.decisions import describe
from churn_core.decisions.at_stake import last_contacts
from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.control import control_of
from churn_core.decisions.recommendation import Recommendation, recommend
from churn_core.live import component
from churn_core.model import metrics
from churn_core.report.link import usual_currency
from churn_core.report.segments import segments_of
from churn_core.report.why import before, what_tells_apart
from pages.parts.campaign.contact_tabs import LISTED
from pages.parts.campaign.live import is_live
from pages.parts.customers.new_customer import asked_of_anybody
from pages.parts.explore.by_group import bands_table, services_table
from pages.parts.explore.chosen import Chosen
from pages.parts.explore.columns import by_hand, compared, crossed, filters_of, strengths
from pages.parts.explore.filters import scale_of
from pages.parts.explore.segment_card import against_rest_table, economics_of
from pages.parts.explore.segment_tiles import money_within
from pages.parts.explore.strongest import table_by
from pages.parts.explore.two_sides import spreads
from pages.parts.model.calibration_chart import band_table
from pages.parts.model.scored import best_in_use, how_many, in_use
from pages.parts.open_margin import margins_of
from pages.parts.segments_found import begin_to_search, segments_in_the_end


def figures(workspace: Workspace) -> Iterator[Figure]:
    """In the order in which people look: *Overview* first. Each is kept where its page finds it."""
    plan = replace(workspace.valued(Plan()), offers=())
    yield partial(begin_to_search, workspace)
    yield partial(recommend, workspace.still_here, plan)
    recommended = recommend(workspace.still_here, plan)
    yield from _overview(workspace, recommended)
    yield from _campaign(workspace, recommended)
    yield from _explore(workspace, plan)
    yield from _customers(workspace)
    yield from _model(workspace, plan)


def import_pages() -> None:
    """What the pages import takes a third of a second of the first visit."""
    for module in pkgutil.walk_packages(pages.parts.__path__, "pages.parts."):
        importlib.import_module(module.name)


def _overview(workspace: Workspace, recommended: Recommendation) -> Iterator[Figure]:
    currency = usual_currency(workspace.schema)
    yield partial(segments_in_the_end, workspace)
    yield partial(what_tells_apart, workspace)
    yield partial(before, workspace, recommended, currency)
    yield lambda: segments_of(workspace, recommended.plan, segments_in_the_end(workspace), currency)
    yield partial(last_contacts, recommended)
    yield partial(margins_of, recommended)


def _campaign(workspace: Workspace, recommended: Recommendation) -> Iterator[Figure]:
    if is_live():
        yield partial(component.sent, recommended.population, recommended.plan)
    if recommended.outcome.contacted:
        yield partial(control_of, recommended, 0.0, "")
        yield partial(contact_list, recommended, workspace.version.model, first=LISTED)


def _explore(workspace: Workspace, plan: Plan) -> Iterator[Figure]:
    schema, here = workspace.schema, workspace.still_here
    told = Chosen(workspace, np.ones(len(workspace.customers), dtype=bool)).told
    yield partial(strengths, workspace)
    yield lambda: [scale_of(workspace, column) for column in filters_of(workspace).spans]
    for found in segments_in_the_end(workspace).segments:
        yield partial(money_within, found, here, plan)
    yield partial(told, describe.churn_rate, schema)
    if schema.tenure is not None:
        yield partial(told, describe.churn_by_tenure_bucket, schema)
        yield partial(told, describe.churn_by_tenure, schema)
    yield partial(told, describe.churned_against_stayed, schema)
    for how in spreads(schema):
        yield partial(told, *how)
    for segment in schema.segments:
        yield partial(told, against_rest_table, segment.name, schema)
        yield partial(economics_of, segment, here, plan)
    if schema.monthly_charge is not None:
        yield partial(told, bands_table, schema)
    if by_hand(schema):
        for column in compared(schema):
            yield partial(told, describe.churn_rate_by, column.name, schema)
        if len(sides := crossed(schema)) > 1:
            yield partial(told, describe.churn_rate_by, tuple(side.name for side in sides), schema)
        yield partial(told, services_table, schema)
        return
    groupings = [each.grouping for each in strengths(workspace)]
    for grouping in groupings:
        yield partial(told, table_by, (grouping,), schema)
    if len(groupings) > 1:
        yield partial(told, table_by, tuple(groupings[:2]), schema)


def _customers(workspace: Workspace) -> Iterator[Figure]:
    yield partial(asked_of_anybody, workspace)


def _model(workspace: Workspace, plan: Plan) -> Iterator[Figure]:
    yield lambda: workspace.measures
    yield partial(best_in_use, workspace, plan)
    told = in_use(workspace)
    yield partial(told, how_many)
    yield partial(told, metrics.at_threshold, best_threshold(workspace.still_here.expected_sweep, plan.campaign).threshold)
    yield partial(told, metrics.top_share, 0.2)
    yield partial(told, metrics.probability_distributions)
    yield partial(told, metrics.calibration_table)
    yield partial(told, band_table)
    yield partial(told, metrics.gain_table)
    yield partial(told, metrics.roc_table)
    yield partial(told, metrics.precision_recall_table)
