"""The versions: what each is made of, two of them side by side, promote and roll back."""

from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from churn_core import settings
from churn_core.application.versions import customers_of, trained_on
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.data.dataset import Dataset
from churn_core.decisions.side_by_side import Unseen, side_by_side, unseen_probability
from churn_core.model.registry import Registry, Version
from churn_core.model.train import outcome
from churn_core.model.trained_on import TrainedOn
from pages.parts import people, words
from pages.parts.frame import errors_in_words, otherwise, reopen
from pages.parts.tables import equation_columns, promotion_columns, show_table, side_by_side_columns, version_columns


def versions_tab(workspace: Workspace, plan: Plan) -> None:
    registry = Registry(settings.home() / "models")
    versions = registry.versions()
    production = registry.production_id()
    show_table(pd.DataFrame([_line(metadata, production) for metadata in versions]), version_columns(), key="versions")
    ids = [metadata["model_id"] for metadata in versions]
    left, right = st.columns(2, gap="large")
    with left:
        chosen = st.selectbox("Version", ids, key="version")
        _change(registry, chosen, production, workspace, plan)
    with right:
        st.markdown("**What was in production**")
        lines = [{"who": "", **line} for line in reversed(registry.history())]
        history = pd.DataFrame(lines, columns=["at", "what", "model_id", "who"])
        show_table(history, promotion_columns(), key="promotions", height="auto" if len(history) > 5 else "content")
    if chosen is not None:
        with st.expander("Metadata of this version", icon=":material/data_object:"):
            st.json(next(metadata for metadata in versions if metadata["model_id"] == chosen), expanded=1)
    alike = [model_id for model_id in ids if otherwise(partial(registry.schema, model_id), None) is workspace.schema]
    others = [model_id for model_id in alike if model_id != chosen]
    if others and chosen in alike:
        with st.expander("Compare two versions", icon=":material/compare_arrows:"):
            before = registry.replaced(chosen)
            other = st.selectbox("With", others, others.index(before) if before in others else 0, key="other_version")
            with errors_in_words():
                compared(workspace, plan, {model_id: loaded(registry, model_id) for model_id in (chosen, other)})


@st.cache_resource(show_spinner=False, max_entries=4)
def _loaded(folder: Path, model_id: str, files: tuple[tuple[str, int, int], ...]) -> Version:
    return Registry(folder).load(model_id)


def loaded(registry: Registry, model_id: str) -> Version:
    """Loaded once, not at each redrawing; again if one of its files has changed. Promoting loads and checks it anew."""
    files = sorted((registry.folder / model_id).glob("*"))
    seen = tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    return _loaded(registry.folder, model_id, seen)


def _line(metadata: dict, production: str | None) -> dict:
    measured, data = metadata["metrics"], metadata["data"]
    return {
        "in_use": metadata["model_id"] == production,
        "model_id": metadata["model_id"],
        "data": f"{words.count(data['rows'])} of {data['name']}",
        "auc": measured["auc"]["mean"],
        "log_loss": measured["log_loss"]["mean"],
        "brier": measured["brier"]["mean"],
        "pooled_calibration_error": measured["pooled_calibration_error"],
        "created_at": metadata["created_at"],
    }


def _change(registry: Registry, chosen: str, production: str | None, workspace: Workspace, plan: Plan) -> None:
    people.tell("promote")
    if chosen == production:
        st.caption("This version is in production.")
    elif chosen is not None:
        with errors_in_words():
            promote_button(registry, loaded(registry, chosen), workspace, workspace.dataset, plan, key="promote")
    if people.may("promote") and st.button("Roll back to the version before", key="roll_back_version", icon=":material/undo:"):
        with errors_in_words():
            people.demand("promote")
            registry.rollback(who=people.who())
            reopen()


