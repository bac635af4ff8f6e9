"""No page hands Streamlit a text as Markdown that is neither ours nor escaped: read from the source of every page.

Streamlit reads labels, captions, errors, tabs, metrics, tool tips and the options of some inputs as Markdown, in which an image
is fetched. So such an argument is written in the source, is a number in words, or goes through ``words.markdown``.
"""

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py")])

# What Streamlit reads as Markdown: the name of the function → its parameters, in the order in which they may be given.
INPUT = ("label", "help")
MARKDOWN = {
    **dict.fromkeys(("markdown", "caption", "title", "header", "subheader"), ("body", "help")),
    **dict.fromkeys(("error", "warning", "info", "success", "toast"), ("body",)),
    **dict.fromkeys(("button", "download_button", "form_submit_button", "link_button", "expander", "popover", "status"), INPUT),
    **dict.fromkeys(("checkbox", "toggle", "selectbox", "multiselect", "slider", "select_slider", "file_uploader"), INPUT),
    **dict.fromkeys(("number_input", "text_input", "text_area", "date_input", "time_input", "color_picker", "page_link"), INPUT),
    **dict.fromkeys(("radio", "pills", "segmented_control"), ("label", "options", "help", "captions")),
    "write": ("*",), "tabs": ("tabs",), "spinner": ("text",), "progress": ("value", "text"),
    "metric": ("label", "value", "delta", "help"), "dialog": ("title",),
    **dict.fromkeys(("Column", "NumberColumn", "TextColumn", "CheckboxColumn", "DatetimeColumn", "ProgressColumn"), ("help",)),
}  # fmt: skip
KEYWORDS_ONLY = {"help", "captions"}  # and so never taken for a positional argument
NOT_READ = {("progress", "value")}
FORBIDDEN = {"html", "latex", "table", "exception", "iframe"}  # they read mark-up, cell by cell or as a whole
OF_OTHER_FILES = {"badge_in_words"}  # gives one of two badges, both written in the source

NUMBERS = {"count", "percent", "decimal", "points", "moment", "plain_number", "as_set"}  # digits and a unit
MONEY = {"money", "exact_money", "price"}  # one dollar sign, which begins a formula only where there are two
ESCAPES = {"markdown", "said"}


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def tree(path: Path) -> ast.Module:
    parsed = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(parsed):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    return parsed


def function_of(node: ast.AST) -> ast.AST:
    """The function in which the node stands, else the module."""
    while not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.Module)):
        node = node.parent
    return node


def is_words(node: ast.AST, names: set[str]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="words"), attr=name)):
            return name in names
        case ast.Attribute(value=ast.Name(id="words"), attr=name):
            return name in names
    return False


def is_ours(node: ast.AST | None, dollars: bool = True) -> bool:  # noqa: PLR0912 - one case for each way to write a text
    """Whether the expression is text of ours, a number in words, or escaped. ``dollars``: whether an amount of money may stand in
    it, because there is one at most or because ``words.amounts`` is around it.
    """
    match node:
        case None | ast.Constant():
            return True
        case ast.JoinedStr(values=values):
            parts = [v for v in values if isinstance(v, ast.FormattedValue)]
            written = sum(v.value.count("$") for v in values if isinstance(v, ast.Constant))
            many = written + sum(isinstance(n, ast.Call) and is_words(n, MONEY) for v in parts for n in ast.walk(v)) > 1
            return all(is_ours(v.value, dollars and (not many or _within_amounts(node))) or _is_formatted(v) for v in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            alone = dollars and _within_amounts(node)
            return is_ours(left, alone) and is_ours(right, alone)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            return all(is_ours(value, dollars) for value in values)
        case ast.IfExp(body=body, orelse=orelse):
            return is_ours(body, dollars) and is_ours(orelse, dollars)
        case ast.Starred(value=value) | ast.ListComp(elt=value) | ast.GeneratorExp(elt=value):
            return is_ours(value, dollars)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper():  # LABELS: it stands in the source
            return True
        case ast.Subscript(value=ast.Name() | ast.Attribute() as table):
            return is_ours(table, dollars)
        case ast.Name():
            return _assigned(node, dollars)
        case (
            ast.Call(func=ast.Name(id="list" | "listed"), args=[value])
            | ast.Call(func=ast.Attribute(value=ast.Constant() | ast.Name(id="words"), attr="join" | "listed"), args=[value])
        ):
            return is_ours(value, dollars and _within_amounts(node))
        case ast.Call(func=ast.Name(id=name)) if name in OF_OTHER_FILES:
            return True
        case ast.Call(func=ast.Name(id=name)):
            return _returned(name, node, dollars and _within_amounts(node))
        case ast.Call(func=ast.Attribute(value=ast.Name(id="words"), attr="amounts"), args=[markdown]):
            return is_ours(markdown)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="words"), attr="within" | "of_leaving")
        ):  # a number of months in our words
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="words"), attr="counted"), args=[_, *nouns]):
            return all(is_ours(noun, False) for noun in nouns)
        case ast.Call():
            return is_words(node, ESCAPES | NUMBERS) or (dollars and is_words(node, MONEY))
    return False


