"""Around every page: the login, the wait for the first start, what the page rests on, and errors in words."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.errors import Error as StreamlitError

from churn_core import logs, settings
from churn_core.application.draft import Draft, beside_published
from churn_core.application.service import Service
from churn_core.application.workspace import Workspace
from churn_core.campaign.optimise import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.charts.numbers import numbers_of
from churn_core.charts.theme import DARK, LIGHT, Palette
from churn_core.decisions.recommendation import recommend
from churn_core.errors import ChurnError, NothingScored, StoreError
from churn_core.model import comparison_file
from churn_core.storage.publications import Decision, Publication
from churn_core.storage.store import Store, open_store
from pages.parts import address, people, reachable, words
from pages.parts.audience import BACK_TEST, audience_switch
from pages.parts.campaign_inputs import campaign_in_address
from pages.parts.campaign_words import decides_by, in_words, is_for_life
from pages.parts.chart_numbers import numbers_below
from pages.parts.standing import badge_in_words
from pages.parts.tables import reject_columns, show_table
from pages.parts.whose import whose


@st.cache_resource(show_spinner=False)
def preparation(home: Path) -> Service:
    """The one service of this process, being prepared or ready; pages and API share it."""
    logs.set_up(home)
    return Service(home, report=lambda sentence: print(sentence, flush=True)).start()


@contextmanager
def page_frame(
    headline: str = "", also: Callable[[Workspace], Mapping[str, address.Parameter]] | None = None
) -> Iterator[Workspace]:
    """Give the page its workspace as soon as there is one, to users who may see it; show core errors as sentences.

    ``also``: what the address of this page may hold besides the campaign.
    """
    _require_login()
    service = preparation(settings.home())
    workspace = _ready_workspace(service)
    with service.ahead.giving_way():
        for notice in workspace.notices:
            st.warning(words.markdown(notice), icon=":material/warning:")
        if headline:
            st.title(words.markdown(headline))
        words.rest_on(workspace.schema)
        with st.sidebar, errors_in_words():
            whose(workspace, reopen)
        known = campaign_in_address(is_for_life(workspace.schema), bool(workspace.tenure_curve))
        address.check({**known, BACK_TEST: address.SWITCH, **(also(workspace) if also else {})})
        audience_switch(workspace)
        with st.sidebar.container(gap=None):
            for script in ("numbers", "keyboard", "downloads", "paper"):
                _in_the_browser(script)(key=script)
        with errors_in_words():
            yield workspace


@st.cache_resource(show_spinner=False)
def _in_the_browser(script: str):
    """What runs on every page: number boxes refuse in a sentence what they cannot hold, the keyboard finds its way, a
    download waits for what was typed before it, and paper is as wide as the screen.
    """
    path = settings.CHECKOUT / "pages" / "live" / f"{script}.js"
    return st.components.v2.component(f"every_page_{script}", js=path.read_text(encoding="utf-8"))


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Around a part of a page that may fail alone: shows the error and the mend, and the rest of the page goes on."""
    try:
        yield
    except NothingScored as error:
        st.error(words.markdown(words.unchanged(error)), icon=":material/error:")
        show_table(error.rejects[["row", "problem"]], reject_columns(), key="nothing_scored")
        _notes(error)
    except ChurnError as error:
        st.error(words.markdown(words.unchanged(error)), icon=":material/error:")
        _notes(error)


def _notes(error: ChurnError) -> None:
    for note in getattr(error, "notes", ()):
        st.warning(words.markdown(note), icon=":material/info:")


def otherwise(do: Callable[[], Any], instead: Any) -> Any:
    """The result of ``do``, or ``instead`` where it raises a ``ChurnError`` and the page can go on without it."""
    try:
        return do()
    except ChurnError:
        return instead


def _require_login() -> None:
    """Where a login is set up, show nothing before it; afterwards the side bar says who is logged in."""
    if people.unreadable():
        st.error(people.UNREADABLE, icon=":material/error:")
        st.stop()
    if not people.login_is_set_up():
        if told := reachable.warning():
            st.sidebar.caption(words.markdown(told))
        return
    if not people.is_logged_in():
        st.title("Whom to keep")
        st.write("Log in to see which customers to keep, and what that earns.")
        for provider, label in people.providers().items():
            if st.button(words.markdown(label), key=f"log_in_{provider}", type="primary"):
                _log_in(provider)
        st.stop()
    with st.sidebar.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Logged in as {people.name() or 'somebody without a name'}")  # no Markdown: an address is no link
        st.button("Log out", key="log_out", on_click=st.logout, type="tertiary", icon=":material/logout:")


def _log_in(provider: str | None) -> None:
    try:
        st.login(provider)
    except Exception as error:  # the secrets may hold anything, and Streamlit checks them only here
        why = str(error) if isinstance(error, StreamlitError) else "[auth] in the secrets holds something unexpected."
        st.error(words.markdown(f"The login is not set up completely. {why}"), icon=":material/error:")


def _ready_workspace(started: Service) -> Workspace:
    if not started.finished.is_set():
        _show_progress(started)
    if started.workspace is None:
        st.error(words.markdown(f"The dashboard could not start. {started.error}"), icon=":material/error:")
        if st.button("Try again", type="primary"):
            started.again()
            st.rerun()
        st.stop()
    return started.workspace


