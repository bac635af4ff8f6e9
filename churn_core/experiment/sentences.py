"""A campaign's result in sentences: LOOP.md §11."""

from churn_core.campaign.uncertainty import Band
from churn_core.experiment.measure import Measured
from churn_core.experiment.two_by_two import Counts
from churn_core.formats import count, counted, listed, money, percent, short_percent


def headline(measured: Measured) -> str:
    """What the campaign did, in one sentence or two."""
    counts, rate = measured.two_by_two.counts, measured.headline
    left = (
        f"{count(counts.left_treated)} of {count(counts.treated)} contacted left ({percent(counts.churn_treated)}), and "
        f"{count(counts.left_control)} of {count(counts.control)} left alone ({percent(counts.churn_control)})."
    )
    if rate is None:
        most = percent(measured.two_by_two.churn_control.high, 0)
        nobody = "Nobody in the control group left, so what the contact kept cannot be told."
        return f"{left} {nobody} At most {most} of them would have left."
    if rate.estimate < 0:
        return f"{left} {_more_often(counts, rate)}"
    kept = measured.kept
    if not measured.two_by_two.can_head:
        return (
            f"{left} That is too few to name a success rate: between {_share(rate.low)} and {_share(rate.high)} of those who "
            "would have left were kept."
        )
    if kept.estimate <= 0:  # adjusted by the probability itself it comes out otherwise than over the tenths
        return f"{left} Nothing shows that the campaign kept anybody: {count(kept.low)} to {count(kept.high)} customers."
    chance = "" if rate.low > 0 else " This may be chance."
    return (
        f"{left} The campaign kept {counted(round(kept.estimate), 'customer')} ({count(kept.low)} to {count(kept.high)}): "
        f"{_share(rate.estimate)} of those who would have left ({_share(rate.low)} to {_share(rate.high)}).{chance}"
    )


def _more_often(counts: Counts, rate: Band) -> str:
    end = "This may be chance" if rate.high > 0 else "This is more than chance"
    said = f"Contacted customers left more often than those left alone. {end} ({_share(rate.low)} to {_share(rate.high)})"
    return f"{said}, but nothing speaks for the contact." if rate.high > 0 else f"{said}: stop these contacts."


def _share(share: float) -> str:
    return percent(share, 0)


def money_sentence(measured: Measured, currency: str = "") -> str | None:
    """Realised against expected; ``None`` where the values of the customers are not known."""
    realised, expected = measured.realised, measured.expected
    if realised is None:
        return None
    if measured.too_few:
        return "Fewer than 20 customers of an arm left: too few to tell in money."
    earned = f"Realised {money(realised.profit.estimate, currency)}, give or take {money(realised.profit.half_width, currency)}"
    if expected is None or measured.bridge is None:
        return f"{earned}."
    compared = f"{earned}; expected {money(expected.range.estimate, currency)}."
    if measured.bridge.is_chance:
        return f"{compared} The difference is no more than chance."
    why = {
        "with the churn that control showed": "the customers left more or less often than predicted",
        "and the measured success rate": "the contact worked otherwise than planned",
        "and the spend that was booked": "the spend was not the planned one",
        "realised": "chance, and who it was that stayed",
    }.get(measured.bridge.largest or "", "")
    return f"{compared} The difference is more than chance" + (f"; most of it: {why}." if why else ".")


def remarks(measured: Measured, currency: str = "") -> list[str]:
    """What else the reader has to know before the figures are used."""
    said: list[str] = []
    unknown, counts = measured.missing, measured.two_by_two.counts
    if unknown.treated or unknown.control:
        shares = (
            f"{short_percent(unknown.treated / (counts.treated + unknown.treated))} of the contacted and "
            f"{short_percent(unknown.control / (counts.control + unknown.control))} of those left alone"
        )
        sentence = f"The outcome is unknown for {count(unknown.treated + unknown.control)} customers: {shares}."
        if unknown.bounds is not None and unknown.uneven:
            sentence += (
                f" One group lacks more of them than chance explains; whatever they did, the success rate is between "
                f"{_share(unknown.bounds.low)} and {_share(unknown.bounds.high)}."
            )
        said.append(sentence)
    if measured.sample_ratio_known is not None and measured.sample_ratio_known.alarm:
        said.append("Among the known outcomes the control group does not have its share. Find out whose outcomes are missing.")
    if measured.unbalanced:
        said.append("The two groups differed in churn probability before the first contact, so trust the adjusted figures.")
    if measured.methods_differ:
        said.append("Compared without regard to risk, the success rate comes out otherwise: the two groups were not alike.")
    if measured.cost.assumed:
        said.append(f"Nobody booked what {counted(measured.cost.assumed, 'contact')} cost; the plan's cost is assumed.")
    if measured.cost.on_control > 0:
        said.append(
            f"{money(measured.cost.on_control, currency)} was spent on customers who were to be left alone; no figure counts it."
        )
    harmful = [count(tenth.stratum) for tenth in measured.by_tenth if tenth.may_harm]
    if harmful:
        said.append(f"The contact may harm at some levels of risk (band {listed(harmful)}, counted from the highest).")
    return said


def posterior_sentence(
    measured: Band, before: tuple[float, float], after: tuple[float, float], control: int, who: str = "your range was"
) -> str:
    """``before`` and ``after``: success rate and give-or-take; ``who`` said so before.

    >>> band = Band(estimate=0.30, low=0.20, high=0.38)
    >>> posterior_sentence(band, (0.30, 0.10), (0.297, 0.067), 526)
    'Measured 30% (20% to 38%) with 526 in control; your range was 30% ± 10%; together 29.7% ± 6.7%.'
    """
    return (
        f"Measured {_share(measured.estimate)} ({_share(measured.low)} to {_share(measured.high)}) with {count(control)} in control; "
        f"{who} {_share(before[0])} ± {_share(before[1])}; together {percent(after[0])} ± {percent(after[1])}."
    )


def backfire_sentence(rate: Band) -> str:
    """Of the backfire rate where it can be told apart from the success rate; an estimate below 0 shows none.

    >>> backfire_sentence(Band(estimate=0.031, low=0.012, high=0.05))
    'Of the contacted who would have stayed, 3.1% (1.2% to 5.0%) left because of the contact.'
    >>> backfire_sentence(Band(estimate=-0.002, low=-0.02, high=0.016))
    'Of the contacted who would have stayed, 0 to 1.6% left because of the contact: that may be nobody.'
    """
    if rate.low > 0:
        range_of = f"{percent(rate.estimate)} ({percent(rate.low)} to {percent(rate.high)})"
        return f"Of the contacted who would have stayed, {range_of} left because of the contact."
    most = percent(max(rate.high, 0.0))
    return f"Of the contacted who would have stayed, 0 to {most} left because of the contact: that may be nobody."