def _within_amounts(node: ast.AST) -> bool:
    """Whether ``words.amounts`` is around the expression, or around every call of the function that it is returned by."""
    while not isinstance(node, (ast.FunctionDef, ast.Module)):
        if is_words(node, {"amounts"}):
            return True
        node = node.parent
    return isinstance(node, ast.FunctionDef) and node.name.startswith("_") and _called_in_amounts(node)


def _called_in_amounts(function: ast.FunctionDef) -> bool:
    calls = [n for n in ast.walk(module_of(function)) if isinstance(n, ast.Call) and _name(n.func) == function.name]
    return bool(calls) and all(_within_amounts(call) for call in calls)


def _returned(name: str, call: ast.Call, dollars: bool) -> bool:
    """Whether everything that a function of the same file returns is ours."""
    function = next((n for n in module_of(call).body if isinstance(n, ast.FunctionDef) and n.name == name), None)
    returns = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)] if function else []
    return bool(returns) and all(is_ours(value, dollars) for value in returns)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def module_of(node: ast.AST) -> ast.Module:
    while not isinstance(node, ast.Module):
        node = node.parent
    return node


def _is_formatted(value: ast.FormattedValue) -> bool:
    """``{at:%Y-%m-%d}``: a format of dates or numbers."""
    spec = value.format_spec
    return isinstance(spec, ast.JoinedStr) and bool(spec.values) and isinstance(spec.values[0], ast.Constant)


def _assigned(used: ast.Name, dollars: bool) -> bool:
    """Whether everything that is assigned to the name in its function is ours; a parameter of the function is not."""
    found = [value for node in ast.walk(function_of(used)) for value in _assigned_by(node, used.id)]
    return bool(found) and all(is_ours(value, dollars) for value in found if _name(value) != used.id)


def _assigned_by(node: ast.AST, name: str) -> list[ast.AST]:
    match node:
        case ast.Assign(targets=[target], value=value):
            rows = [value]
        case ast.AugAssign(target=target, value=value):
            rows = [value]
        case ast.For(target=target, iter=ast.Tuple(elts=rows)) | ast.comprehension(target=target, iter=ast.Tuple(elts=rows)):
            pass
        case ast.For(target=target, iter=source) | ast.comprehension(target=target, iter=source):
            rows = [source.func.value if _is_items(source) else source]
        case _:
            return []
    if _name(target) == name:
        return rows
    at = [i for i, part in enumerate(target.elts) if _name(part) == name] if isinstance(target, ast.Tuple) else []
    return [row.elts[i] if isinstance(row, ast.Tuple) else row for i in at for row in rows]


def _is_items(source: ast.AST) -> bool:
    """``TABLE.items()``"""
    return isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and source.func.attr == "items"


def read_as_markdown(call: ast.Call):
    """What of the call Streamlit reads as Markdown: (parameter, expression)."""
    match call.func:
        case ast.Attribute(attr=name) if name in MARKDOWN and not is_words(call, ESCAPES):
            pass
        case _:
            return
    if (name == "write" and _name(call.func.value) != "st") or _is_log(call.func.value):
        return  # a writer of files, a log
    parameters = MARKDOWN[name]
    if parameters == ("*",):
        yield from (("text", arg) for arg in call.args)
        return
    for parameter, arg in zip([p for p in parameters if p not in KEYWORDS_ONLY], call.args, strict=False):
        if (name, parameter) not in NOT_READ:
            yield parameter, arg
    for keyword in call.keywords:
        if keyword.arg in parameters and (name, keyword.arg) not in NOT_READ:
            yield keyword.arg, keyword.value


