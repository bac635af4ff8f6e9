"""The candidates by one protocol, as intervals and as a table; and any one of them in detail."""

import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.charts.candidates import intervals_figure
from churn_core.charts.model import (
    gain_figure,
    lift_figure,
    precision_recall_figure,
    probability_distributions_figure,
    roc_figure,
)
from churn_core.charts.theme import DIFFERENCE
from churn_core.jobs import Job
from churn_core.model import compare, comparison_file, metrics
from churn_core.model.cross_validation import Protocol
from churn_core.model.train import outcome
from pages.parts import jobs, people, words
from pages.parts.frame import chart, comparison_at_hand, errors_in_words, palette
from pages.parts.model.calibration_chart import calibration_chart
from pages.parts.model.scored import best_compared, best_in_use, compared, how_many, in_use
from pages.parts.tables import candidate_columns, show_table

MEASURES = {"auc": "AUC", "log_loss": "Log loss", "brier": "Brier score", "average_precision": "Average precision"}
HIGHER_IS_BETTER = ("auc", "average_precision")
PRODUCTION = "The version in use"


def candidates_tab(workspace: Workspace, plan: Plan) -> None:
    comparison = None
    with errors_in_words():
        comparison = comparison_at_hand(workspace)
        if comparison is None:
            st.info(
                f"The candidates have not been compared on {words.markdown(workspace.dataset.name)} yet. It takes some minutes on two "
                "cores, goes on in the background, and can be stopped.",
                icon=":material/info:",
            )
        else:
            _compared(comparison, workspace)
    _run(workspace, again=comparison is not None)
    st.divider()
    _in_detail(workspace, plan)


def _compared(comparison: dict, workspace: Workspace) -> None:
    recommended = comparison.get("recommendation")
    if recommended:
        st.info(words.markdown(recommended["sentence"]), icon=":material/recommend:")
    in_use = workspace.version.metadata["name"]
    left, right = st.columns(2)
    measure = (
        left.segmented_control("Measure", list(MEASURES), format_func=MEASURES.__getitem__, default="auc", key="measure") or "auc"
    )
    names = list(comparison["models"])
    against = right.selectbox("Against", names, index=names.index(settings.PLAIN_MODEL), key="against")
    table = comparison_file.table(comparison, against)
    best, ends = table.iloc[0], (f"{measure}_low", f"{measure}_high")
    better = measure in HIGHER_IS_BETTER
    ahead = table[(table[ends[0]] > 0) if better else (table[ends[1]] < 0)]
    protocol = comparison["protocol"]
    chart(
        f"{len(ahead)} of {words.counted(len(table) - 1, 'model')} {'is' if len(ahead) == 1 else 'are'} better than {against} by more "
        f"than chance; {best.model} has the lowest log loss",
        intervals_figure(
            table.sort_values(f"{measure}_minus", ascending=not better).rename(
                columns={"model": "name", f"{measure}_minus": "estimate", ends[0]: "low", ends[1]: "high"}
            ),
            palette(),
            x=f"{MEASURES[measure]} ({'right' if better else 'left'} is better)",
            reference=0.0,
            reference_label=against,
            chosen=in_use,
            tickformat=DIFFERENCE,
        ),
        key="candidates",
        caption=f"Mean difference and 95% interval, paired by fold (Nadeau–Bengio): "
        f"{protocol['folds']} folds, {protocol['repeats']} times, seed {protocol['seed']}, the same for all. "
        f"In colour: {in_use}, the model in use.",
    )
    columns = candidate_columns()
    show_table(table[list(columns)], columns, key="compared_models", height="content")
    data, packages = comparison["data"], comparison["packages"]
    st.caption(
        f"Measured {words.markdown(comparison['made_at'][:10])} on {words.counted(data['rows'], 'customer')} "
        f"of {words.markdown(data['name'])} "
        f"(SHA-256 {words.markdown(data['sha256'][:12])}…) in {words.count(comparison['seconds'])} s on "
        f"{words.counted(comparison['cores'], 'core')}, with "
        + ", ".join(words.markdown(f"{name} {version}") for name, version in packages.items())
        + f". Profit is realised, customer by customer, per 1,000 customers at cost/success rate. Again: `python -m churn_core "
        f"evaluate --output models/{comparison_file.FILE}`. Models are not ranked by profit at a fixed threshold: it rewards "
        "over-prediction."
    )


