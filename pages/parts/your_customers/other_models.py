"""The other models on the same customers, when somebody asks: what each predicts and earns, and which is recommended."""

from functools import partial

import streamlit as st

from churn_core import settings
from churn_core.application.train_version import train_version
from churn_core.data.dataset import Dataset
from churn_core.jobs import Job
from churn_core.model import compare, comparison_file
from churn_core.model.cross_validation import Protocol
from churn_core.model.registry import Version
from churn_core.model.train import outcome
from pages.parts import jobs, people, words
from pages.parts.frame import errors_in_words
from pages.parts.tables import candidate_columns, show_table
from pages.parts.your_customers.training import JOB as TRAINING

JOB = "own_comparison"
NAMES = {
    "logistic_plain": "plain logistic regression",
    "card": "the plain card",
    "shape_card": "the shape card",
    "boosted": "boosted trees",
}


def other_models(version: Version, dataset: Dataset) -> None:
    st.header("Would another model be better?")
    if jobs.is_running(JOB):
        jobs.progress(JOB)
        return
    job = jobs.outcome(JOB)
    if job is not None and job.result is not None and job.result["data"]["sha256"] == dataset.sha256:
        _compared(job.result, version, dataset)
        return
    st.markdown(
        "The card can be read line by line. Two models that are harder to read may predict better: see what that would be worth. "
        "It takes a minute or some, goes on in the background, and can be stopped."
    )
    people.tell("train")
    if people.may("train") and st.button("Compare them", key="own_compare", icon=":material/compare_arrows:"):
        with errors_in_words():
            people.demand("train")
            jobs.start(JOB, lambda job: _compare(job, dataset))
            st.rerun()


def _train(job: Job, dataset: Dataset, name: str) -> tuple[Version, Dataset]:
    return train_version(settings.home(), dataset, name, job.report), dataset


def _compare(job: Job, dataset: Dataset) -> dict:
    home, protocol = settings.home() / "models", Protocol.of(len(dataset.customers))
    result = compare.compare(compare.names_for(dataset.schema), dataset, outcome(dataset), home, protocol, job.report)
    comparison_file.write(result, home / comparison_file.FILE)
    compare.forget(result, dataset, home)
    return result


def _compared(result: dict, version: Version, dataset: Dataset) -> None:
    recommended, columns = result["recommendation"], candidate_columns()
    st.info(words.markdown(recommended["sentence"]), icon=":material/recommend:")
    table = comparison_file.table(result)
    show_table(table[list(columns)].replace({"model": NAMES}), columns, key="own_models", height="content")
    st.caption(f"On customers that they had not seen: {words.markdown(Protocol(**result['protocol']).words)}, the same for all.")
    others = dict.fromkeys((recommended["model"], recommended["offered"]))
    for name in (each for each in others if each and each != version.metadata["name"]):
        if people.may("train") and st.button(f"Train {NAMES[name]} instead", key=f"own_train_{name}"):
            with errors_in_words():
                people.demand("train")
                jobs.start(TRAINING, partial(_train, dataset=dataset, name=name))
                st.rerun()
