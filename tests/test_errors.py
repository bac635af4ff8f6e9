"""What can go wrong in a way that the user can mend."""

import inspect

import pytest

from churn_core import errors
from churn_core.data.quality import no_rejects

CHILDREN = [e for _, e in inspect.getmembers(errors, inspect.isclass) if issubclass(e, errors.ChurnError)]


@pytest.mark.parametrize("error", CHILDREN, ids=lambda error: error.__name__)
def test_the_tree_in_the_docstring_names_every_error_with_what_it_also_is(error):
    (line,) = [line for line in errors.__doc__.splitlines() if f"── {error.__name__} " in line]
    builtin = [base.__name__ for base in error.__bases__ if not issubclass(base, errors.ChurnError)]
    assert all(f"({name})" in line for name in builtin if name != "Exception")


@pytest.mark.parametrize(
    "error, builtin",
    [
        (errors.CampaignError, ValueError),
        (errors.DataError, ValueError),
        (errors.DataUnavailable, OSError),
        (errors.ModelError, RuntimeError),
    ],
)
def test_each_error_also_is_the_built_in_that_a_caller_expects(error, builtin):
    with pytest.raises(builtin, match="says the mend"):
        raise error("a sentence that says the mend")


def test_nothing_scored_carries_the_rows_that_were_rejected():
    rejects = no_rejects()
    error = errors.NothingScored("None of the rows can be scored.", rejects)
    assert error.rejects is rejects and str(error) == "None of the rows can be scored."
    assert isinstance(error, errors.DataError)
