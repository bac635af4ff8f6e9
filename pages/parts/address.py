"""What the address of a page holds: each value of it is taken by an input, or named as not understood.

Streamlit gives an input the value of the parameter of its name, and drops what the input cannot hold without a word. The words
are said here, before the inputs are drawn, by the same bounds and choices that the inputs have.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from pages.parts import words

LEAST = 1e-6  # money or a share: what is smaller counts as nothing, in the address and in a number box
_DIGITS = r"\d+(_\d+)*"
_NUMBER = re.compile(
    rf"\s*[+-]?({_DIGITS}(\.({_DIGITS})?)?|\.{_DIGITS})(e[+-]?{_DIGITS})?\s*", re.IGNORECASE
)  # what ``float`` reads
_OF_STREAMLIT = ("embed", "embed_options")
_OFFER_A_LINK = ("/campaign", "/overview")  # pages, as their addresses end
_SHOWN, _LONGEST = 5, 40  # sentences; characters of a name or a value
_DROPPED = "not_understood"  # the session keeps what Streamlit takes out of the address, until another page is opened


@dataclass(frozen=True)
class Parameter:
    """One name in the address: whether its input takes a value, or for ``together`` all of its values at once, which it would, and
    ``mend``, a sentence on what else can be done.
    """

    takes: Callable[[list[str]], bool]
    which: str
    together: bool = False
    mend: str = ""

    def complaint(self, name: str, values: list[str]) -> str:
        """What is wrong with the values that the address gives; empty where they are taken as they are."""
        said = " and ".join(f"“{_short(value)}”" for value in values[:_SHOWN])
        if not self.takes(values if self.together else values[-1:]):
            return f"{name} is {said}, which is left out: only {self.which} is understood. {self.mend}".rstrip()
        if not self.together and len(set(values)) > 1:
            return f"{name} is {said}, and only the last counts."
        tiny = [value for value in values if _is_number(value) and 0 < abs(float(value)) < LEAST]
        return f"{name} is {said}, which is so small that it counts as 0." if tiny else ""


def number(low: float, high: float, empty: bool = False) -> Parameter:
    """A number as a number box takes it; ``empty``: or nothing, for no limit."""
    which = f"a number from {words.plain_number(low)} to {words.plain_number(high)}, with a decimal point,"
    return Parameter(lambda values: (empty and values == [""]) or _is_within(values[0], low, high), which)


def span(low: float, high: float) -> Parameter:
    """The two ends of a slider, each under the same name."""
    which = f"two numbers from {words.plain_number(low)} to {words.plain_number(high)}"
    return Parameter(
        lambda values: len(values) == 2 and all(_is_within(value, low, high) for value in values), which, together=True
    )


def whole(low: int, high: int, empty: bool = False) -> Parameter:
    """A whole number as a number box takes it; ``empty``: or nothing."""
    which = f"a whole number from {words.plain_number(low)} to {words.plain_number(high)}"
    return Parameter(
        lambda values: (empty and values == [""]) or (_is_within(values[0], low, high) and float(values[0]).is_integer()), which
    )


def choice(options: Iterable[str]) -> Parameter:
    allowed = list(options)
    return Parameter(lambda values: values[0] in allowed, f"one of {', '.join(allowed)}")


def choices(options: Iterable[str]) -> Parameter:
    """Any number of the options, each under the same name; nothing stands for all."""
    allowed = list(options)
    return Parameter(lambda values: values == [""] or set(values) <= set(allowed), f"any of {', '.join(allowed)}", together=True)


SWITCH = Parameter(lambda values: values[0].lower() in ("true", "false"), "true or false")


def settled(value: float) -> float:
    """A number as it counts: what is too small to mean anything is 0, without a sign."""
    return 0.0 if abs(value) < LEAST else value


def check(known: Mapping[str, Parameter]) -> None:
    """Name everything in the address that no input of this page takes. ``known``: the inputs of the page by parameter."""
    dropped = st.session_state.setdefault(_DROPPED, {})
    given = {name: st.query_params.get_all(name) for name in st.query_params if name not in _OF_STREAMLIT}
    for name in given.keys() & known.keys():
        dropped.pop(name, None)
        if complaint := known[name].complaint(name, given[name]):
            dropped[name] = complaint
    told = [*dropped.values(), *(f"“{_short(name)}” is no input of this page." for name in given if name not in known)]
    if told:
        more = f"And {len(told) - _SHOWN} more." if len(told) > _SHOWN else ""
        st.warning(
            words.markdown(" ".join(["Not all of the link was understood.", *told[:_SHOWN], more])), icon=":material/link_off:"
        )


def of_dashboard() -> str:
    """Where this dashboard is, for a link to it from a page that offers one."""
    here = (st.context.url or "").split("?")[0].rstrip("/")
    return next((here.removesuffix(page) for page in _OFFER_A_LINK if here.endswith(page)), here)


def forget() -> None:
    """Of a page that is left, nothing is named on the next."""
    st.session_state.pop(_DROPPED, None)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _is_within(text: str, low: float, high: float) -> bool:
    return _is_number(text) and low <= float(text) <= high


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