def promote_button(registry: Registry, version: Version, workspace: Workspace, dataset: Dataset, plan: Plan, key: str) -> None:
    """What putting this version into production changes, on the customers of ``dataset``, and the button that does it for who may."""
    table = on_customers(dataset, {"now": workspace.version, "new": version}, plan)[0].set_index("model")
    before, after, data = table.loc["now"], table.loc["new"], version.metadata["data"]
    switches = data["sha256"] != workspace.dataset.sha256
    st.markdown(
        words.amounts(
            f"Promoting **{words.markdown(version.model_id)}** changes, on the {words.counted(len(dataset.customers), 'customer')} of "
            f"{words.markdown(dataset.name)} by the draft campaign:\n"
            f"- best threshold {words.percent(before.threshold)} → {words.percent(after.threshold)}\n"
            f"- contacts {words.count(int(before.contacted))} → {words.count(int(after.contacted))}\n"
            f"- expected profit {words.money(before.expected_profit)} → {words.money(after.expected_profit)}; realised by the same "
            f"contacts {words.money(before.realised_profit)} → {words.money(after.realised_profit)}\n"
            + (
                f"- the dashboard then shows the customers that it was trained on: {words.count(data['rows'])} of "
                f"{words.markdown(data['name'])}\n"
                if switches
                else ""
            )
            + "\nA published threshold stays as it is until somebody publishes another."
        )
    )
    if people.may("promote") and st.button("Promote it", type="primary", key=key):
        people.demand("promote")
        registry.promote(version.model_id, who=people.who())
        reopen()


@st.cache_resource(show_spinner=False, max_entries=4)
def _trained_on(home: Path, model_id: str, _version: Version) -> TrainedOn | None:
    return trained_on(_version, lambda: customers_of(_version, home))


def on_customers(dataset: Dataset, versions: dict[str, Version], plan: Plan) -> tuple[pd.DataFrame, dict[str, Unseen]]:
    """Versions by name on customers as if they had not seen them: side by side, and what each says."""
    said = {
        name: unseen_probability(version, dataset, _trained_on(settings.home(), version.model_id, version))
        for name, version in versions.items()
    }
    probabilities = {name: unseen.probability for name, unseen in said.items()}
    measured = {name: unseen.measures for name, unseen in said.items()}
    return side_by_side(dataset.customers, outcome(dataset), probabilities, plan, dataset.schema, measured), said


def how_unseen(unseen: Unseen) -> str:
    """Of how many of the customers a version knew the outcome, and how these are answered; goes on after its name."""
    if unseen.seen is None:
        return (
            "was trained on a file that is no longer here: where that holds some of these customers, it looks better than it is."
        )
    if unseen.are_others:
        return "was trained on other customers only."
    if unseen.out_of_fold.all():
        return "was trained on them, and is tested by models that had not seen them."
    known, changed = int(unseen.seen.sum()), int((unseen.seen & ~unseen.out_of_fold).sum())
    return (
        f"was trained on {words.count(known)} of them ({words.percent(known / len(unseen.seen))}), and is tested on these "
        "by models that had not seen them"
        + (
            f"; but {words.counted(changed, 'has', 'have')} other values now, and on these it looks better than it is."
            if changed
            else "."
        )
    )


def compared(workspace: Workspace, plan: Plan, versions: dict[str, Version]) -> None:
    """Two versions on the customers of the dashboard: what they say, what they would decide, and their terms."""
    table, said = on_customers(workspace.dataset, versions, plan)
    columns = side_by_side_columns()
    show_table(table[list(columns)], columns, key="two_versions")
    st.caption(
        f"On {words.counted(len(workspace.customers), 'customer')} of {words.markdown(workspace.dataset.name)}, "
        f"by the draft campaign. " + " ".join(words.markdown(f"{name} {how_unseen(unseen)}") for name, unseen in said.items())
    )
    terms = [
        pd.DataFrame(version.metadata["terms"]).set_index("term")["coefficient"].rename(name)
        for name, version in versions.items()
        if "terms" in version.metadata
    ]
    if len(terms) == len(versions):
        equations = pd.concat(terms, axis=1).rename_axis("term").reset_index()
        show_table(equations, equation_columns(versions), key="two_equations")