def _run(workspace: Workspace, again: bool) -> None:
    job = jobs.outcome("comparison")
    if job is not None and job.result is not None:
        st.success("The comparison is done.", icon=":material/check_circle:")
        jobs.forget("comparison")
    if not people.may("train"):
        if jobs.is_running("comparison"):
            st.info(f"The candidates are being compared{' again' if again else ''}.", icon=":material/hourglass_top:")
        people.tell("train")
        return
    if jobs.is_running("comparison"):
        jobs.progress("comparison")
        return
    with st.expander(f"Compare {'again on ' if again else 'them on '}these customers", icon=":material/refresh:"):
        all_of_them = compare.names_for(workspace.schema)
        usual = [name for name in all_of_them if "stacking" not in name]
        chosen = st.multiselect(
            "Models", all_of_them, default=usual, key="to_compare", help="Each is checked on the same customers."
        )
        if st.button("Compare", type="primary", key="compare", disabled=not chosen):
            with errors_in_words():
                people.demand("train")
                jobs.start("comparison", lambda job: _compare(job, workspace, tuple(chosen)))
                st.rerun()


def _compare(job: Job, workspace: Workspace, names: tuple[str, ...]) -> bool:
    dataset, home = workspace.dataset, settings.home()
    protocol = Protocol.of(len(dataset.customers))
    result = compare.compare(names, dataset, outcome(dataset), home / "models", protocol, job.report)
    comparison_file.write(result, home / "models" / comparison_file.FILE)
    compare.forget(result, dataset, home / "models")
    return True


def _in_detail(workspace: Workspace, plan: Plan) -> None:
    comparison = None
    with errors_in_words():
        comparison = comparison_at_hand(workspace)
    names = [PRODUCTION, *(comparison["models"] if comparison else ())]
    name = st.selectbox("Look at one in detail", names, key="candidate")
    if comparison is None or name == PRODUCTION:
        scored, measures, best = in_use(workspace), workspace.measures, best_in_use(workspace, plan)
    else:
        scored, measures = compared(workspace, comparison, name), comparison_file.measures(comparison, name)
        best = best_compared(workspace, plan, comparison, name)
    customers, left = scored(how_many)
    rate, top, gain = left / customers, scored(metrics.top_share, 0.2), scored(metrics.gain_table)
    places = (place for _ in range(3) for place in st.columns(2))
    with next(places):
        chart(
            f"Mean probability {words.percent(measures.mean_probability)}, churn rate {words.percent(rate)}",
            probability_distributions_figure(scored(metrics.probability_distributions), palette(), best.threshold),
            key="candidate_distributions",
            caption="With the threshold that earns most by what this model expects, by the draft campaign.",
        )
    with next(places):
        calibration_chart(scored, measures, key="candidate_calibration")
    with next(places):
        chart(
            f"Ranking: a leaver scores above a stayer in {words.percent(measures.auc)} of pairs",
            roc_figure(scored(metrics.roc_table), palette(), measures.auc),
            key="roc",
        )
    with next(places):
        chart(
            "Precision falls as more of the leavers are found",
            precision_recall_figure(scored(metrics.precision_recall_table), palette(), rate),
            key="precision_recall",
        )
    with next(places):
        chart(
            f"Gain: the top 20% holds {words.percent(top['gain'])} of the leavers",
            gain_figure(gain, palette()),
            key="gain",
        )
    with next(places):
        chart(
            f"Lift: the top 20% churns {words.decimal(top['lift'], 1)} times as often as all",
            lift_figure(gain, palette()),
            key="lift",
        )
