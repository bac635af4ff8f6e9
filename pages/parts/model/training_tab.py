"""One's own history: the file and its quality, training with progress, beside the version in use, and the way to promote."""

import streamlit as st

from churn_core import settings
from churn_core.application.left_alone import learning_from
from churn_core.application.train_version import train_version
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.data.dataset import Dataset, read_dataset
from churn_core.jobs import Job
from churn_core.model.candidates import NAMES
from churn_core.model.registry import Registry, Version
from churn_core.model.train import outcome
from churn_core.schema import Schema
from pages.parts import jobs, people, words
from pages.parts.frame import errors_in_words
from pages.parts.model.versions_tab import how_unseen, loaded, on_customers, promote_button
from pages.parts.own_work import own_work, result
from pages.parts.tables import reject_columns, show_table, side_by_side_columns


def training_tab(workspace: Workspace, plan: Plan) -> None:
    schema = workspace.schema
    st.write(
        f"Any file in the {words.markdown(schema.name)} schema with a column {words.markdown(schema.target)} "
        f"({words.markdown(_who_left(schema))}): at least 200 "
        "customers, some who left and some who stayed. It is checked first, then a version is trained and measured; nothing changes "
        "for anybody until you promote it. The file is kept in the data folder, so that the dashboard can show its customers."
    )
    if not people.may("train"):
        people.tell("train")
        if jobs.is_running("training"):
            st.info("A version is being trained.", icon=":material/hourglass_top:")
        _last(workspace, plan)
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    upload = left.file_uploader("Your customers", type=["csv", "tsv", "txt", "parquet", "xlsx"], key="training_upload")
    model = right.selectbox("Model", NAMES, index=NAMES.index(_usual_model(workspace)), key="training_model")
    if jobs.is_running("training"):
        jobs.progress("training")
        return
    if upload is None:
        own_work().forget("training_file")
    else:
        with errors_in_words():
            content = upload.getvalue()
            read = own_work().job(
                "training_file", (upload.file_id, schema.name), lambda job: _read(job, content, upload.name, schema)
            )
            dataset = result("training_file", read, "Drop the file again to train on it after all.")
            if dataset is None:
                return
            _quality(dataset)
            outcome(dataset)
            if st.button("Train", type="primary", key="train"):
                people.demand("train")
                jobs.start("training", lambda job: _train(job, dataset, content, model))
                st.rerun()
    if not _last(workspace, plan) and upload is None:
        st.info("No file yet. Drop one to see what it holds; training starts when you say so.", icon=":material/upload_file:")


def _who_left(schema: Schema) -> str:
    target = schema[schema.target]
    return "anything for each customer who left" if target.filled else f"{target.word(1)} for each customer who left"


def _usual_model(workspace: Workspace) -> str:
    """The kind of the version in use, as far as one can train it again."""
    name = workspace.version.metadata["name"]
    return name if name in NAMES else settings.PREFERRED_MODEL


def _read(job: Job, content: bytes, name: str, schema: Schema) -> Dataset:
    return learning_from(read_dataset(content, name, schema=schema, report=job.report), settings.home())


def _last(workspace: Workspace, plan: Plan) -> bool:
    """What the last training came to; whether it came to a version."""
    job = jobs.outcome("training")
    if job is None or job.result is None:
        return False
    _trained(job.result, workspace, plan)
    return True


def _train(job: Job, dataset: Dataset, content: bytes, model: str) -> tuple[Version, Dataset]:
    return train_version(settings.home(), dataset, model, job.report, content), dataset


def _quality(dataset: Dataset) -> None:
    quality = dataset.quality
    with st.container(horizontal=True):
        st.metric("Rows", words.count(quality.rows), border=True)
        st.metric("Usable", words.count(quality.kept), border=True)
        st.metric("Values repaired", words.count(quality.repaired), border=True)
        st.metric("Rejected", words.count(quality.rejected), border=True)
        st.metric("Churn rate", words.percent(dataset.churn_rate), border=True)
    for warning in quality.warnings:
        st.caption(words.markdown(warning))
    if quality.repairs:
        st.markdown(
            "**Repaired** " + "; ".join(words.markdown(f"{r.column}: {r.what} ({words.count(r.count)})") for r in quality.repairs)
        )
    if quality.rejected:
        st.markdown("**Rejected**: these rows are left out")
        show_table(quality.rejects[["row", "problem"]], reject_columns(), key="training_rejects")


def _in_use_before(registry: Registry, version: Version, workspace: Workspace) -> dict[str, Version]:
    """What a version is compared with, by its name: the one in use, and once the version itself is in use, the one before it."""
    if version.model_id not in (registry.production_id(), workspace.version.model_id):
        return {f"in use: {workspace.version.model_id}": workspace.version}
    before = registry.replaced(version.model_id)
    return {f"before: {before}": loaded(registry, before)} if before else {}


def _trained(result: tuple[Version, Dataset], workspace: Workspace, plan: Plan) -> None:
    version, dataset = result
    st.header(f"Trained: {words.markdown(version.model_id)}")
    registry = Registry(settings.home() / "models")
    with errors_in_words():
        versions = {f"new: {version.model_id}": version, **_in_use_before(registry, version, workspace)}
        table, said = on_customers(dataset, versions, plan)
        columns = side_by_side_columns()
        show_table(table[list(columns)], columns, key="new_and_old")
        st.caption(
            f"On the {words.counted(len(dataset.customers), 'customer')} of {words.markdown(dataset.name)}, by the draft campaign. "
            + " ".join(
                words.markdown(f"{name.split(':')[0].capitalize()}: {how_unseen(unseen)}") for name, unseen in said.items()
            )
        )
    if registry.production_id() == version.model_id:
        st.success("It is in production.", icon=":material/check_circle:")
    else:
        people.tell("promote")
        with errors_in_words():
            promote_button(registry, version, workspace, dataset, plan, key="promote_trained")
