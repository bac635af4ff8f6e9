"""Names of any company that only differ in signs and case are different columns where the schema has both."""

from churn_core.data.columns import find_columns
from churn_core.schema import Column, Schema

COLUMNS = tuple(Column(name=name, label=name, kind="number") for name in ("x 1", "x1", "%", "€"))


def test_columns_whose_names_fold_to_the_same_are_told_apart_by_their_exact_names():
    schema = Schema(name="Any", columns=COLUMNS)
    assert find_columns(["€", "x1", "%", "x 1"], schema).at == {"x 1": (3,), "x1": (1,), "%": (2,), "€": (0,)}


def test_what_is_left_out_is_never_taken_for_a_column():
    schema = Schema(name="Any", columns=COLUMNS[:1], left_out={"X1": "a counter"})
    assert find_columns(["X1", "x 1"], schema).at == {"x 1": (1,)}
    assert find_columns(["X-1"], schema).at == {"x 1": (0,)}
