"""Who can be contacted: the customers still here; all of them are a back-test and never a list."""

import numpy as np
import pandas as pd
import pytest

from churn_core.decisions.contact_list import contact_list
from churn_core.decisions.control import control_of
from churn_core.decisions.population import ALL, HERE, Population
from churn_core.errors import CampaignError
from churn_core.schema.telco import TELCO
from tests.decisions.conftest import BACK_TEST, CHURNED, CUSTOMERS, IDS, MODEL, P, recommended

STILL_HERE = Population.still_here(CUSTOMERS, P, TELCO)


def test_those_still_here_are_all_whose_outcome_is_not_left():
    assert STILL_HERE.which == HERE and not STILL_HERE.is_back_test and STILL_HERE.churned is None
    assert STILL_HERE.customers[TELCO.id].tolist() == IDS[CHURNED == 0].tolist()
    assert STILL_HERE.probability.tolist() == P[CHURNED == 0].tolist()


def test_an_unknown_outcome_is_not_left():
    unsure = CUSTOMERS.astype({TELCO.target: float})
    unsure.loc[unsure.index[CHURNED == 0][:5], TELCO.target] = np.nan
    assert len(Population.still_here(unsure, P, TELCO)) == (CHURNED == 0).sum()


def test_all_customers_are_a_back_test_with_what_happened():
    everybody = Population.of_all(CUSTOMERS, P, TELCO)
    assert everybody.which == ALL and everybody.is_back_test and len(everybody) == len(P)
    assert everybody.churned.tolist() == CHURNED.tolist()


def test_a_part_of_a_population_keeps_each_customers_probability_and_outcome():
    wanted = CUSTOMERS.index[::3]
    part = BACK_TEST.among(wanted)
    assert part.customers.index.tolist() == wanted.tolist()
    assert part.probability.tolist() == P[::3].tolist() and part.churned.tolist() == CHURNED[::3].tolist()
    assert STILL_HERE.among(wanted).customers[TELCO.target].sum() == 0


def test_the_list_of_those_still_here_holds_nobody_who_has_left():
    listed = contact_list(recommended(population=STILL_HERE), MODEL)
    assert len(listed) and not set(listed[TELCO.id]) & set(IDS[CHURNED == 1])


def test_a_back_test_is_no_list_and_says_so():
    for ask in (lambda found: contact_list(found, MODEL), lambda found: control_of(found, 0.1, "s")):
        with pytest.raises(CampaignError, match="A back-test is no contact list.*still here"):
            ask(recommended(population=BACK_TEST))


def test_both_sweeps_are_sorted_once():
    assert BACK_TEST.expected_sweep is BACK_TEST.expected_sweep and BACK_TEST.realised_sweep is BACK_TEST.realised_sweep
    assert BACK_TEST.realised_sweep.leaving.sum() == CHURNED.sum()
    pd.testing.assert_index_equal(BACK_TEST.customers.index, CUSTOMERS.index)
