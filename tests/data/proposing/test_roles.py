"""Id, money and tenure: what the names say is taken, what they do not say is asked, and what is none is never one."""

import numpy as np
import pytest

from churn_core.data.proposing.answers import Answers
from churn_core.data.proposing.propose import propose
from tests.data.proposing.tables import ROWS, customers, numbers

COUNTED = [str(i) for i in range(1, ROWS + 1)]
PHONES = [f"0{i:03}-{7919 * i % 10_000_000:07}" for i in range(ROWS)]
WHOLE = [str(100_000 + 37 * i) for i in np.random.default_rng(0).permutation(ROWS)]


def options(proposal, what: str) -> list[str]:
    return [question.option for question in proposal.questions if question.what == what]


# The id


@pytest.mark.parametrize(
    "name",
    ["customerID", "Customerid ", "CLIENTNUM", "Kundennummer", "Kunden-Nr.", "id_cliente", "Numéro client", "account number",
     "Policy No", "msno id", "loyalty_number", "uuid", "codice cliente", "Número de cliente"],
)  # fmt: skip
def test_a_unique_column_that_is_named_like_an_id_is_the_id(name):
    found = propose(customers(customer_id=None, **{name: WHOLE})).id
    assert found.column == name.strip() and found.confidence == "sure" and found.repeated == 0


def test_an_id_that_counts_the_customers_is_one_and_a_row_number_is_none():
    proposal = propose(customers(customer_id=COUNTED, RowNumber=COUNTED, rownames=COUNTED))
    assert proposal.id.column == "customer_id"
    assert {column.name: column.reason for column in proposal.left_out} == dict.fromkeys(
        ("RowNumber", "rownames"), "it counts the rows"
    )
    assert propose(customers(customer_id=None, index=COUNTED, visit_no=COUNTED)).id is None


@pytest.mark.parametrize("name", ["phone", "Mobile number", "Telefonnummer", "customer phone number", "e-mail", "Customer name"])
def test_phone_numbers_mails_and_names_are_never_the_id_and_always_left_out(name):
    proposal = propose(customers(customer_id=None, **{name: PHONES}))
    assert proposal.id is None and proposal[name].role == "left out"


def test_a_mail_is_told_by_its_sign_under_any_name():
    proposal = propose(customers(contact=[f"a{i}@example.org" for i in range(ROWS)]))
    assert proposal["contact"].role == "left out" and "reach" in proposal["contact"].reason


@pytest.mark.parametrize("name", ["number of accounts", "num_customers", "Anzahl Verträge"])
def test_what_counts_accounts_is_no_id(name):
    proposal = propose(customers(customer_id=None, **{name: [str(i % 40) for i in range(ROWS)]}))
    assert proposal.id is None and proposal[name].role == "feature"


def test_a_second_id_is_left_out():
    proposal = propose(customers(contract_id=WHOLE[::-1]))
    assert proposal.id.column == "customer_id" and proposal["contract_id"].reason == "another id"


def test_an_id_that_repeats_is_asked_about_and_its_rows_stay_together():
    proposal = propose(customers(customer_id=None, subscription_id=WHOLE, account_id=[f"A{i // 4}" for i in range(ROWS)]))
    assert (proposal.id.column, proposal.id.confidence, proposal.group) == ("subscription_id", "ask", "account_id")
    assert options(proposal, "id") == ["--id"] and proposal["account_id"].role == "left out"
    alone = propose(customers(customer_id=[f"A{i // 4}" for i in range(ROWS)]))
    assert (alone.id.column, alone.id.repeated, alone.group) == ("customer_id", 300, "customer_id")
    said = propose(customers(customer_id=[f"A{i // 4}" for i in range(ROWS)]), Answers(id="customer_id"))
    assert said.id.confidence == "sure" and said.group == "customer_id" and not options(said, "id")


def test_a_single_id_that_repeats_is_told():
    proposal = propose(customers(customer_id=[WHOLE[0], *WHOLE[:-1]]))
    assert (proposal.id.column, proposal.id.repeated, proposal.group) == ("customer_id", 1, "customer_id")


def test_a_table_without_an_id_has_none():
    assert propose(customers(customer_id=None)).id is None


# Money


@pytest.mark.parametrize(
    "name",
    ["MonthlyCharges", "Monthly Charge", "Monthlycharge ", "mrr_amount", "monthly_fee", "Monatsbeitrag", "cuota mensual",
     "Montant mensuel", "valor mensal", "canone mensile", "avg_monthly_spend", "Monthly Bill", "charges per month", "Price per month"],
)  # fmt: skip
def test_a_charge_per_month_is_sure(name):
    proposal = propose(customers(**{name: numbers(10, 90)}))
    assert (proposal.money.column, proposal.money.period, proposal.money.confidence) == (name.strip(), "month", "sure")
    assert proposal[name.strip()].role == "charge" and not options(proposal, "money")


@pytest.mark.parametrize(
    "name, period",
    [("annual_fee", "year"), ("Yearly Premium", "year"), ("ARR", "year"), ("weekly price", "week"), ("Jahresbeitrag", "year")],
)
def test_a_charge_per_year_or_week_says_its_period_and_is_likely(name, period):
    money = propose(customers(**{name: numbers(100, 900)})).money
    assert (money.column, money.period, money.confidence) == (name, period, "likely")


