"""The commands for what is in use: ``models``, ``promote``, ``rollback``, ``threshold``."""

import argparse
from typing import Any

from churn_core import logs, settings
from churn_core.campaign.plan import Plan
from churn_core.cli.common import about_others
from churn_core.cli.terminal import say, who
from churn_core.decisions.offers_words import offer_in_words
from churn_core.formats import counted, decimal, moment
from churn_core.model.registry import Registry
from churn_core.schema.telco import TELCO
from churn_core.storage.store import open_store


def models(options: argparse.Namespace) -> dict[str, Any]:
    registry = Registry(settings.home() / "models")
    production = registry.production_id()
    versions = [{**metadata, "production": metadata["model_id"] == production} for metadata in registry.versions()]
    if not versions:
        say(options, "There is no version yet. Train one: python -m churn_core train")
    for v in versions:
        say(
            options,
            f"{'*' if v['production'] else ' '} {v['model_id']}  AUC {decimal(v['metrics']['auc']['mean'], 4)}  "
            f"Brier {decimal(v['metrics']['brier']['mean'], 4)}  {counted(v['data']['rows'], 'customer')} of {v['data']['name']}"
            f"  schema {v.get('schema', {}).get('name', TELCO.name)}",
        )
    return {"production": production, "versions": versions}


def promote_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", metavar="VERSION")


def promote(options: argparse.Namespace) -> dict[str, Any]:
    logs.set_up(settings.home(), console=False)
    registry = Registry(settings.home() / "models")
    registry.promote(options.version, who=who())
    say(options, f"{options.version} is in production{_whose(registry)}.", *about_others(open_store(settings.home())))
    return {"production": options.version}


def rollback(options: argparse.Namespace) -> dict[str, Any]:
    logs.set_up(settings.home(), console=False)
    registry = Registry(settings.home() / "models")
    model_id = registry.rollback(who=who())
    say(options, f"{model_id} is in production again{_whose(registry)}.", *about_others(open_store(settings.home())))
    return {"production": model_id}


def _whose(registry: Registry) -> str:
    """Whose customers everything is about from now on."""
    return f", for the customers of the schema {registry.schema_in_use().name}"


def threshold_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "value", type=float, nargs="?", metavar="VALUE", help="0 to 1: contact everybody from this churn probability up"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="kept with it")


def threshold(options: argparse.Namespace) -> dict[str, Any]:
    store = open_store(settings.home())
    if options.value is not None:
        logs.set_up(settings.home(), console=False)
        store.publish(options.value, who=who(), reason=options.reason, source="command line")
    published, history = store.published(), store.history(20)
    decision = store.decision(Plan())
    say(
        options,
        f"Nothing is published for the customers of {store.company.name}."
        if published is None
        else f"Published: {decimal(published.threshold, 4)}",
        *([f"Several offers of the campaign '{decision.name}' decide, not the threshold:"] if decision.plan.offers else []),
        *map(offer_in_words, decision.plan.offers),
        *about_others(store),
        *(
            f"{moment(p.published_at)}  {'none' if p.threshold is None else decimal(p.threshold, 4)}  by {p.published_by}"
            f" ({p.source}){': ' + p.reason if p.reason else ''}"
            for p in history
        ),
    )
    lines = [{**vars(p), "published_at": p.published_at.isoformat(timespec="seconds")} for p in history]
    offers = {"offers": [offer.as_dict() for offer in decision.plan.offers]} if decision.plan.offers else {}
    return {"threshold": None if published is None else published.threshold, **offers, "history": lines}
