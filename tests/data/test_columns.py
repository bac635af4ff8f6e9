"""Which column of a file is which: by the name however it is written, by an alias else, and never by a guess."""

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_core.data.cleaning.taken import taken
from churn_core.data.columns import find_columns, refuse_other_header
from churn_core.data.synthetic import generate
from churn_core.errors import DataError
from churn_core.schema import fold
from churn_core.schema.telco import TELCO

RAW = generate(5, seed=3, schema=TELCO)
NAMES = list(RAW.columns)
columns = st.sampled_from(TELCO.columns)
stray = st.text(alphabet=" _-./", max_size=2)


@st.composite
def spelt(draw, name: str) -> str:
    """The name in any letter case, with signs and spaces anywhere."""
    letters = [draw(stray) + (c.upper() if draw(st.booleans()) else c.lower()) for c in name]
    return "".join(letters) + draw(stray)


@given(st.data(), columns)
def test_letter_case_spaces_and_signs_make_no_other_name(data, column):
    written = data.draw(spelt(column.name))
    assert find_columns(["note", written], TELCO).at[column.name] == (1,)


@pytest.mark.parametrize("column", TELCO.columns, ids=lambda column: column.name)
def test_every_alias_finds_its_column_and_no_other(column):
    for alias in (column.label, *column.aliases):
        assert find_columns([alias], TELCO).at == {column.name: (0,)}, alias


def test_no_name_and_no_alias_belongs_to_two_columns():
    for one, other in combinations(TELCO.columns, 2):
        assert not one.names & other.names, (one.name, other.name)


@given(st.permutations(NAMES))
def test_the_order_of_the_columns_does_not_matter(order):
    found = find_columns(order, TELCO)
    assert {name: order[at[0]] for name, at in found.at.items()} == {name: name for name in NAMES}
    assert taken(RAW[order], found, TELCO).equals(RAW)


@given(st.data(), columns)
def test_an_alias_is_taken_only_where_the_name_itself_is_not_there(data, column):
    alias = data.draw(st.sampled_from((column.label, *column.aliases)))
    if fold(alias) == fold(column.name):
        return
    assert find_columns([alias, column.name], TELCO).at == {column.name: (1,)}
    assert find_columns([alias, "note"], TELCO).at == {column.name: (0,)}


@given(columns, st.sampled_from(["({})", " ({})", " [{}]", " ( {} ) "]), st.data())
def test_the_unit_of_a_column_may_stand_in_brackets_behind_its_name(column, brackets, data):
    if column.units:
        unit = data.draw(st.sampled_from(column.units))
        assert find_columns([column.name + brackets.format(unit)], TELCO).at == {column.name: (0,)}


@pytest.mark.parametrize(
    "name",
    ["tenure (years)", "tenure (days)", "tenure [weeks]", "MonthlyCharges (per year)", "MonthlyCharges (cents)", "tenure ($)"],
)
def test_a_column_in_another_unit_is_another_column(name):
    assert find_columns([name], TELCO).at == {}


@pytest.mark.parametrize("name", ["MonthlyCharges (%)", "TotalCharges [¥]", "tenure (%)", "Monthly Charges (‰)"])
def test_a_sign_that_is_no_unit_of_the_column_makes_it_another_column_too(name):
    assert find_columns([name], TELCO).at == {}


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_at_all_give_each_position_to_one_column_at_most(names):
    found = find_columns(names, TELCO)
    taken = [position for at in found.at.values() for position in at]
    assert len(taken) == len(set(taken)) and all(0 <= position < len(names) for position in taken)
    assert all(fold(names[position]) for position in taken)


def test_only_names_that_are_not_the_schemas_own_are_told():
    assert find_columns([f" {name} " for name in NAMES], TELCO).notices == ()
    written = ["monthly_charges" if name == TELCO.monthly_charge else name for name in NAMES]
    assert find_columns(written, TELCO).notices == (
        f"Columns recognised by another name: 'monthly_charges' as {TELCO.monthly_charge}.",
    )


def test_what_the_schema_does_not_know_is_left_out_and_the_rows_keep_their_labels():
    raw = RAW.assign(note="x").set_axis([7, 3, 9, 1, 5])
    table = taken(raw, find_columns(raw.columns, TELCO), TELCO)
    assert list(table) == NAMES and table.index.tolist() == [7, 3, 9, 1, 5]


