"""In the side bar: whose customers every page is about, and the way from the sample to one's own and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from churn_core import settings
from churn_core.application.workspace import Workspace
from churn_core.data import telco_source
from churn_core.model.registry import Registry
from churn_core.report.link import CURRENCIES
from pages.parts import people, words

_CURRENCY_OF = "currency_of_the_customers"  # the session keeps it, to see that other customers are shown


def whose(workspace: Workspace, reopen: Callable[[], None]) -> None:
    """The file of the customers, and for who may change it a button to the others. ``reopen``: takes up what is in production."""
    _follow_currency(workspace.schema.currency)
    sample, own = _versions()
    is_sample = _is_sample(workspace.version.metadata)
    about = "the sample" if is_sample else "your customers"
    st.caption(f"**You see {about}**  \n{words.markdown(workspace.dataset.name)}")
    if not people.may("promote"):
        return
    if not is_sample and sample:
        if st.button("Back to the sample", key="back_to_the_sample", icon=":material/undo:", width="stretch"):
            _use(sample[0]["model_id"], reopen)
    elif is_sample and own:
        with st.popover("Use your customers", icon=":material/groups:", width="stretch"):
            named = {metadata["model_id"]: metadata for metadata in own}
            chosen = st.selectbox("Trained on", list(named), format_func=lambda key: _told(named[key]), key="own_version")
            if st.button("Use them", type="primary", key="use_own_version"):
                _use(chosen, reopen)


def _follow_currency(label: str) -> None:
    """Amounts are written in the currency of these customers, until somebody chooses another label."""
    before = st.session_state.get(_CURRENCY_OF)
    if before is None and "currency" not in st.query_params and label:
        st.session_state["currency"] = label
    elif before is not None and before != label:
        st.session_state["currency"] = label or CURRENCIES[0]
    st.session_state[_CURRENCY_OF] = label


def _use(model_id: str, reopen: Callable[[], None]) -> None:
    people.demand("promote")
    Registry(settings.home() / "models").promote(model_id, who=people.who())
    reopen()


def _told(metadata: dict[str, Any]) -> str:
    """A version by its customers."""
    data = metadata["data"]
    return f"{data['name']}, {words.counted(data['rows'], 'customer')}, {metadata['created_at'][:16].replace('T', ' ')}"


def _is_sample(metadata: dict[str, Any]) -> bool:
    data = metadata["data"]
    return bool(data["generated"]) or data["sha256"] == telco_source.SHA256


def _versions() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The versions of the sample and of other customers, the newest first."""
    folder = settings.home() / "models"
    return _split(folder, folder.stat().st_mtime_ns)


@st.cache_data(show_spinner=False, max_entries=4)
def _split(folder: Path, changed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    kept = [{key: each[key] for key in ("model_id", "data", "created_at")} for each in Registry(folder).versions()]
    return [each for each in kept if _is_sample(each)], [each for each in kept if not _is_sample(each)]
