"""Offers as one line of text and back: as the address of a page holds them."""

import json
from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any

from churn_core.campaign.offers.offer import Offer, check_offers

_LONGEST = 8000  # characters; addresses that are longer are cut off by some of what stands between a browser and an app
_DEFAULTS = {f.name: f.default for f in fields(Offer) if f.default is not MISSING}


def as_text(offers: Iterable[Offer]) -> str:
    """The offers as JSON, each with its name and with what differs from the defaults; empty where there is none.

    >>> as_text([Offer(name="call", retention_cost=25)])
    '[{"name":"call","retention_cost":25.0}]'
    """
    told = [_told(offer) for offer in offers]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""


def _told(offer: Offer) -> dict[str, Any]:
    told = {name: value for name, value in offer.as_dict().items() if value != _DEFAULTS.get(name, MISSING)}
    if offer.incentive_uptake == 1 - offer.backfire_rate:  # what it is where nobody says it
        del told["incentive_uptake"]
    return told


def offers_of(text: str) -> tuple[Offer, ...] | None:
    """The offers of ``as_text``; ``None`` where the text, which may come from anybody, holds no offers that there can be.

    >>> offers_of('[{"name": "call", "retention_cost": 25}]')[0].retention_cost
    25.0
    >>> offers_of('[{"name": "call", "success_rate": 30}]') is None
    True
    """
    if len(text) > _LONGEST:
        return None
    try:
        told = json.loads(text)
        offers = tuple(Offer.from_dict(each) for each in told)
        check_offers(offers)
    except (ValueError, TypeError, OverflowError, RecursionError):  # a ``CampaignError`` is a ``ValueError``
        return None
    return offers or None
