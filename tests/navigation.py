"""The pages of the menu, read from the navigation: a test that visits every page leaves none out."""

import ast
from pathlib import Path

NAVIGATION = Path(__file__).resolve().parents[1] / "pages" / "navigation.py"


def _pages() -> dict[str, str]:
    """Each ``st.Page(HERE / "name.py", …)``: its name and its path in the address, which is empty for the first page."""
    found = {}
    for node in ast.walk(ast.parse(NAVIGATION.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr="Page"), args=[ast.BinOp(right=ast.Constant(value=file))], keywords=given):
                name = file.removesuffix(".py")
                found[name] = "" if any(keyword.arg == "default" for keyword in given) else name
    return found


PAGES = _pages()  # name → path in the address