def _is_log(receiver: ast.AST) -> bool:
    """``log`` or ``logging.getLogger(…)``, whose ``error`` and ``warning`` show nothing to a user."""
    match receiver:
        case ast.Name(id="log" | "logger" | "logging") | ast.Call(func=ast.Attribute(attr="getLogger")):
            return True
    return False


def is_worded(call: ast.Call) -> bool:
    """Whether the options of an input are shown in words of ours or escaped, by its ``format_func``."""
    for keyword in call.keywords:
        if keyword.arg == "format_func":
            match keyword.value:
                case ast.Lambda(body=body):
                    return is_ours(body)
                case ast.Attribute(value=ast.Name(id=table), attr="get" | "__getitem__"):
                    return table.isupper()
                case value:
                    return is_words(value, ESCAPES | NUMBERS)
    return False


def not_ours(path: Path) -> list[str]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            for parameter, value in read_as_markdown(node):
                if not (is_ours(value) or (parameter == "options" and is_worded(node))):
                    found.append(f"{shown(path)}:{value.lineno} {node.func.attr}({parameter}={ast.unparse(value)})")
    return found


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_what_streamlit_reads_as_markdown_is_ours_or_escaped(path):
    assert not_ours(path) == []


def is_own_stylesheet(call: ast.Call) -> bool:
    """``st.html(HERE / … / "name.css")``: a file beside the pages, of which Streamlit makes a style sheet and nothing else."""
    (at,) = call.args
    named = isinstance(at, ast.BinOp) and isinstance(at.right, ast.Constant) and str(at.right.value).endswith(".css")
    return call.func.attr == "html" and named and all(
        isinstance(node, (ast.BinOp, ast.Div, ast.Constant, ast.Load)) or (isinstance(node, ast.Name) and node.id == "HERE")
        for node in ast.walk(at)
    )  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_no_page_uses_what_reads_mark_up(path):
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    of_streamlit = [c for c in calls if isinstance(c.func.value, ast.Name) and c.func.value.id == "st"]
    assert [c.lineno for c in of_streamlit if c.func.attr in FORBIDDEN and not is_own_stylesheet(c)] == []
    assert [c.lineno for c in calls if any(k.arg == "unsafe_allow_html" for k in c.keywords)] == []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_nothing_is_escaped_twice(path):
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and is_words(node, ESCAPES)]
    assert [c.lineno for c in calls if any(is_words(n, ESCAPES) for a in c.args for n in ast.walk(a))] == []


@pytest.mark.parametrize(
    "source",
    [
        "st.error(str(error))", "st.caption(f'{name} was read')", "left.metric(label, '1')", "st.write(a, b)", "st.tabs(names)",
        "st.button('a', help=told)", "st.radio('a', names)", "st.caption('a ' + name)", "st.info(name if name else 'a')",
        "st.pills('a', names, format_func=lambda n: schema[n].label)", "st.caption(f'{words.money(a)} of {words.money(b)}')",
        "st.caption(words.amounts(f'{words.money(a)} of {name}'))", "st.title(words.money(a) + words.money(b))",
        "st.caption(words.counted(2, noun))", "st.progress(0.5, text=job.steps[-1])",
    ],
)  # fmt: skip
def test_the_law_sees_what_is_not_escaped(source, tmp_path, monkeypatch):
    assert not_ours(_file(source, tmp_path, monkeypatch)) != []


@pytest.mark.parametrize(
    "source",
    [
        "st.error('a')", "st.caption(f'{words.markdown(name)} was read')", "st.metric(LABELS[name], words.money(a))",
        "st.caption(words.amounts(f'{words.money(a)} of {words.money(b)}'))", "st.title(f'{words.count(3)} of {words.money(a)}')",
        "st.pills('a', names, format_func=words.markdown)", "for a, b in (('x', 1), ('y', 2)):\n    st.button(a)",
        "st.caption(f'at {at:%Y-%m-%d}')", "text = 'a' if x else 'b'\nst.info(text)", "st.progress(share, text='a')",
    ],
)  # fmt: skip
def test_the_law_lets_ours_pass(source, tmp_path, monkeypatch):
    assert not_ours(_file(source, tmp_path, monkeypatch)) == []


def _file(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(globals(), "ROOT", folder)
    path = folder / "page.py"
    path.write_text(source, encoding="utf-8")
    return path
