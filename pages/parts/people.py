"""Who the user is and what the user may change: by a claim of the login, or, where no login is set up, by being on this machine."""

import re
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from churn_core.errors import NotAllowed
from churn_core.storage.checks import LONGEST_NAME
from pages.parts import words

RIGHTS = {  # what a value of the claim gives; saving and archiving campaigns is open to everybody who is logged in
    "publish": "publish a threshold or take it back",
    "promote": "promote a model or roll it back",
    "train": "upload training data, train or compare models",
}
SAVE = "save"
UNREADABLE = (
    "The secrets file of this dashboard cannot be read, so nobody may see or change anything. Mend it and load the page again."
)
ONE_MACHINE = (
    "You may look. Changes are taken only from the machine that the dashboard runs on, as long as no login is set up "
    "(README, People)."
)
_LOOPBACK = re.compile(r"::1|(::ffff:)?127(\.\d{1,3}){3}", re.IGNORECASE)


def unreadable() -> bool:
    """Whether there is a secrets file that cannot be read. It may ask for a login, so then nobody may see anything."""
    return not st.secrets.load_if_toml_exists() and any(Path(file).exists() for file in st.get_option("secrets.files"))


def _secrets() -> dict:
    return st.secrets.to_dict() if st.secrets.load_if_toml_exists() else {}


def login_is_set_up() -> bool:
    return "auth" in _secrets()


def providers() -> dict[str | None, str]:
    """What ``st.login`` takes → the label of its button: the one provider of ``[auth]``, else each that has a section."""
    auth = _secrets()["auth"]
    sections = [name for name, of_it in auth.items() if isinstance(of_it, Mapping)] if isinstance(auth, Mapping) else []
    several = sections and "client_id" not in auth and sections != ["default"]
    return {name: f"Log in with {name}" for name in sections} if several else {None: "Log in"}


def is_logged_in() -> bool:
    return st.user.get("is_logged_in") is True


def name() -> str:
    """The user's name, else the e-mail address, else the provider's identifier; empty without a login."""
    said = [st.user.get(claim) for claim in ("name", "email", "sub")]
    return next((" ".join(text.split())[:LONGEST_NAME] for text in said if isinstance(text, str) and text.strip()), "")


def who() -> str:
    """The name that is kept with a change: that of the login, else the one entered under "Your name"; may be empty."""
    return name() if login_is_set_up() else st.session_state.get("who") or st.session_state.get("publisher") or ""


def may(right: str) -> bool:
    return not why_not(right)


def tell(*rights: str) -> None:
    """Show one line for each of the ``rights`` that the user lacks, in place of the change that needs it."""
    for why in dict.fromkeys(filter(None, map(why_not, rights))):
        st.caption(words.markdown(why))


def demand(right: str) -> None:
    """Check a right before a change is made. Raises ``NotAllowed`` with the reason."""
    if why := why_not(right):
        raise NotAllowed(why)


def why_not(right: str) -> str:
    """Why the user may not do this; empty where the user may."""
    if unreadable():
        return UNREADABLE
    if not login_is_set_up():
        return "" if _at_this_machine() else ONE_MACHINE
    if not is_logged_in():
        return "You are not logged in. Load the page again and log in."
    if right == SAVE:
        return ""
    table = _secrets().get("people")
    if not isinstance(table, Mapping):
        return f"You may look; to {RIGHTS[right]} is nobody's right, because the secrets have no table [people]."
    claim = table.get("claim")
    if isinstance(claim, str) and _texts(st.user.get(claim)) & _texts(table.get(right)):
        return ""
    return f"You may look; to {RIGHTS[right]} is not among your rights. {_mend(table, right)}"


def _mend(table: Mapping, right: str) -> str:
    """What would give the user a missing right; the user can pass it on to whoever runs the dashboard."""
    given = table.get(right, [])
    if not isinstance(table.get("claim"), str):
        return '"claim" in [people] of the secrets has to be the name of a claim, in quotes.'
    if not all(isinstance(value, str) for value in (given if isinstance(given, list) else [given])):
        return f'"{right}" in [people] of the secrets has to be a list of texts: {right} = ["…"].'
    if unknown := sorted(set(table) - {"claim", *RIGHTS}):
        return f"[people] of the secrets knows {', '.join(RIGHTS)} and claim; {', '.join(unknown)} is none of them."
    return "Ask whoever runs this dashboard."


def _texts(value: object) -> set[str]:
    """The texts of a claim or a setting, which is one value or a list; other types are left out."""
    values = value if isinstance(value, list) else [value]
    return {text for text in values if isinstance(text, str) and text.strip()}


def _at_this_machine() -> bool:
    address = st.context.ip_address  # Streamlit gives None for 127.0.0.1 and ::1
    return address is None or _LOOPBACK.fullmatch(address) is not None
