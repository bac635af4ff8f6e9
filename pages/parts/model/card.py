"""The version in use on one card: its equation, how good it is and how we know, what it was made from."""

import pandas as pd
import streamlit as st

from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.charts.candidates import intervals_figure
from churn_core.model.card.fitted import FittedCard
from churn_core.model.evaluate import CAMPAIGNS
from pages.parts import words
from pages.parts.frame import chart, palette
from pages.parts.model.shapes import card_in_pictures
from pages.parts.tables import bar_columns, show_table, term_columns

BAR_IN_WORDS = {
    "auc": "AUC",
    "auc_minus_plain_logistic_low": "AUC minus plain logistic, lower end of the interval",
    "brier": "Brier score",
    "log_loss": "Log loss",
    "pooled_calibration_error": "Calibration error, pooled",
    "abs_mean_probability_minus_churn_rate": "Mean probability minus churn rate, either way",
    **{f"profit {c}": f"Profit per 1,000 at cost/success rate {c}" for c in CAMPAIGNS},
}


def model_card_tab(workspace: Workspace, plan: Plan) -> None:
    metadata = workspace.version.metadata
    model = workspace.version.model
    if "terms" in metadata:
        _equation(metadata)
    elif isinstance(model, FittedCard):
        card_in_pictures(model.card, workspace.schema)
    else:
        st.info(
            f"{words.markdown(metadata['name'])} is not an equation that fits on a card. It learned from "
            f"{words.listed(_columns(workspace))}. Its reasons for one customer are on the page Customers.",
            icon=":material/info:",
        )
    _how_good(metadata)
    if not metadata.get("bar"):
        with st.container(border=True):
            _made_from(workspace)
        return
    left, right = st.columns([3, 2])
    with left:
        st.markdown("**The bar for the production model**")
        table = pd.DataFrame([_in_words(line) for line in metadata["bar"]])
        show_table(table, bar_columns(), key="bar", height="content")
    with right, st.container(border=True):
        _made_from(workspace)


def _columns(workspace: Workspace) -> list[str]:
    """The columns that the model looks at, in words."""
    names = dict.fromkeys(name for told in workspace.version.model.told_by for name in told)
    return [words.markdown(workspace.schema[name].label.lower()) for name in names]


def _equation(metadata: dict) -> None:
    terms = pd.DataFrame(metadata["terms"])
    terms["meaning"] = [_meaning(line) for line in metadata["terms"]]
    left, right = st.columns([3, 2])
    with left, st.container(border=True):
        st.markdown(f"**The whole model: log-odds = {words.decimal(metadata['intercept'], 3)} + the sum of coefficient × term**")
        columns = term_columns()
        show_table(terms[[name for name in columns if name in terms]], columns, key="terms", height="content")
        st.caption("Coefficients and odds ratios are those of the model, which its penalty has shrunken towards no effect.")
    if "low" in terms:
        effects = (
            (terms["unpenalised"] if "unpenalised" in terms else terms["odds_ratio"]).fillna(terms["odds_ratio"]).astype(float)
        )
        with right:
            chart(
                "What each term multiplies the odds of leaving by",
                intervals_figure(
                    terms.assign(
                        name=terms["term"],
                        estimate=effects,
                        text=[
                            f"× {words.decimal(effect)} ({words.decimal(t.low)} to {words.decimal(t.high)}) {t.unit}"
                            for effect, t in zip(effects, terms.itertuples(), strict=True)
                        ],
                    ),
                    palette(),
                    x="Odds ratio, 95% interval",
                    reference=1.0,
                    log=True,
                ),
                key="odds_ratios",
                caption=_intervals(terms),
            )


def _intervals(terms: pd.DataFrame) -> str:
    """What the chart shows. A version of an earlier program has the intervals of its shrunken coefficients alone."""
    unpenalised = terms["unpenalised"].notna() if "unpenalised" in terms else pd.Series(False, index=terms.index)
    shrunken = (
        "as the model has it, shrunken by its penalty: how far another sample would move it, not where the true effect lies"
    )
    if unpenalised.all():
        said = "Without the penalty that shrinks the coefficients of the model, with the 95% interval"
    elif unpenalised.any():
        said = (
            "Without the penalty that shrinks the coefficients of the model, with the 95% interval. "
            f"{words.listed(terms.loc[~unpenalised, 'term'])}: {shrunken}"
        )
    else:
        said = shrunken[0].upper() + shrunken[1:]
    return f"{said}. Terms of the same column belong together: none of them can be read alone."


def _meaning(line: dict) -> str:
    return f"odds {words.percent(line['odds_ratio'] - 1, 0, signed=True)} {line['unit']}"


def _in_words(line: dict) -> dict:
    bar = f"≥ {_measured(line['least'])}" if line["most"] is None else f"≤ {_measured(line['most'])}"
    return {"what": BAR_IN_WORDS[line["what"]], "value": _measured(line["value"]), "bar": bar, "met": line["met"]}


def _measured(value: float) -> str:
    """A measure as everywhere on this page, or an amount of money."""
    return words.decimal(value, 4) if abs(value) < 1 else words.count(value)


def _how_good(metadata: dict) -> None:
    measured, plain, ahead = metadata["metrics"], metadata["plain_logistic"], metadata["auc_minus_plain_logistic"]
    st.header("How good, and how we know")
    with st.container(horizontal=True):
        for label, name in (
            ("AUC", "auc"),
            ("Average precision", "average_precision"),
            ("Log loss", "log_loss"),
            ("Brier score", "brier"),
        ):
            st.metric(
                label,
                words.decimal(measured[name]["mean"], 4),
                border=True,
                help=f"Mean over the held-out folds; standard deviation {words.decimal(measured[name]['sd'], 4)}. "
                f"Plain logistic regression: {words.decimal(plain[name]['mean'], 4)}.",
            )
        st.metric(
            "Calibration error",
            words.decimal(measured["pooled_calibration_error"], 4),
            border=True,
            help="Expected calibration error, 15 equal-mass bins, pooled over the folds. By chance alone even true probabilities "
            f"would have {words.decimal(measured['calibration_noise'], 4)}.",
        )
    protocol = metadata["protocol"]
    differs = [words.decimal(ahead[end], 4, signed=True) for end in ("mean", "low", "high")]
    st.caption(
        f"{words.count(protocol['folds'])}-fold cross-validation, {words.count(protocol['repeats'])} times, seed "
        f"{words.markdown(str(protocol['seed']))}. Against plain logistic regression the AUC differs by {differs[0]}, "
        f"95% interval {differs[1]} to {differs[2]} (paired by fold, Nadeau–Bengio)."
    )


def _made_from(workspace: Workspace) -> None:
    version, metadata = workspace.version, workspace.version.metadata
    data, off = metadata["data"], metadata["metrics"]["mean_probability_minus_churn_rate"]
    st.markdown("**This version**")
    st.markdown(
        f"- id {words.markdown(version.model_id)}\n"
        f"- trained {words.markdown(metadata['created_at'].replace('T', ' ')[:16])} UTC "
        f"in {words.plain_number(metadata['seconds'])} s\n"
        f"- on {words.counted(data['rows'], 'customer')} of {words.markdown(data['name'])}, SHA-256 "
        f"{words.markdown(data['sha256'][:12])}…\n"
        f"- churn rate in training {words.percent(data['churn_rate'])}; mean probability minus churn rate "
        f"{words.decimal(off, 5, signed=True)}\n"
        + "\n".join(f"- {words.markdown(f'{name} {version}')}" for name, version in metadata["packages"].items())
    )
