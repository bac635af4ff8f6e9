"""What the pages show of a company that nobody has described is worked out ahead too."""

import pytest

from churn_core.decisions.kept import Kept
from pages.parts.ahead import figures
from pages.parts.frame import preparation
from tests.navigation import PAGES


@pytest.mark.parametrize("company", ["shop", "insurer"])
def test_no_page_works_out_anything_that_was_not_worked_out_ahead(company, home_of, open_own_page, monkeypatch):
    open_own_page(company, "monitoring")
    for figure in figures(preparation(home_of(company)).workspace):
        figure()
    made, get = [], Kept.get
    monkeypatch.setattr(Kept, "get", lambda kept, key, make: get(kept, key, lambda: (made.append(key), make())[1]))
    for page in PAGES:
        made.clear()
        assert not open_own_page(company, page).exception
        assert made == [], page
