"""Who of a contact list is left alone: a control group that is drawn by lot and can be drawn again. LOOP.md §8."""

import hashlib
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_core.errors import CampaignError

STRATA = 10  # bands of churn probability; lots are drawn within each
_SMALL = 20  # customers in control; a smaller group is drawn within half as many strata
_SEPARATOR = b"\x00"


@dataclass(frozen=True, kw_only=True, eq=False)
class Draw:
    """``control`` (n,): who is left alone; ``stratum`` (n,): 1 for the highest churn probabilities, then 2 …; both in the order of
    the list.
    """

    control: npt.NDArray[np.bool_]
    stratum: npt.NDArray[np.int16]


def lot(salt: str, customer_id: str) -> bytes:
    """SHA-256(salt ‖ 0x00 ‖ id): the lot of a customer, and what is kept in place of the id.

    >>> lot("campaign-2024-06", "7590-VHVEG").hex()[:16]
    '0575972eca2bae76'
    """
    return hashlib.sha256(
        salt.encode("utf-8", "surrogatepass") + _SEPARATOR + customer_id.encode("utf-8", "surrogatepass")
    ).digest()


def as_id(value: object) -> str:
    """A customer's id as text: NFC, trimmed, a whole number without ".0"; inner spaces, case and leading zeros are kept.

    >>> as_id(17.0), as_id(" 0042 "), as_id("17.0")
    ('17', '0042', '17')
    """
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    text = unicodedata.normalize("NFC", str(value)).strip()
    whole, point, rest = text.partition(".")
    return whole if point and rest.strip("0") == "" and rest and whole.lstrip("-").isdigit() else text


def check_share(share: float) -> float:
    """Raises ``CampaignError`` for a share that leaves nobody to contact."""
    if not 0 <= share < 1:
        raise CampaignError(f"The control group must be a share from 0 to below 1, got {share}. Write 10 % as 0.1.")
    return float(share)


def control_number(share: float, n: int) -> int:
    """How many of n customers are left alone: share·n, rounded half to even."""
    return round(check_share(share) * n)


def draw(ids: Sequence[str], churn_probability: npt.NDArray[np.float64], share: float, salt: str) -> Draw:
    """Leave alone a ``share`` of the list, by lot within tenths of churn probability; (n,) each, ``ids`` as ``as_id`` makes them.

    The same ids, probabilities, share and salt give the same group in any order of the rows, and one customer more or less changes
    few of its members: within a stratum those with the smallest ``lot`` are held. Each stratum holds ⌊share·N⌋ of its N, and the rest
    of the group one each to the largest remainders.

    >>> int(draw([str(i) for i in range(200)], np.linspace(0.1, 0.9, 200), 0.1, "spring").control.sum())
    20
    """
    n = len(ids)
    wanted = control_number(share, n)
    parts = STRATA if wanted >= _SMALL else max(wanted // 2, 1)
    bounds = np.linspace(0, n, min(parts, max(n, 1)) + 1).round().astype(int)
    by_risk = _by_risk(ids, churn_probability, bounds)
    strata = [by_risk[start:end] for start, end in zip(bounds[:-1], bounds[1:], strict=True)]
    due = _shared_out([len(stratum) for stratum in strata], share, wanted, salt)
    control, number = np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int16)
    for k, (stratum, take) in enumerate(zip(strata, due, strict=True), 1):
        number[stratum] = k
        if take:
            control[sorted(stratum.tolist(), key=lambda i: lot(salt, ids[i]))[:take]] = True
    return Draw(control=control, stratum=number)


def _by_risk(
    ids: Sequence[str], churn_probability: npt.NDArray[np.float64], bounds: npt.NDArray[np.int_]
) -> npt.NDArray[np.intp]:
    """The positions in falling order of churn probability, so that those between two ``bounds`` are a stratum. Of equal ones the ids
    decide, and they are looked at only where a stratum ends among equals: of a million customers few are.
    """
    order = np.argsort(-churn_probability, kind="stable")
    falling = -churn_probability[order]
    for bound in bounds[1:-1]:
        start, end = (int(np.searchsorted(falling, falling[bound], side=side)) for side in ("left", "right"))
        if start < bound:
            order[start:end] = sorted(order[start:end].tolist(), key=lambda i: ids[i])
    return order


def draw_within(
    groups: npt.NDArray[np.integer], ids: Sequence[str], churn_probability: npt.NDArray[np.float64], share: float, salt: str
) -> Draw:
    """A ``draw`` of its own within each of the ``groups`` (n,), as the customers whom one offer is meant for. Strata are numbered on
    from group to group.

    >>> drawn = draw_within(np.repeat([0, 1], 100), [str(i) for i in range(200)], np.linspace(0.1, 0.9, 200), 0.4, "spring")
    >>> int(drawn.control[:100].sum()), np.unique(drawn.stratum[100:]).tolist() == list(range(11, 21))
    (40, True)
    """
    control, stratum, last = np.zeros(len(ids), dtype=bool), np.zeros(len(ids), dtype=np.int16), 0
    for group in np.unique(groups):
        at = np.flatnonzero(groups == group)
        drawn = draw([ids[int(i)] for i in at], churn_probability[at], share, salt)
        control[at], stratum[at] = drawn.control, drawn.stratum + last
        last = int(stratum[at].max())
    return Draw(control=control, stratum=stratum)


def _shared_out(sizes: list[int], share: float, wanted: int, salt: str) -> list[int]:
    """How many of each stratum are held: ``wanted`` in all, none more than one away from its share."""
    due = [math.floor(share * size) for size in sizes]
    order = sorted(
        range(len(sizes)), key=lambda j: (due[j] - share * sizes[j], lot(salt, f"stratum{j + 1}"))
    )  # the largest remainder first
    for j in order[: wanted - sum(due)]:
        due[j] += 1
    return due
