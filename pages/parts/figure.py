"""A number that a page shows large, with its name and what it means."""

import streamlit as st

from pages.parts import words


def figure(label: str, value: str, beside: str | None = None, help: str | None = None) -> None:
    """A number with its name, framed; what stands ``beside`` it is no change, so it has no colour and no arrow."""
    st.metric(
        words.markdown(label),
        words.markdown(value),
        words.markdown(beside or "") or None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help=words.markdown(help or "") or None,
    )
