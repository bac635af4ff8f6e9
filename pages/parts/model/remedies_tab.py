"""What is tried when a model seems to find too few leavers, side by side: it moves the probabilities, not the ranking."""

import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.campaign.plan import Plan
from churn_core.charts.candidates import calibration_lines_figure, ranking_lines_figure
from churn_core.decisions.side_by_side import side_by_side
from churn_core.model import comparison_file, metrics
from churn_core.model.candidates import REMEDIES
from pages.parts import words
from pages.parts.frame import chart, comparison_at_hand, palette
from pages.parts.tables import show_table, side_by_side_columns
from pages.parts.words import listed

DRAWN = (settings.PLAIN_MODEL, "logistic_balanced", "logistic_smote")
SAME_AUC = (
    0.005  # no unit; half the standard deviation of the AUC of one split (MODELLING.md): rankings that nobody could tell apart
)


def remedies_tab(workspace: Workspace, plan: Plan) -> None:
    comparison = comparison_at_hand(workspace)
    known = comparison["models"] if comparison else {}
    names = [name for name in known if name == settings.PLAIN_MODEL or name.split("+")[0] in REMEDIES]
    if comparison is None or not set(DRAWN) <= set(names):
        st.info(
            "The remedies have not been compared on these customers yet. Compare them on the tab Candidates.",
            icon=":material/info:",
        )
        return
    shown = [name for name in (*names, settings.PREFERRED_MODEL) if name in known]
    probabilities = {name: comparison_file.held_out(comparison, name, workspace.probability) for name in shown}
    churned = workspace.churned
    measured = {name: comparison_file.measures(comparison, name) for name in probabilities}
    table = side_by_side(workspace.customers, churned, probabilities, plan, workspace.schema, measured)
    row = {r.model: r for r in table.itertuples()}
    plain, moved = row[DRAWN[0]], [row[name] for name in DRAWN[1:]]
    same_ranking = all(abs(r.auc - plain.auc) < SAME_AUC for r in moved)
    st.markdown(
        words.amounts(
            f"**Weights and invented customers move the probabilities{', not the ranking' if same_ranking else ''}.** "
            f"{words.markdown(listed(r.model for r in moved))} have an AUC of "
            f"{listed(words.decimal(r.auc, 3) for r in moved)}, plain logistic "
            f"regression {words.decimal(plain.auc, 3)}. They say that "
            f"{listed(words.percent(r.mean_probability) for r in moved)} leave where "
            f"{words.percent(churned.mean())} do, so they expect {listed(words.money(r.expected_profit) for r in moved)} of their "
            f"lists, which earn {listed(words.money(r.realised_profit) for r in moved)}; plain expects "
            f"{words.money(plain.expected_profit)} and earns {words.money(plain.realised_profit)}."
        )
    )
    left, right = st.columns(2)
    with left:
        chart(
            f"Calibration errors: {listed(f'{words.percent(r.calibration_error)} {r.model}' for r in (plain, *moved))}",
            calibration_lines_figure({n: metrics.calibration_table(probabilities[n], churned) for n in DRAWN}, palette()),
            key="remedies_calibration",
            caption="Below the dotted line a model promises more churn than there is.",
        )
    with right:
        chart(
            f"Ranking: AUC {listed(f'{words.decimal(r.auc, 3)} {r.model}' for r in (plain, *moved))}",
            ranking_lines_figure({n: metrics.roc_table(probabilities[n], churned) for n in DRAWN}, palette()),
            key="remedies_roc",
            caption="Where the lines lie on each other, the order of the customers is the same.",
        )
    columns = side_by_side_columns()
    show_table(table[list(columns)], columns, key="remedies")
    st.caption(
        "By the draft campaign; change it in the side bar, to a cost "
        f"of {words.markdown(words.price(50))} or {words.markdown(words.price(100))} for example. On unseen customers. "
        "Threshold, contacts and expected profit are what each model would decide by its own probabilities; realised is what "
        "the same contacts earned, by who left."
    )
