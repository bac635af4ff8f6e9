"""Step 3: the training, what it came to in one sentence, how the file was, and the way to use it."""

import numpy as np
import streamlit as st

from churn_core import settings
from churn_core.application.versions import measures_of
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.data.dataset import Dataset
from churn_core.data.quality import QualityReport
from churn_core.decisions.kept import Kept, Told
from churn_core.model import metrics
from churn_core.model.card.picture import in_words, strengths
from churn_core.model.registry import Registry, Version
from churn_core.model.weights import standing_for
from pages.parts import jobs, people, words
from pages.parts.figure import figure
from pages.parts.frame import errors_in_words, reopen
from pages.parts.model.calibration_chart import calibration_chart
from pages.parts.model.versions_tab import how_unseen, loaded, on_customers
from pages.parts.quality import quality_table, rejects_table
from pages.parts.tables import show_table, side_by_side_columns
from pages.parts.your_customers.other_models import other_models
from pages.parts.your_customers.training import JOB, last

_FIFTH = 0.2  # of the customers
_TOLD = 5  # lines of the card
_LITTLE = 0.55  # AUC; below it the order is hardly better than chance
_PAGES = (("overview.py", "What is at stake"), ("campaign.py", "Whom to contact"), ("customers.py", "Look into one customer"))


def result_step(workspace: Workspace, plan: Plan) -> None:
    """Progress, then the result."""
    if jobs.is_running(JOB):
        st.title("Learning who leaves")
        st.markdown(
            "It learns from a part of the customers and is tested on the others, again and again. You may close the page."
        )
        jobs.progress(JOB)
        return
    done = last()
    if done is None:
        st.title("Nothing is trained yet")
        jobs.outcome(JOB)
        st.markdown("Go back to the columns, and start the training there.")
        return
    version, dataset = done
    probability, churned = _left_alone(version, dataset)
    top = metrics.top_share(probability, churned, _FIFTH)
    st.title(f"On customers it had not seen, the riskiest fifth holds {words.percent(top['gain'])} of those who left")
    _figures(version, dataset, top["lift"])
    if version.metadata["metrics"]["auc"]["mean"] < _LITTLE:
        st.warning(
            "These columns say little about who leaves: a list by these probabilities is hardly better than one drawn by lot. Add "
            "what you know of the customers before they left: use, complaints, payments, contracts.",
            icon=":material/warning:",
        )
    _use(version, dataset, workspace)
    with errors_in_words():
        _beside_the_one_in_use(version, dataset, workspace, plan)
    _model(version, dataset)
    other_models(version, dataset)


def _figures(version: Version, dataset: Dataset, lift: float) -> None:
    measured, quality = version.metadata["metrics"], dataset.quality
    treated = 0 if dataset.left_alone is None else dataset.left_alone.treated
    with st.container(horizontal=True):
        figure("Customers learnt from", words.count(quality.kept - treated), _of_all(quality))
        figure("Churn rate", words.percent(version.metadata["data"]["churn_rate"]))
        figure(
            "Riskiest fifth",
            f"× {words.decimal(lift, 1)}",
            "of the average churn rate",
            help="How many times as often these customers left as customers do on average.",
        )
        figure(
            "Order (AUC)",
            words.decimal(measured["auc"]["mean"], 3),
            help="Of two customers, one who left and one who stayed: how often the one who left was given the higher probability. "
            "0.5 is a coin, 1 is perfect.",
        )
        figure(
            "Probabilities are off by",
            words.percent(measured["pooled_calibration_error"]),
            help="How far probabilities and outcomes are apart on average, on customers it had not seen.",
        )


def _of_all(quality: QualityReport) -> str:
    """Of how many rows, and how many could not be used."""
    told = f"of {words.counted(quality.rows, 'row')}"
    return f"{told}, {words.count(quality.rejected)} rejected" if quality.rejected else told


