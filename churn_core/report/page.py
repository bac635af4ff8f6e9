"""The memo as one HTML file: no network, no id of a customer, sliders that compute, and two pages when it is printed.

A policy in the file forbids whatever is not in it: scripts and styles are named by their hash, and nothing may be fetched. The data
are JSON that no browser runs. All text of other origin is escaped.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from churn_core.campaign.plan import PER_CUSTOMER
from churn_core.charts.theme import DARK, LIGHT
from churn_core.decisions.offers_words import about_limits
from churn_core.formats import count, money, percent
from churn_core.live import component
from churn_core.live.thinned import MOST, thinned
from churn_core.report.assumptions import at_usual, in_front
from churn_core.report.mark_up import as_json, hash_of, items, paragraphs, table, text
from churn_core.report.memo import Memo

_HERE = Path(__file__).resolve().parent
_ASSUMED = "Your estimate: no campaign has measured it yet."


def to_html(memo: Memo) -> bytes:
    """The file. The same memo gives the same bytes."""
    data = _live_data(memo)
    style = f"{component.style()}\n{_read('page.css')}"
    script = f"{component.script()}\n{_read('page.js')}" if data else ""
    allowed = f"'{hash_of(script)}'" if script else "'none'"
    policy = f"default-src 'none'; style-src '{hash_of(style)}'; script-src {allowed}; form-action 'none'; base-uri 'none'"
    title = f"Decision memo, {memo.day.isoformat()}"
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        *paragraphs([title], "quiet"),
        *_decision(memo),
        *_try_it(memo, data),
        *_basis(memo),
        "</main>",
    ]
    if data:
        parts += [
            f'<script type="application/json" id="data">{as_json(data)}</script>',
            f'<script type="module">{script}</script>',
        ]
    return "\n".join([*parts, "</body>", "</html>", ""]).encode()


def _decision(memo: Memo) -> list[str]:
    """What to do, what it earns, and why."""
    return [
        "<section>",
        f"<h1>{text(memo.headline)}</h1>",
        *paragraphs([" ".join([memo.range_, *memo.sure]), " ".join(memo.notes)]),
        "<h2>What each choice earns</h2>",
        *_bars(memo),
        *_offers(memo),
        *_scenarios(memo),
        "<h2>Why</h2>",
        *items([*memo.why, memo.drivers]),
        *_segments(memo),
        *paragraphs([memo.data], "quiet"),
        "</section>",
    ]


def _try_it(memo: Memo, data: Mapping[str, Any] | None) -> list[str]:
    """The sliders; where the component cannot compute this campaign, why there are none."""
    if data is None:
        return ['<section class="try">', *paragraphs([f"There are no sliders here. {_why_still(memo)}"]), "</section>"]
    return [
        '<section class="try">',
        "<h2>If an assumption is wrong</h2>",
        '<p class="screen">Move a slider: this file computes by itself, as the dashboard does. '
        '<button type="button" id="back" hidden>Back to the values of the memo</button></p>',
        *paragraphs([_about_steps(memo)]),
        '<p id="moved" hidden>These values were moved here. They are not those of the memo.</p>',
        f'<div id="live">{component.mark_up()}</div>',
        "</section>",
    ]


def _basis(memo: Memo) -> list[str]:
    """What earlier campaigns did, what was assumed, and who approves what."""
    spend = money(memo.recommended.outcome.expected_spend, memo.currency)
    return [
        '<section class="basis">',
        "<h2>What the last campaigns did</h2>",
        *items(memo.results),
        "<h2>What was assumed</h2>",
        *table(
            ("Assumption", "Value", "Where it comes from"), [(a.label, a.value, a.source) for a in in_front(memo.assumptions)]
        ),
        *paragraphs([at_usual(memo.assumptions)], "quiet"),
        "<h2>Approval</h2>",
        f"<p>Asked for: {text(spend)} of expected spend.</p>",
        '<dl class="approval"><div><dt>Name</dt><dd></dd></div><div><dt>Amount approved</dt><dd></dd></div>'
        "<div><dt>Date</dt><dd></dd></div></dl>",
        f'<p class="link"><a id="link" href="{text(memo.link)}">Open this campaign in the dashboard</a>'
        f' <span class="quiet" id="address">{text(memo.link)}</span></p>',
        "</section>",
    ]


def _bars(memo: Memo) -> list[str]:
    """The money of each choice, to one scale; a loss lies left of the line."""
    rows = list(memo.policies.itertuples())
    low = min(0.0, *(row.expected_profit for row in rows))
    high = max(0.0, *(row.expected_profit for row in rows))
    reach = (high - low) or 1.0
    lines = ['<dl class="bars">']
    for row in rows:
        start, end = sorted((0.0, row.expected_profit))
        roi = f", ROI {percent(row.roi, 0)}" if row.contacted else ""
        earned, spend = (money(amount, memo.currency) for amount in (abs(row.expected_profit), row.expected_spend))
        profit = f"{earned} {'loss' if row.expected_profit < 0 else 'profit'}"
        told = f"{profit} on {spend} spent{roi}{', which the limits forbid' if row.forbidden_by else ''}"
        left, width = (round(100 * part / reach, 2) for part in (start - low, end - start))
        place = f'x="{left}" width="{width}"'
        chosen = ' class="chosen"' if row.policy == memo.chosen else ""
        lines.append(
            f"<div{chosen}><dt>{text(row.policy)}</dt><dd>{text(told)}</dd>"
            f'<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect {place} y="0" height="6"/></svg></div>'
        )
    return [*lines, "</dl>"]


def _offers(memo: Memo) -> list[str]:
    """What each of several offers does, and which limit binds; nothing of one kind of contact."""
    decided = memo.recommended.offers
    if decided is None:
        return []
    rows = [
        (
            each.offer.name,
            count(each.contacts.number),
            *(money(m, memo.currency) for m in (each.contacts.profit, each.contacts.spend)),
        )
        for each in decided.per_offer
    ]
    return [
        "<h2>Who gets which offer</h2>",
        *table(("Offer", "Customers", "Expected profit", "Spend"), rows, numbers=3),
        *paragraphs([about_limits(decided, memo.currency)]),
    ]


def _scenarios(memo: Memo) -> list[str]:
    if not memo.scenarios:
        return []
    rows = [
        (s.name, s.rate, money(s.profit, memo.currency), money(s.spend, memo.currency), percent(s.roi, 0)) for s in memo.scenarios
    ]
    return [
        "<h2>The same list in three scenarios</h2>",
        *table(("Scenario", "Success rate", "Expected profit", "Spend", "ROI"), rows, numbers=3),
    ]


def _segments(memo: Memo) -> list[str]:
    with_offer = any(each.offer for each in memo.segments)
    heads = (
        "Segment",
        *(["Offer that fits"] if with_offer else []),
        "Leave",
        "Range",
        "All others",
        "Still here",
        "Campaign earns",
    )
    rows = [
        (
            f"{each.name}: {each.definition}" if each.definition else each.name,
            *([each.offer] if with_offer else []),
            percent(each.rate),
            each.range_,
            percent(each.rest),
            count(each.customers),
            money(each.profit, memo.currency),
        )
        for each in memo.segments
    ]
    return [
        "<h2>Segments to look at</h2>",
        *(table(heads, rows, numbers=5) if rows else []),
        *paragraphs([memo.about_segments], "quiet"),
    ]


def _live_data(memo: Memo) -> dict[str, Any] | None:
    """What the sliders compute with; ``None`` where they cannot."""
    if _why_still(memo):
        return None
    recommended = memo.recommended
    steps = thinned(recommended.population.expected_sweep)
    data = component.data_of(
        recommended,
        component.packed(steps.swept, component.is_by_tenure(recommended.plan.campaign), steps.weight),
        currency=memo.currency,
        palette={},
        source=_ASSUMED if memo.source is None else f"{memo.source[0].upper()}{memo.source[1:]}.",
        assumed=_ASSUMED,
        published=memo.published,
    )
    return {"live": data, "palettes": {"light": vars(LIGHT), "dark": vars(DARK)}}


def _why_still(memo: Memo) -> str:
    """Why the sliders are left out; empty where they are not."""
    plan, population = memo.recommended.plan, memo.recommended.population
    if memo.recommended.offers is not None:
        return "With several offers the dashboard alone works out who gets which: open the link below."
    if len(population) > MOST and (plan.rule == PER_CUSTOMER or component.is_by_tenure(plan.campaign)):
        only = "one threshold, and no customers who stay by their tenure"
        return f"For more than {count(MOST)} customers they know {only}: open the link below."
    return ""


def _about_steps(memo: Memo) -> str:
    """How far the sliders of very many customers are right; empty where they count each customer."""
    customers = len(memo.recommended.population)
    if customers <= MOST:
        return ""
    step = count(2 * customers / MOST)
    return f"Of {count(customers)} customers the sliders count about {step} at once: numbers of contacts are right to that many."


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