@pytest.mark.parametrize("name", ["premium", "fee", "subscription price", "revenue"])
def test_a_charge_without_a_period_is_asked_about(name):
    proposal = propose(customers(**{name: numbers(10, 90)}))
    assert (proposal.money.column, proposal.money.confidence) == (name, "ask") and options(proposal, "money") == ["--charge"]
    said = propose(customers(**{name: numbers(10, 90)}), Answers(charge=name, charge_period="year"))
    assert (said.money.period, said.money.confidence) == ("year", "sure") and not options(said, "money")
    half = propose(customers(**{name: numbers(10, 90)}), Answers(charge=name))
    assert half.money.confidence == "ask" and options(half, "money") == ["--charge-period"]


@pytest.mark.parametrize(
    "name",
    ["TotalCharges", "Balance", "EstimatedSalary", "Monthly Income", "credit limit", "CashbackAmount", "Total Refunds",
     "total_day_charge", "monthly loan payment", "Avg monthly long distance charges", "payment month", "billing month", "discount",
     "monthly transaction amount", "monthly minutes", "claim amount", "billing frequency"],
)  # fmt: skip
def test_sums_balances_and_incomes_are_no_charge_and_nothing_stands_in_for_one(name):
    proposal = propose(customers(**{name: numbers(10, 90)}))
    assert (proposal.money.kind, proposal.money.confidence) == ("none", "ask") and options(proposal, "money") == ["--clv"]


def test_grades_under_a_name_of_money_are_no_charge():
    assert propose(customers(**{"Charge Amount": [str(i % 11) for i in range(ROWS)]})).money.kind == "none"


def test_a_column_of_lifetime_values_is_what_a_customer_is_worth_where_there_is_no_charge():
    money = propose(customers(CLV=numbers(1000, 9000))).money
    assert (money.kind, money.column, money.confidence) == ("clv", "CLV", "likely")
    both = propose(customers(CLV=numbers(1000, 9000), monthly_fee=numbers(10, 90)))
    assert (both.money.kind, both["CLV"].role) == ("charge", "feature")


def test_one_amount_for_all_can_be_said():
    proposal = propose(customers(), Answers(clv=350.0))
    assert (proposal.money.kind, proposal.money.amount, proposal.money.confidence) == ("fixed", 350.0, "sure")
    assert not options(proposal, "money")


def test_a_charge_in_bands_counts_with_their_middles():
    bands = np.resize(["$7.00 - $7.99", "$8.00 - $8.99", "$9.00 - $9.99", "Under $7.00"], ROWS)
    proposal = propose(customers(monthly_fee=bands))
    assert proposal.money.column == "monthly_fee" and proposal["monthly_fee"].kind == "band" and "middle" in proposal.money.reason


# Tenure


@pytest.mark.parametrize(
    "name, unit",
    [("Tenure Months", "months"), ("Tenureinmonths ", "months"), ("Account Length (in months)", "months"),
     ("Months_on_book", "months"), ("no_of_days_subscribed", "days"), ("tenure_years", "years"), ("Antigüedad (meses)", "months"),
     ("Vertragsdauer Monate", "months"), ("ancienneté en mois", "months"), ("tenure weeks", "weeks"), ("YearsAtCompany", "years"),
     ("months_member", "months")],
)  # fmt: skip
def test_a_tenure_with_its_unit_is_sure(name, unit):
    tenure = propose(customers(**{name: numbers(1, 70, decimals=0)})).tenure
    assert (tenure.column, tenure.unit, tenure.confidence) == (name.strip(), unit, "sure")


@pytest.mark.parametrize("name", ["tenure", "Account Length", "Subscription  Length", "vintage", "Lifetime"])
@pytest.mark.parametrize("most, guess", [(10, "years"), (72, "months"), (2000, "days")])
def test_a_tenure_without_a_unit_is_asked_about_with_a_guess_by_its_size(name, most, guess):
    frame = customers(**{name: numbers(0, most, decimals=0)})
    proposal = propose(frame)
    assert (proposal.tenure.unit, proposal.tenure.confidence) == (guess, "ask")
    assert options(proposal, "tenure") == ["--tenure-unit"]
    said = propose(frame, Answers(tenure_unit="weeks"))
    assert (said.tenure.unit, said.tenure.confidence) == ("weeks", "sure") and not options(said, "tenure")


@pytest.mark.parametrize("name, form", [("start_date", "%d-%m-%Y"), ("Eintrittsdatum", "%d.%m.%Y"), ("Joined", "%Y-%m-%d")])
def test_the_day_on_which_it_began_is_a_tenure(name, form):
    days = np.datetime64("2019-01-01") + np.random.default_rng(0).integers(0, 1500, ROWS)
    if name == "Eintrittsdatum":
        name = "Eintritts-Datum"
    tenure = propose(customers(**{name: [day.item().strftime(form) for day in days]})).tenure
    assert (tenure.column, tenure.unit, tenure.confidence) == (name, "start date", "likely")


@pytest.mark.parametrize(
    "name",
    [
        "Age",
        "Customer_Age",
        "days since last order",
        "Month_to_end_contract",
        "remaining contract",
        "tenure_group",
        "call duration",
    ],
)
def test_ages_and_what_is_left_of_a_contract_are_no_tenure(name):
    assert propose(customers(**{name: numbers(18, 80, decimals=0)})).tenure is None


def test_the_total_is_told_by_being_the_charge_times_the_tenure():
    charge, months = np.array(numbers(20, 90), dtype=float), np.array(numbers(1, 70, decimals=0, seed=1), dtype=float)
    frame = customers(monthly_charge=charge, tenure_months=months, total_charges=charge * months * 1.02, total_fees=charge)
    proposal = propose(frame)
    assert proposal["total_charges"].role == "total" and proposal["total_fees"].role != "total"
