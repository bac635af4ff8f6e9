"""The contact list: whom to contact, the most profitable first, with the reasons and who is left alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn_core.campaign.economics import STAYS
from churn_core.campaign.offers.offer import OF_ONE_OFFER
from churn_core.campaign.schedule import NEVER
from churn_core.decisions.decide import OFFER, decide
from churn_core.decisions.drawn import CONTROL, TREATED, draw_of, still_here
from churn_core.decisions.offers import positions_of
from churn_core.decisions.recommendation import Recommendation
from churn_core.decisions.why_not import WHY_NOT, why_not_on_list
from churn_core.experiment.draw import Draw
from churn_core.model.protocol import Model
from churn_core.model.reasons import top_reasons

AT_ONCE = 50_000  # rows of a part; our choice: some twenty megabytes


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

    def listed() -> pd.DataFrame:
        return _listed(recommended, model, control_share, salt, first, week, among)

    if first is None or week is not None or among is not None:
        return listed()
    salt = salt if control_share else ""  # nobody is drawn by it
    return recommended.figures.get(("list", model, control_share, salt, first), listed).copy(deep=False)


def contact_list_in_parts(
    recommended: Recommendation,
    model: Model,
    *,
    control_share: float = 0.0,
    salt: str = "",
    week: npt.NDArray[np.intp] | None = None,
    among: npt.NDArray[np.bool_] | None = None,
    rows: int = AT_ONCE,
) -> Iterator[pd.DataFrame]:
    """The whole ``contact_list``, so many ``rows`` at a time: of a million customers the list as one table takes more memory than the
    file that is written from it. There is one part at least.
    """
    ordered = _ordered(recommended, control_share, salt, week, among)
    for start in range(0, max(len(ordered.at), 1), rows):
        part = slice(start, start + rows)
        yield ordered.rows(part, top_reasons(model, ordered.shown(part), schema=recommended.population.schema))


def _listed(
    recommended: Recommendation,
    model: Model,
    control_share: float,
    salt: str,
    first: int | None,
    week: npt.NDArray[np.intp] | None,
    among: npt.NDArray[np.bool_] | None,
) -> pd.DataFrame:
    whole = first is None or week is not None or among is not None  # nobody knows yet who is ahead
    ordered, part = _ordered(recommended, control_share, salt, week, among, None if whole else first), slice(first)
    shown, schema = ordered.shown(part), recommended.population.schema
    if not first:
        return ordered.rows(part, top_reasons(model, shown, schema=schema))
    return ordered.rows(part, _reasons(recommended, model, ordered.contacts[ordered.at[part]], shown))


@dataclass(frozen=True, kw_only=True, eq=False)
class _InOrder:
    """A list before it is a table: who comes after whom, with what is known of all.

    ``customers`` of the population with their ``decisions``, and the columns that are ``described`` of each; ``at`` (k,): the places
    of those on the list among the ``contacts``, with their ``rank`` (k,). ``drawn`` and ``week`` are those of the contacts.
    """

    recommended: Recommendation
    customers: pd.DataFrame
    decisions: pd.DataFrame
    described: list[str]
    contacts: npt.NDArray[np.intp]
    drawn: Draw
    week: npt.NDArray[np.intp] | None
    at: npt.NDArray[np.intp]
    rank: npt.NDArray[np.intp]

    def shown(self, part: slice) -> pd.DataFrame:
        """The customers of a part of the list."""
        return self.customers.iloc[self.contacts[self.at[part]]]

    def rows(self, part: slice, reasons: pd.DataFrame) -> pd.DataFrame:
        """A part of the list as a table, with the ``reasons`` of its customers."""
        at, week, drawn = self.at[part], self.week, self.drawn
        arm = np.where(drawn.control[at], CONTROL, TREATED)
        listed = self.shown(part)[self.described].join(self.decisions.iloc[self.contacts[at]])
        listed = listed.assign(arm=arm, stratum=drawn.stratum[at], rank=self.rank[part])
        if week is not None or drawn.control.any():
            of_each = None if week is None else week[at]
            listed[WHY_NOT] = why_not_on_list(listed["expected_profit"].to_numpy(float), drawn.control[at], of_each)
        if week is not None:
            listed["week"] = pd.Series(week[at], index=listed.index, dtype="Int64").replace(NEVER, pd.NA)
        listed = listed.join(reasons).reset_index(drop=True)
        ahead = ["rank", *(["week"] if week is not None else []), *self.described, *self.decisions.columns, *reasons.columns]
        behind = ["arm", *([WHY_NOT] if WHY_NOT in listed else []), "stratum"]
        recommended = self.recommended
        return listed[[*ahead, *behind]].assign(threshold=recommended.threshold, **_parameters(recommended, listed))


def _ordered(
    recommended: Recommendation,
    control_share: float,
    salt: str,
    week: npt.NDArray[np.intp] | None,
    among: npt.NDArray[np.bool_] | None,
    first: int | None = None,
) -> _InOrder:
    customers, schema = still_here(recommended), recommended.population.schema
    chosen = recommended.contact if recommended.offers is None else recommended.offers.offer
    decisions = decide(customers, recommended.population.probability, recommended.plan, chosen=chosen, schema=schema)
    decisions = decisions.drop(columns="contact")
    described = [name for name in (schema.id, schema.monthly_charge or schema.clv_column, schema.tenure) if name]
    customers, described = _with_clv(recommended, customers, described)
    drawn, contacts = draw_of(recommended, control_share, salt), np.flatnonzero(recommended.contact)
    at = _by_profit(decisions["expected_profit"].to_numpy(float)[contacts], customers[schema.id].iloc[contacts], first)
    rank = np.arange(1, len(at) + 1)
    if week is not None:
        last = np.where(week[at] == NEVER, np.iinfo(np.intp).max, week[at])
        at, rank = (each[np.argsort(last, kind="stable")] for each in (at, rank))
    if among is not None:
        at, rank = (each[among[contacts[at]]] for each in (at, rank))
    return _InOrder(
        recommended=recommended,
        customers=customers,
        decisions=decisions,
        described=described,
        contacts=contacts,
        drawn=drawn,
        week=week,
        at=at,
        rank=rank,
    )


def _reasons(recommended: Recommendation, model: Model, at: npt.NDArray[np.intp], shown: pd.DataFrame) -> pd.DataFrame:
    """Those of the first few customers are kept: a slider moves, and the same customers stay ahead."""
    population = recommended.population
    return population.figures.get(("reasons", model, at.tobytes()), lambda: top_reasons(model, shown, schema=population.schema))


def _by_profit(profit: npt.NDArray[np.float64], ids: pd.Series, first: int | None = None) -> npt.NDArray[np.intp]:
    """The positions (k,) in falling order of profit, with ``first`` only so many; of equal profits the ids rise. Only those are
    compared as texts.
    """
    if first and first < len(profit):  # the others need no order: of a million customers that is all the work
        ahead = np.flatnonzero(profit >= np.partition(profit, -first)[-first])
        return ahead[_by_profit(profit[ahead], ids.iloc[ahead])][:first]
    order = np.argsort(-profit, kind="stable")
    same = np.diff(profit[order]) == 0
    tied = np.append(same, False) | np.append(False, same)
    if tied.any():
        equal = pd.DataFrame({"profit": profit[order[tied]], "id": ids.iloc[order[tied]].array})
        order[tied] = order[tied][equal.sort_values(["profit", "id"], ascending=[False, True]).index]
    return order


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
