"""Draft or published, in words: the badge, and what publishing a draft changes, in one sentence."""

from churn_core.application.draft import Draft
from churn_core.campaign.plan import PER_CUSTOMER
from churn_core.decisions.difference import Difference
from churn_core.storage.publications import Publication
from pages.parts import words


def badge_in_words(draft: Draft) -> str:
    """The badge as Markdown."""
    return ":green-badge[:material/task_alt: Published]" if draft.is_published else ":orange-badge[:material/edit_note: Draft]"


def standing(draft: Draft) -> str:
    """Whether the draft is what is published, and if not, what publishing it would change."""
    single = (
        ""
        if draft.plan.rule != PER_CUSTOMER or draft.plan.offers
        else f" Both decide by its single threshold, {words.percent(draft.threshold)}."
    )
    if draft.published is None:
        return "Nothing is published yet. Publish this, and files and the API decide by it."
    if draft.is_published:
        return f"This is what files and the API decide by, {since(draft.published)}.{single}"
    if draft.changes is None:
        return "No contact pays, so this cannot be published."
    return f"{publishing(draft.changes)}."


def since(published: Publication) -> str:
    """Since when, and by whom."""
    return f"published {words.moment(published.published_at)} by {published.published_by}"


def publishing(changes: Difference) -> str:
    """What publishing a draft changes, as one sentence without its full stop."""
    if not changes.others:
        return "Publishing this contacts the same customers as what is published"
    count = words.count(abs(changes.contacts))
    contacts = f"{count} {'more' if changes.contacts > 0 else 'fewer'}" if changes.contacts else "as many, but others"
    profit = words.money(abs(changes.expected_profit))
    if profit == words.money(0):
        return f"Publishing this contacts {contacts}; the expected profit stays"
    return f"Publishing this contacts {contacts}; expected " + (f"+{profit}" if changes.expected_profit > 0 else f"{profit} less")


def what_was_done(publication: Publication) -> str:
    """A publication in the history."""
    if publication.restores is None:
        return "published"
    return "taken back" if publication.threshold is None else "published again"
