"""A file that comes back after a campaign → what the campaign did. Command line and pages share it."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.application.booked import booked, contact_of_customers, incentive_of_rows, with_contact
from churn_core.application.campaign_result import CampaignResult, EarlyLook
from churn_core.application.correction import assumed, believed, corrected
from churn_core.campaign.economics import OWN_RISK, TENURE, Campaign
from churn_core.campaign.plan import Plan
from churn_core.campaign.worth import Worth
from churn_core.data.campaign_cells import unread_in_words
from churn_core.data.campaign_columns import CampaignColumns, ListColumns, read_campaign, read_list
from churn_core.data.returned_file import read_returned
from churn_core.decisions.offers import campaigns_of
from churn_core.errors import DataError
from churn_core.experiment.adjust import Values
from churn_core.experiment.draw import as_id
from churn_core.experiment.measure import Finished, measure
from churn_core.experiment.per_offer import per_offer
from churn_core.experiment.returned import Match, Returned, match, one_per_customer
from churn_core.experiment.two_by_two import Counts
from churn_core.formats import counted
from churn_core.jobs import Report, silent
from churn_core.schema import Schema
from churn_core.storage.draws import DrawnCustomers, Draws, KeptDraw
from churn_core.storage.store import Store

_A_DAY = np.timedelta64(1, "D")


def measure_file(
    content: bytes,
    file_name: str,
    store: Store,
    schema: Schema,
    *,
    campaign_id: str = "",
    plan: Plan | None = None,
    today: date | None = None,
    currency: str = "",
    report: Report = silent,
) -> CampaignResult:
    """Measure a campaign from the file that came back; nothing is kept yet.

    The draw is that of ``campaign_id``, else the one that fits the file best: see ``_draw_of``. Without a draw the column that says
    who was treated is taken, and the ``plan``. ``today``: the day up to which the file knows who left, by default this one.
    ``currency``: the label of money in sentences, by default the schema's. Raises ``DataError`` with what LOOP.md refuses,
    ``CampaignError`` where the campaign is not known.
    """
    report(f"Reading {file_name} …")
    currency = currency or schema.currency
    raw = read_returned(content, schema, report)
    found = read_campaign(raw, schema)
    report("Matching the customers …")
    ids = [as_id(each) for each in found.ids]
    draw, customers, others = _draw_of(store, campaign_id, ids, found)
    sha256 = hashlib.sha256(content).hexdigest()
    if draw is None or customers is None:
        return _on_the_users_word(found, read_list(raw, schema), ids, currency, plan or Plan(), sha256, file_name)
    saved = store.campaign(draw.campaign_id)
    left, notes = _within_window(found, draw)
    plan = saved.plan
    spent = booked(found, incentive_of_rows(ids, customers, draw.salt, plan))
    returned = one_per_customer(ids, left, _marked(found), found.reached, spent)
    matched = match(customers.lots, customers.lots_folded, returned.ids, draw.salt)
    matched.require()
    outcome = matched.of(returned.left)
    _require_both_arms(_values(outcome), customers)
    names = tuple(store.campaign(each.campaign_id).name for each in others)
    notes += _about(found, returned, matched, customers, len(raw))
    ends = draw.drawn_at.date() + timedelta(days=draw.days) if draw.days is not None else None
    if ends is not None and (today or datetime.now(UTC).date()) < ends:
        early = EarlyLook(counts=Counts.of(customers.control, _values(outcome)), ends=ends)
        return CampaignResult(
            name=saved.name, plan=plan, draw=draw, measured=None, early=early, correction=None, notes=tuple(notes),
            file_sha256=sha256, file_name=file_name, currency=currency, also_fits=names,
        )  # fmt: skip
    finished = Finished(
        control=customers.control,
        left=_values(outcome),
        campaign=plan.campaign,
        stratum=customers.stratum,
        churn_probability=customers.churn_probability,
        clv=customers.clv,
        cost=with_contact(found, matched.of(returned.cost), customers.control, contact_of_customers(customers, plan)),
        reached=matched.of(returned.reached),
        share=draw.share,
        offer=customers.offer,
        offers=() if customers.offer is None else campaigns_of(plan),
    )
    measured = measure(finished)
    correction = None
    if customers.offer is None:
        before, earlier = believed(store, plan, measured, draw)
        correction = corrected(before, measured, plan, earlier)
    return CampaignResult(
        name=saved.name, plan=plan, draw=draw, measured=measured, early=None, correction=correction, notes=tuple(notes),
        file_sha256=sha256, file_name=file_name, currency=currency, also_fits=names,
        per_offer=tuple(per_offer(finished, [offer.name for offer in plan.offers])),
    )  # fmt: skip


def _values(values: Values | None) -> Values:
    return np.zeros(0) if values is None else values


def _draw_of(
    store: Store, campaign_id: str, ids: list[str], found: CampaignColumns
) -> tuple[KeptDraw | None, DrawnCustomers | None, list[KeptDraw]]:
    """The draw that the file is about: it has most of its customers, and the file marks most of them as they were drawn; of equals
    the newest, and the others.
    """
    draws = Draws(store)
    if campaign_id:
        store.campaign(campaign_id)
        draw = draws.of_campaign(campaign_id)
        return draw, draws.customers(draw), []
    best, fitting = (0.0, 0.0), list[tuple[KeptDraw, DrawnCustomers]]()
    marked = _marked(found)
    for draw in draws.latest():
        customers = draws.customers(draw)
        matched = match(customers.lots, customers.lots_folded, ids, draw.salt)
        as_drawn = 0.0 if marked is None else float(np.mean(_values(matched.of(marked)) == customers.control))
        fit = matched.share, as_drawn
        if fit > best:
            best, fitting = fit, []
        if fit == best and matched.share:
            fitting.append((draw, customers))
    if not fitting:
        return None, None, []
    return *fitting[0], [draw for draw, _ in fitting[1:] if draw.campaign_id != fitting[0][0].campaign_id]


def _require_both_arms(left: Values, customers: DrawnCustomers) -> None:
    """Raises ``DataError`` where the file says of nobody who was left alone, or of nobody who was contacted, whether they left."""
    known = ~np.isnan(left)
    for arm, missing, there in (
        (customers.control, "left alone", "contacted"),
        (~customers.control, "contacted", "left alone"),
    ):
        if not known[arm].any():
            raise DataError(
                f"The file says who left of the customers who were {there} only. Send those who were {missing} too: without "
                "them there is nothing to compare with."
            )


def _marked(found: CampaignColumns) -> Values | None:
    return None if found.arms is None else 1 - found.arms.treated


def _within_window(found: CampaignColumns, draw: KeptDraw) -> tuple[Values, list[str]]:
    """Who left within the window: by the day they left, where the file has it, else as it says."""
    if found.left_on is None:
        return found.left, []
    start = (np.datetime64(draw.drawn_at.date()) - np.datetime64(0, "D")) / _A_DAY
    end = np.inf if draw.days is None else start + draw.days
    dated = ~np.isnan(found.left_on)
    within = dated & (found.left_on >= start) & (found.left_on < end)
    before, later = dated & (found.left_on < start), dated & (found.left_on >= end)
    left = np.where(dated, np.where(within, 1.0, 0.0), np.where(np.isnan(found.left), 0.0, found.left))
    left = np.where(before, np.nan, left)
    notes = []
    if before.any():
        notes.append(f"{counted(int(before.sum()), 'customer')} left before the list was drawn; the outcome counts as unknown.")
    if later.any():
        notes.append(f"{counted(int(later.sum()), 'customer')} left after the window; within it they stayed.")
    return left, notes


def _about(found: CampaignColumns, returned: Returned, matched: Match, customers: DrawnCustomers, rows: int) -> list[str]:
    """What the file needed, in sentences."""
    said = [unread_in_words(found.outcome, found.unread, rows)]
    if matched.share < 1:
        missing = int((matched.row < 0).sum())
        said.append(f"{counted(missing, 'customer')} of the list {_is(missing)} not in the file; the outcome counts as unknown.")
    if matched.not_drawn:
        said.append(
            f"{counted(matched.not_drawn, 'customer')} of the file {_is(matched.not_drawn)} not on the list and left out."
        )
    if matched.by_case:
        said.append(
            f"{counted(matched.by_case, 'customer')} {_is(matched.by_case)} found by the id without regard to upper and lower case."
        )
    if returned.repeated:
        said.append(
            f"{counted(returned.repeated, 'row')} repeat a customer and were joined: costs added, identical rows taken as one."
        )
    if returned.contradicted:
        said.append(f"{counted(returned.contradicted, 'customer')} have two outcomes in the file; they count as unknown.")
    marked = matched.of(returned.control)
    if marked is not None:
        for drawn, called, name, other in ((True, 0.0, "control", "treated"), (False, 1.0, "treated", "control")):
            differ = int(((customers.control == drawn) & (marked == called)).sum())
            if differ:
                said.append(
                    f"{counted(differ, 'customer was', 'customers were')} drawn as {name} but marked {other}; the draw counts."
                )
    return [each for each in said if each]


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _on_the_users_word(
    found: CampaignColumns, of_list: ListColumns, ids: list[str], currency: str, plan: Plan, sha256: str, file_name: str
) -> CampaignResult:
    """A campaign whose list was not drawn here: its arms are as the file says."""
    if found.arms is None:
        raise DataError(
            "No list that was drawn here has these customers, and the file does not say who was contacted. Add a column 'arm' with "
            "treated or control for each customer."
        )
    campaign = plan.campaign
    returned = one_per_customer(ids, found.left, 1 - found.arms.treated, found.reached, booked(found, campaign.incentive))
    marked = _values(returned.control)
    known = ~np.isnan(marked)
    notes = [
        f"No list that was drawn here has these customers, so you say that the groups in {found.arms.column!r} were drawn by lot; "
        "nothing can check it.",
        unread_in_words(found.outcome, found.unread, len(ids)),
    ]
    if not known.all():
        notes.append(f"{counted(int((~known).sum()), 'customer')} of no group {_is(int((~known).sum()))} left out.")
    control = marked[known] == 1
    p, clv = _of_the_list(of_list, ids, returned.ids, known, campaign)
    cost = None if returned.cost is None else returned.cost[known]
    measured = measure(
        Finished(
            control=control,
            left=returned.left[known],
            campaign=campaign,
            churn_probability=p,
            clv=clv,
            cost=with_contact(found, cost, control, campaign.retention_cost),
            reached=None if returned.reached is None else returned.reached[known],
        )
    )
    before = assumed(plan, measured)
    return CampaignResult(
        name=file_name, plan=plan, draw=None, measured=measured, early=None, correction=corrected(before, measured, plan),
        notes=tuple(each for each in notes if each), file_sha256=sha256, file_name=file_name, currency=currency,
    )  # fmt: skip


def _of_the_list(
    found: ListColumns, ids: list[str], customers: Sequence[str], known: npt.NDArray[np.bool_], campaign: Campaign
) -> tuple[Values | None, Values | None]:
    """Churn probability and lifetime value of the customers of an arm, where the file says them of all."""

    def of_each(values: Values | None) -> Values | None:
        if values is None:
            return None
        first = pd.Series(values, index=ids).groupby(level=0, sort=False).first().reindex(list(customers)).to_numpy(dtype=float)
        return None if np.isnan(first[known]).any() else np.asarray(first[known], dtype=np.float64)

    amount, probability = of_each(found.worth), of_each(found.churn_probability)
    if amount is None or campaign.after_save == TENURE or (campaign.after_save == OWN_RISK and probability is None):
        return probability, amount if found.for_life else None
    return probability, Worth(amount=amount, for_life=found.for_life, probability=probability).clv(campaign)
