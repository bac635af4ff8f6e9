"""Which customer is open: the tab and the id in the address, from a row of a list or of the file that this session scored."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from churn_core.application.look_up import LookedUp, decided, why_not
from churn_core.application.workspace import Workspace
from churn_core.batch.local import ScoredFile
from churn_core.decisions.why_not import WHY_NOT
from churn_core.model.registry import Version
from churn_core.schema import Schema
from churn_core.storage.publications import Decision
from pages.parts import address

_PAGE = Path(__file__).resolve().parents[2] / "customers.py"
FILE, ONE, NEW = TABS = ["A file", "One customer", "A new customer"]
UPLOAD = "upload"  # the key of the drop zone
_FILE, _CHOSEN, _TABLE = "customers_of_file", "row_of_file", "scored_table"  # in the session, never in the address
_AGAIN = "To see a customer of a file, drop the file under “A file” and choose its row."


@dataclass(frozen=True, kw_only=True, eq=False)
class CustomersOfFile:
    """The shown customers of the file that this session scored: as they are once cleaned, with what was ``decided`` of each in the
    whole file, its row in ``decisions``. All have the line in the file as index, ``left`` (n,) says who has left by the file, and
    ``schema`` to which day dates are counted.
    """

    model_id: str
    schema: Schema
    customers: pd.DataFrame
    decisions: pd.DataFrame
    left: npt.NDArray[np.bool_]
    decided: Decision

    def looked_up(self, workspace: Workspace, position: int, decision: Decision) -> LookedUp:
        """The customer at this position by the ``decision``: as in the whole file if it was scored by that, else alone."""
        customer, has_left = self.customers.iloc[[position]], bool(self.left[position])
        if decision == self.decided:
            row = self.decisions.iloc[position]
            return LookedUp(customer=customer, decision=row, why_not=str(row[WHY_NOT]), has_left=has_left)
        alone = decided(workspace, customer, decision, has_left=has_left)
        return LookedUp(customer=customer, decision=alone, why_not=why_not(alone, decision), has_left=has_left)


def keep_file(file: ScoredFile, decision: Decision, version: Version) -> None:
    """Keep who is shown of a file for as long as the session holds it, whatever runs again."""
    st.session_state[_FILE] = CustomersOfFile(
        model_id=version.model_id,
        schema=version.schema,
        customers=file.customers,
        decisions=file.shown,
        left=file.shown_left,
        decided=decision,
    )


def customers_of_file(workspace: Workspace) -> CustomersOfFile | None:
    """Those of the file in the drop zone; ``None`` where there is none, or where another version is in use since."""
    kept: CustomersOfFile | None = st.session_state.get(_FILE)
    if kept is not None and (st.session_state.get(UPLOAD) is None or kept.model_id != workspace.version.model_id):
        st.session_state.pop(_FILE)
        return None
    return kept


def ids_of_file(workspace: Workspace) -> list[str]:
    """The ids of those customers of the file who are not in the data, each once."""
    file = customers_of_file(workspace)
    if file is None or file.customers.empty:
        return []
    ids = file.customers[workspace.schema.id]
    return ids[~ids.isin(workspace.customers[workspace.schema.id])].drop_duplicates().tolist()


def position_in_file(file: CustomersOfFile, customer: str, workspace: Workspace) -> int | None:
    """Where a customer stands among those of the file: the row that was chosen, else the first of this id; ``None`` for nobody."""
    ids = file.customers[workspace.schema.id].to_numpy() if len(file.customers) else np.zeros(0, dtype=object)
    found = np.flatnonzero(ids == customer)
    line = st.session_state.get(_CHOSEN)
    chosen = next((position for position in found if file.customers.index[position] == line), next(iter(found), None))
    return None if chosen is None else int(chosen)


def customer_in_address(workspace: Workspace) -> dict[str, address.Parameter]:
    """The parameters of the address that hold the tab and the customer; the ids are looked through only where there is one."""
    ids, of_file = workspace.customers[workspace.schema.id], ids_of_file(workspace)
    known = address.Parameter(
        lambda values: values[0] in of_file or bool((ids.astype(str) == values[0]).any()),
        "the id of a customer here",
        mend=_AGAIN,
    )
    return {"customer": known, "customers_tab": address.choice(TABS)}


def open_customer(customer: str) -> None:
    """Go to the page of one customer, from another page."""
    st.switch_page(_PAGE, query_params={"customers_tab": ONE, "customer": customer})


def scored_table_key() -> str:
    """The key of the scored table. A row that was opened is not chosen any more when one comes back to it: that is another table."""
    return f"{_TABLE}_{st.session_state.setdefault(_TABLE, 0)}"


def open_row(customers: pd.Series) -> None:
    """Open the customer whose row was chosen in the scored table; ``customers``: the ids in its order, the lines as index."""
    rows = st.session_state[scored_table_key()].selection.rows
    if rows:
        st.session_state[_TABLE] += 1
        st.session_state[_CHOSEN] = customers.index[rows[0]]
        st.session_state["customer"], st.session_state["customers_tab"] = customers.iloc[rows[0]], ONE