def _show_progress(started: Service) -> None:
    """The first start, step by step, as long as it takes."""
    place = st.empty()
    with place.container():
        st.title("Getting ready")
        st.write("The first start fetches the data and trains the model; it takes less than a minute. The next is immediate.")
        with st.status("Working …", expanded=True):
            shown = 0
            while not started.finished.wait(0.2):
                for step in started.steps[shown:]:
                    st.write(words.markdown(step))
                    shown += 1
    place.empty()


def reopen() -> None:
    """Load the version that is now in production, for everybody, and draw the page again."""
    preparation(settings.home()).look()
    st.rerun()


@st.cache_data(show_spinner=False, max_entries=4)
def _read_comparison(changed: float, folders: tuple[Path, ...], data: str, _workspace: Workspace) -> dict | None:
    return comparison_file.read(folders, _workspace.dataset)


def comparison_at_hand(workspace: Workspace) -> dict | None:
    """The comparison of candidates on these customers: one's own, else the published one; read anew when it changes."""
    folders = (settings.home() / "models", settings.CHECKOUT / "models")
    files = [folder / comparison_file.FILE for folder in folders]
    changed = max((file.stat().st_mtime for file in files if file.exists()), default=0.0)
    return _read_comparison(changed, folders, workspace.dataset.sha256, workspace)


@st.cache_resource(show_spinner=False)
def _open_store(home: Path, address: str | None) -> Store:
    return open_store(home)


def store() -> Store:
    """The database of this process for the customers of the version in use, opened on first use. Raises ``StoreError`` where it cannot
    be used.
    """
    opened, workspace = _open_store(settings.home(), os.environ.get("DATABASE_URL")), preparation(settings.home()).workspace
    return opened if workspace is None else opened.of(workspace.schema)


def publication() -> Publication | None:
    """What is published; ``None`` also where the database cannot be asked, which ``rests_on`` says."""
    try:
        return store().published()
    except StoreError:
        return None


def published_threshold() -> float | None:
    """The threshold that is published; ``None`` where none is, or where several offers decide instead."""
    published = publication()
    plan = None if published is None else _published_plan(published)
    return None if published is None or (plan is not None and plan.offers) else published.threshold


def what_decides(published: Publication) -> str:
    """What a publication decides by: its threshold, or the offers of its campaign."""
    plan = _published_plan(published)
    return words.percent(published.threshold) if plan is None else decides_by(plan, published.threshold)


def _published_plan(published: Publication) -> Plan | None:
    """The plan of the campaign that was published; ``None`` where a threshold alone was."""
    known = {campaign.id: campaign.plan for campaign in store().campaigns(archived=True)}
    return known.get(published.campaign_id or "")


def decided_by(plan: Plan) -> Decision:
    """What a file is decided by: what is published, else the draft."""
    return store().decision(plan)


def rests_on(workspace: Workspace, plan: Plan, place=None) -> Draft | None:
    """In the side bar: the draft, the data, the model and the threshold that everything on the page rests on.

    Returns the draft beside what is published; ``None`` where the database cannot be asked, which is said.
    """
    best = (
        recommend(workspace.still_here, plan).best
        if plan.offers
        else best_threshold(workspace.still_here.expected_sweep, plan.campaign, plan.objective)
    )
    threshold = "" if plan.offers else f"**Best threshold** {words.percent(best.threshold)}, one for everybody  \n"
    metadata, draft, of_campaign = workspace.version.metadata, None, None
    try:
        draft = beside_published(workspace, plan, best.threshold, store())
        published = draft.published
        of_campaign = None if published is None else _published_plan(published)
        said = (
            "none published yet"
            if published is None
            else f"{what_decides(published)}, published {published.published_at:%Y-%m-%d} by {published.published_by}"
        )
    except StoreError as error:
        said = f"unknown. {error}"
    offers = of_campaign is not None and bool(of_campaign.offers)
    title = "**Published**" if offers else "**Published threshold**"
    told = (
        f"**Campaign** {words.markdown(in_words(plan, workspace.schema))}  \n"
        f"{threshold}"
        f"{title} {words.markdown(said)}  \n"
        f"**Data** {words.markdown(workspace.dataset.name)}, {words.counted(len(workspace.customers), 'customer')}, "
        f"{words.count(len(workspace.still_here))} still here  \n"
        f"**Model** {words.markdown(metadata['name'])}, trained {words.markdown(metadata['created_at'][:10])}, "
        f"version {words.markdown(workspace.version.model_id[-4:])}"
    )
    with (place or st.sidebar).container(gap="xsmall"):
        if draft is not None:
            st.markdown(badge_in_words(draft))
        st.caption(told)
    with st.container(key="on_paper"):  # paper has no side bar
        st.caption(told)
    return draft


def palette() -> Palette:
    return DARK if st.context.theme.type == "dark" else LIGHT


def chart(message: str, fig: go.Figure, key: str, caption: str = "") -> None:
    """A figure under its message, one sentence, above its numbers as a table."""
    with st.container(border=True):
        st.markdown(f"**{words.markdown(message)}**")
        st.plotly_chart(fig, key=key, alt=message, config={"displayModeBar": False})
        if caption:
            st.caption(words.markdown(caption))
        numbers_below(message, numbers_of(fig), key)