@given(st.sampled_from([c for c in TELCO.columns if c.required]), st.data())
def test_a_column_twice_with_the_same_values_is_one_and_with_different_values_is_refused(column, data):
    again = data.draw(spelt(column.name).filter(lambda name: name.strip() != column.name))
    same = RAW.assign(**{again: " " + RAW[column.name].astype(str) + " "})
    assert taken(same, find_columns(same.columns, TELCO), TELCO).equals(RAW)
    different = RAW.assign(**{again: ["other", *RAW[column.name][1:].astype(str)]})
    with pytest.raises(DataError, match=f"'{column.name}' appears more than once .* Keep one of them"):
        taken(different, find_columns(different.columns, TELCO), TELCO)


def test_which_of_several_ids_by_other_names_it_is_does_not_matter():
    raw = RAW.drop(columns=TELCO.id).assign(**{"Account ID": list("abcde"), "client id": list("vwxyz")})
    assert taken(raw, find_columns(raw.columns, TELCO), TELCO)[TELCO.id].tolist() == list("abcde")


@given(st.sets(st.sampled_from([c.name for c in TELCO.columns if c.required]), min_size=1))
def test_every_missing_column_is_named(missing):
    raw = RAW.drop(columns=sorted(missing))
    with pytest.raises(DataError) as refused:
        taken(raw, find_columns(raw.columns, TELCO), TELCO)
    named = str(refused.value).split(". ")[0]
    assert {c.name for c in TELCO.columns if c.required and repr(c.name) in named} == missing


def test_what_may_be_left_out_is_not_missed():
    optional = [c.name for c in TELCO.columns if not c.required]
    raw = RAW.drop(columns=optional)
    assert list(taken(raw, find_columns(raw.columns, TELCO), TELCO)) == [name for name in NAMES if name not in optional]


def test_a_misspelt_column_is_asked_about_once_and_never_taken():
    raw = RAW.rename(columns={"PaymentMethod": "PaymentMetod"})
    with pytest.raises(DataError, match="Is 'PaymentMetod' meant to be 'PaymentMethod'?") as refused:
        taken(raw, find_columns(raw.columns, TELCO), TELCO)
    assert str(refused.value).count("meant to be") == 1


def test_names_of_any_kind_are_looked_at_as_text():
    assert find_columns([None, 3, float("nan"), TELCO.tenure], TELCO).at == {TELCO.tenure: (3,)}
    with pytest.raises(DataError, match="Missing required columns"):
        taken(pd.DataFrame({0: [1]}), find_columns([0], TELCO), TELCO)


def test_a_column_that_is_called_like_a_value_makes_no_row_a_header():
    frame = pd.DataFrame({"No": ["1", "2"], "Partner": ["No", "Yes"], "tenure": ["1", "2"]})
    refuse_other_header(frame, TELCO)


def test_column_names_again_in_another_order_are_refused_with_their_line():
    frame = pd.DataFrame({"gender": ["Male", "tenure"], "Partner": ["No", "gender"], "tenure": ["1", "Partner"]}, index=[2, 7])
    with pytest.raises(DataError, match="Line 7 holds column names again, in another order"):
        refuse_other_header(frame, TELCO)


def test_a_row_of_blanks_below_a_column_without_a_name_holds_no_column_names():
    blanks = {"": ["0", ""], "gender": ["Male", ""], "Partner": ["No", "-"], "tenure": ["1", ""], "TotalCharges": ["1", "9000"]}
    refuse_other_header(pd.DataFrame(blanks), TELCO)


@pytest.mark.parametrize("name", ["Annual Charges", "yearly charges", "Monthly Charges (k€)", "Monthly Charges (ct)"])
def test_a_column_in_a_unit_that_is_not_known_has_to_be_converted(name):
    raw = RAW.rename(columns={"MonthlyCharges": name})
    with pytest.raises(DataError, match=r"meant to be 'MonthlyCharges'\? Then convert it to money per month\."):
        taken(raw, find_columns(raw.columns, TELCO), TELCO)
