"""Who of the recommended customers is left alone, drawn by lot, so that the campaign can be measured."""

from collections.abc import Sequence
from typing import overload

import pandas as pd

from churn_core.decisions.recommendation import Recommendation
from churn_core.errors import CampaignError
from churn_core.experiment.draw import Draw, as_id, draw, draw_within

TREATED, CONTROL = "treated", "control"  # the arms: whom to contact, and whom to leave alone


def draw_of(recommended: Recommendation, control_share: float, salt: str) -> Draw:
    """Who of the contacts is left alone, in the order of the population; of each offer as many of those it is meant for."""
    salt = salt if control_share else ""  # nobody is drawn by it
    return recommended.kept.get(("draw", control_share, salt), lambda: _drawn(recommended, control_share, salt))


def _drawn(recommended: Recommendation, control_share: float, salt: str) -> Draw:
    contact = recommended.contact
    ids = _Ids(still_here(recommended).loc[contact, recommended.population.schema.id])
    p = recommended.population.probability[contact]
    if recommended.offers is None:
        return draw(ids, p, control_share, salt)
    return draw_within(recommended.offers.offer[contact], ids, p, control_share, salt)


class _Ids(Sequence[str]):
    """The ids of customers as a draw takes them, each made only when it is looked at."""

    def __init__(self, ids: pd.Series) -> None:
        self._ids = ids.to_numpy()

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        return [as_id(each) for each in self._ids[at]] if isinstance(at, slice) else as_id(self._ids[at])


def still_here(recommended: Recommendation) -> pd.DataFrame:
    """The customers who can be on a list. Raises ``CampaignError`` for a back-test."""
    if recommended.population.is_back_test:
        raise CampaignError(
            "A back-test is no contact list: some of its customers have left. Take the list of the customers still here."
        )
    return recommended.population.customers
