"""What the commands of the command line share: campaign options, and what decides."""

import argparse
from collections.abc import Collection
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from churn_core import settings
from churn_core.application.offers_file import read_offers
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.offers.offer import OF_ONE_OFFER
from churn_core.campaign.plan import Plan
from churn_core.data.quality import AS_TEXT, CONSTANT, CONTRADICTION, QualityReport, examples
from churn_core.errors import CampaignError
from churn_core.formats import count, decimal
from churn_core.model.version import Version
from churn_core.storage.publications import Decision
from churn_core.storage.store import Store, open_store

if TYPE_CHECKING:
    from churn_core.application.workspace import Workspace

# Campaign options, named after their words in ECONOMICS.md. A tenure curve is found in the customers, never typed.
OPTIONS = tuple(option for option in (*fields(Campaign), *fields(Objective)) if "curve" not in option.metadata)

NOT_BESIDE_OFFERS = (*OF_ONE_OFFER, "min_roi", "min_marginal_roi")


def place(text: str) -> Path | str:
    """A path, or an address like s3a://bucket/folder as it was written: a path has no double slash."""
    return text if "://" in text else Path(text)


def engine_option(parser: argparse.ArgumentParser, text: str) -> None:
    """``text``: what Spark reads and writes here."""
    parser.add_argument("--engine", choices=("local", "spark"), default="local", help=text)


def day_option(parser: argparse.ArgumentParser) -> None:
    what = "the day of the file, to which its dates are counted; default: the day of the customers learnt from"
    parser.add_argument("--day", default="", metavar="YYYY-MM-DD", help=what)


def campaign_options(parser: argparse.ArgumentParser, hidden: Collection[str] = ()) -> None:
    """``hidden``: names of those that the command refuses by a sentence of its own; its help does not show them."""
    for option in OPTIONS:
        choices, name = option.metadata.get("choices"), f"--{option.name.replace('_', '-')}"
        if choices:
            words, text = [_as_typed(choice) for choice in choices], f"{option.metadata['what']}; default: {option.default}"
            parser.add_argument(name, choices=words, default=argparse.SUPPRESS, help=text)
            continue
        usual = "" if option.default is None else f"; default: {option.default:g}"
        text = argparse.SUPPRESS if option.name in hidden else f"{option.metadata['what']}{usual}"
        parser.add_argument(name, type=float, default=argparse.SUPPRESS, help=text)


def _as_typed(word: str) -> str:
    return word.replace("_", "-")


def offers_option(parser: argparse.ArgumentParser) -> None:
    text = "several offers, a row each, as the command offers takes them: each customer gets the best"
    parser.add_argument("--offers", dest="offers_file", type=Path, metavar="OFFERS", help=text)


def decision_options(parser: argparse.ArgumentParser) -> None:
    """What ``decision_of`` decides by: what is published, with or without its limits, several offers, or a campaign."""
    text = "contact everybody from the published threshold up, whatever the limits of its campaign"
    parser.add_argument("--ignore-limits", action="store_true", help=text)
    offers_option(parser)
    campaign_options(parser)


def plan_of(options: argparse.Namespace) -> Plan | None:
    """The plan that the options describe; ``None`` where none is given. ``--margin 1`` answers the question of the margin."""
    return plan_and_notices(options)[0]


def plan_and_notices(options: argparse.Namespace) -> tuple[Plan | None, list[str]]:
    """The same, and what had to be understood of a file of offers. Raises ``CampaignError`` for an option that stands beside it and
    that each offer has of its own.
    """
    given = {option.name: getattr(options, option.name) for option in OPTIONS if hasattr(options, option.name)}
    path: Path | None = getattr(options, "offers_file", None)
    if "after_save" in given:
        given["after_save"] = given["after_save"].replace("-", "_")
    plan = Plan.from_dict({**given, "margin_stated": "margin" in given}) if given else None
    if path is None:
        return plan, []
    for name in NOT_BESIDE_OFFERS:
        if name in given:
            own = f"Each offer has its own: write it into the column {name} of OFFERS" if name in OF_ONE_OFFER else ""
            keep = "Several offers keep to a budget and to capacities"
            raise CampaignError(f"{own or keep}. Leave --{name.replace('_', '-')} out.")
    found = read_offers(path)
    return replace(plan or Plan(), offers=found.offers), list(found.notices)


def _is_window_alone(options: argparse.Namespace) -> bool:
    """Whether the churn window is the only campaign option: it is a fact about the customers, and no other campaign."""
    given = {option.name for option in OPTIONS if hasattr(options, option.name)}
    return given == {"window"} and getattr(options, "offers_file", None) is None


def decision_of(options: argparse.Namespace) -> tuple[Decision, list[str]]:
    """What the file is decided by, the options if any are given, and a sentence where it is something published."""
    (plan, notices), ignore = plan_and_notices(options), getattr(options, "ignore_limits", False)
    if plan and ignore and not _is_window_alone(options):
        raise CampaignError("--ignore-limits is for what is published, and campaign options decide here. Leave one of them out.")
    alone = _is_window_alone(options)
    store = open_store(settings.home()) if plan is None or alone else None
    decision = Decision(plan=plan or Plan()) if store is None else store.decision(plan or Plan())
    if alone:
        decision = replace(decision, plan=replace(decision.plan, campaign=replace(decision.plan.campaign, window=options.window)))
    decision = replace(decision, keeps_limits=not ignore)
    if decision.threshold is None:
        return decision, about_others(store) if store else notices
    name = f" of the campaign '{decision.name}'" if decision.name else ""
    what = "offers" if decision.plan.offers else f"threshold {decimal(decision.threshold, 4)}"
    return decision, [f"Decided by the published {what}{name}; campaign options decide otherwise."]


def about_others(store: Store) -> list[str]:
    """A sentence for each threshold that is published for other customers than those of the version in production."""
    return [
        f"The published threshold {decimal(threshold, 4)} belongs to other customers ({name}) and is not used."
        for name, threshold in store.of_others().items()
    ]


def valued(decision: Decision, customers: "Version | Workspace") -> Decision:
    """The decision with what the worth of a save needs to know of the customers."""
    return replace(decision, plan=decision.plan.valued_for(customers.schema.window, customers.tenure_curve))


def findings_in_words(quality: QualityReport) -> list[str]:
    """What was found besides what is told as a repair, a reject or a warning."""
    told = (CONTRADICTION, CONSTANT, AS_TEXT)
    return [
        f"found: {f.column}: {f.what} ({count(f.count)}); {f.done}" + (f"; {examples(f)}" if f.rows else "")
        for f in quality.findings
        if f.kind in told
    ]