def _use(version: Version, dataset: Dataset, workspace: Workspace) -> None:
    """The button that puts the version into production, for who may; afterwards where to go."""
    if workspace.version.model_id == version.model_id:
        st.success(
            words.markdown(f"In use: every page is now about the customers of {dataset.name}."), icon=":material/check_circle:"
        )
        with st.container(horizontal=True):
            for page, label in _PAGES:
                st.page_link(page, label=label, icon=":material/arrow_forward:")
        return
    if _has_the_same_columns(version, workspace):
        st.markdown(
            "Use it, and every page, file and answer follows this version instead of the one in use. It can be taken back."
        )
    else:
        st.markdown(
            words.markdown(
                f"Use it, and every page, file and answer is about the customers of {dataset.name}. What belongs to "
                f"{workspace.dataset.name} is kept, and the side bar leads back."
            )
        )
    people.tell("promote")
    if people.may("promote") and st.button("Use it", type="primary", icon=":material/check:", key="own_use"):
        with errors_in_words():
            people.demand("promote")
            Registry(settings.home() / "models").promote(version.model_id, who=people.who())
            reopen()


def _has_the_same_columns(version: Version, workspace: Workspace) -> bool:
    """Whether the version and the one in use read the same tables."""
    return Registry(settings.home() / "models").schema(version.model_id) is workspace.schema


def _beside_the_one_in_use(version: Version, dataset: Dataset, workspace: Workspace, plan: Plan) -> None:
    """Both on these customers, where both know their columns; else why not."""
    in_use, registry = workspace.version, Registry(settings.home() / "models")
    if in_use.model_id == version.model_id:
        return
    st.header("Beside the version in use")
    if not _has_the_same_columns(version, workspace):
        st.caption(
            words.markdown(
                f"The version in use learnt from {workspace.dataset.name}, which has other columns. It cannot say anything about "
                "these customers, so there is nothing to compare."
            )
        )
        return
    versions = {"new": loaded(registry, version.model_id), "in use": in_use}
    compared, said = on_customers(dataset, versions, plan)
    columns = side_by_side_columns()
    show_table(compared[list(columns)], columns, key="own_beside")
    st.caption(" ".join(words.markdown(f"{name.capitalize()}: {how_unseen(unseen)}") for name, unseen in said.items()))


def _model(version: Version, dataset: Dataset) -> None:
    """How far it can be read, and whether its probabilities are true."""
    ahead = version.metadata["auc_minus_plain_logistic"]
    low, high = (words.decimal(ahead[end], 3, signed=True) for end in ("low", "high"))
    left, right = st.columns(2)
    with left:
        st.header("What it is")
        lines = _lines(version)
        if lines:
            st.markdown(f"It is readable: a card of {words.counted(len(lines), 'line')} that add up. What tells most:")
            st.markdown("\n".join(f"1. {words.markdown(line)}" for line in lines[:_TOLD]))
        else:
            st.markdown("It is no card that can be read line by line. The page Customers gives the reasons for each customer.")
        st.caption(f"AUC against a plain logistic regression: {low} to {high} (95% interval).")
        _quality(dataset)
    with right:
        measures = measures_of(version, dataset, version.out_of_fold)
        scored = Told(Kept(), version.model_id, lambda: _left_alone(version, dataset))
        calibration_chart(scored, measures, key="own_calibration")


def _left_alone(version: Version, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities of customers that were left alone, and who of them left; of who stands for several as many times."""
    alone = standing_for(np.arange(len(dataset.customers)), dataset.weight)
    return version.out_of_fold[alone], dataset.customers[dataset.schema.target].to_numpy()[alone]


def _lines(version: Version) -> list[str]:
    """The lines of the card in words, the strongest first; empty where the model is none."""
    card = version.model.card
    if card is None:
        return [term["term"] for term in version.metadata.get("terms", [])]
    return [in_words(card.lines[i], version.schema) for i in strengths(card)["line"]]


def _quality(dataset: Dataset) -> None:
    st.header("How the file was")
    quality = dataset.quality
    for warning in quality.warnings:
        st.caption(words.markdown(warning))
    if quality.rejected:
        rejects_table(quality.rejects, quality.rejected, key="own_rejects")
    quality_table(quality, key="own_quality")
