"""Another company's files are scored and watched, its models are versions, and its API speaks its words."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from churn_core.api.batch import predict_batch
from churn_core.api.one_customer import predict
from churn_core.api.openapi import document, page
from churn_core.application import score_file as use_case
from churn_core.application.service import Basis
from churn_core.application.train_version import train_on
from churn_core.application.workspace import Workspace, open_workspace
from churn_core.batch.local import score_file
from churn_core.batch.target import Target
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.quality import UNKNOWN
from churn_core.data.reading.reader import read_table
from churn_core.data.writing.cells import to_csv
from churn_core.data.writing.tables import ExcelWriter, ParquetWriter
from churn_core.decisions.decide import DECISION_COLUMNS, churn_probability, score
from churn_core.decisions.score_table import score_table
from churn_core.errors import DataError, NothingScored, RequestError
from churn_core.model.candidates import candidate
from churn_core.model.reasons import top_reasons
from churn_core.model.registry import Registry
from churn_core.monitoring.drift import drift, unseen_words
from churn_core.monitoring.monitor import Watch
from churn_core.monitoring.profile import SCORE, Profile
from churn_core.monitoring.profiling import bins_of, profile, profiled_columns
from churn_core.storage.publications import Decision
from tests.gym import GYM, equation, gym_dataset, knows_nothing_of_telco, members

CUSTOMERS = gym_dataset(800).customers
MODEL = equation(CUSTOMERS)
P = churn_probability(MODEL, CUSTOMERS)
PLAN = Plan(campaign=Campaign(retention_cost=20, success_rate=0.3, clv_months=12))
LIMITED = Plan(campaign=PLAN.campaign, objective=Objective(budget=400))
BINS = bins_of(CUSTOMERS, P, GYM)


def a_file(rows: int = 300) -> pd.DataFrame:
    """Raw customers, two of whom cannot be scored."""
    raw = members(rows, seed=4).astype({"sauna": object, "membership": object})
    raw.loc[1, "membership"], raw.loc[2, "sauna"] = "gold", "perhaps"
    return raw


def through(content: bytes, plan: Plan = PLAN, **options):
    """What came of a file, and the two files that were written."""
    scored, rejects = io.BytesIO(), io.BytesIO()
    came = score_file(content, MODEL, plan, scored=Target(stream=scored, **options), rejects=Target(stream=rejects), schema=GYM)
    return came, scored.getvalue(), rejects.getvalue()


# Files


@pytest.mark.parametrize("plan", [PLAN, LIMITED], ids=["each", "budget"])
def test_a_file_is_scored_as_its_table_is_and_rejects_are_told_in_the_words_of_the_schema(plan):
    raw = a_file()
    came, scored, rejects = through(to_csv(raw)[0], plan)
    table = pd.read_csv(io.BytesIO(scored))
    good = raw.drop(index=[1, 2])
    here = (good["status"] != "cancelled").to_numpy()
    expected = score(clean(good.drop(columns="status"), GYM)[0], MODEL, plan, here=here, schema=GYM)
    assert list(table) == [*(column.name for column in GYM.columns), *DECISION_COLUMNS]
    assert table["member_no"].tolist() == good["member_no"].tolist()
    assert np.array_equal(table["churn_probability"], expected["churn_probability"])
    assert table["contact"].tolist() == expected["contact"].tolist() and came.outcome.contacted == expected["contact"].sum() > 0
    assert pd.read_csv(io.BytesIO(rejects))["problem"].tolist() == [
        "membership: 'gold' is not one of basic, plus, premium",
        "sauna: 'perhaps' is not one of 0, 1, No, Yes",
    ]
    assert came.left == (~here).sum() > 0
    assert came.warnings[0] == "The column status says what happened; it is carried along and not used for the probabilities."
    assert came.warnings[1].startswith(f"{came.left} customers have left by the file's own outcome: scored, and not contacted.")
    assert knows_nothing_of_telco(came, scored, rejects)


@pytest.mark.parametrize("writer", [ParquetWriter, ExcelWriter])
def test_a_scored_file_can_go_in_again_in_any_format(writer):
    _, written, _ = through(to_csv(a_file())[0], writer=writer)
    again = score_table(read_table(written, GYM), MODEL, PLAN, schema=GYM)
    assert len(again.scored) == 298 and not len(again.rejects)
    assert any("scored before" in warning for warning in again.warnings)


def test_a_file_with_other_names_and_no_ids_is_understood_and_one_of_another_company_is_refused():
    raw = (
        members(20).drop(columns=["member_no", "status"]).rename(columns={"months_member": "Months of membership", "fee": "Fee"})
    )
    scored = score_table(read_table(to_csv(raw)[0], GYM), MODEL, PLAN, schema=GYM)
    assert scored.customers["member_no"].tolist() == [f"row {line}" for line in range(2, 22)]
    assert knows_nothing_of_telco(*scored.quality.notes)
    with pytest.raises(DataError, match="Missing required columns: 'visits_per_week'") as caught:
        score_table(read_table(to_csv(raw.drop(columns="visits_per_week"))[0], GYM), MODEL, PLAN, schema=GYM)
    assert knows_nothing_of_telco(caught.value)
    with pytest.raises(NothingScored, match="'gold' is not one of basic, plus, premium"):
        through(to_csv(raw.assign(membership="gold"))[0])


# Monitoring


def test_the_profile_counts_what_the_schema_describes_and_is_stored_whole():
    counted = {column.name for column in profiled_columns(GYM)}
    assert counted == {column.name for column in GYM.inputs} - {"member_no", "goal"}
    seen = profile(CUSTOMERS, P, BINS, churned=CUSTOMERS["status"].to_numpy(), schema=GYM)
    assert set(seen.counts) == {*counted, SCORE} and all(sum(counts) == 800 for counts in seen.counts.values())
    assert Profile.from_dict(json.loads(json.dumps(seen.as_dict()))) == seen and knows_nothing_of_telco(seen.as_dict())


def test_drift_names_the_column_that_moved_and_no_other():
    reference = profile(CUSTOMERS, P, BINS, schema=GYM)
    later = gym_dataset(800, seed=9).customers
    calm = drift(reference, profile(later, churn_probability(MODEL, later), BINS, schema=GYM), GYM)
    assert (calm["level"] == "none").all()
    later = later.assign(visits_per_week=later["visits_per_week"] + 5)
    moved = drift(reference, profile(later, churn_probability(MODEL, later), BINS, schema=GYM), GYM).set_index("column")
    assert moved.loc["visits_per_week", "level"] == "major"
    assert set(moved.index[moved["level"] != "none"]) <= {"visits_per_week", SCORE}
    assert moved["sentence"]["visits_per_week"].startswith("Visits per week: ") and knows_nothing_of_telco(moved)


def test_unseen_words_are_those_of_the_rejected_rows():
    raw = members(200).astype({"membership": object})
    raw.loc[:29, "membership"] = "gold"
    customers, report = clean(raw, GYM)
    words = {finding.column: finding.values for finding in report.findings if finding.kind == UNKNOWN}
    seen = profile(customers, churn_probability(MODEL, customers), BINS, unseen=words, schema=GYM)
    table = unseen_words(seen, GYM)
    assert table[["column", "word", "rows", "level"]].values.tolist() == [["membership", "gold", 30, "major"]]


# Versions


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    """Of a home in which a version of the gym is in production."""
    home = tmp_path_factory.mktemp("gym")
    (home / "data").mkdir()
    version = train_on(home, to_csv(members(400))[0], GYM, "members.csv")
    Registry(home / "models").promote(version.model_id)
    return open_workspace(home, training="never")


def test_a_version_carries_its_schema_and_its_customers(workspace):
    schema, measured = workspace.version.schema, workspace.version.metadata["metrics"]
    assert (schema.name, schema.columns, schema.segments, schema.rule) == (GYM.name, GYM.columns, (), None)
    assert workspace.customers.equals(gym_dataset(400).customers.set_axis(range(2, 402)))
    assert measured["auc"]["mean"] > 0.6 and not workspace.notices
    assert knows_nothing_of_telco(workspace.version.metadata)


@pytest.mark.parametrize("name", ["logistic", "logistic_plain", "xgboost", "random_forest"])
def test_a_candidate_says_the_same_of_a_customer_alone_and_in_a_table_with_reasons_of_the_schema(name):
    few = CUSTOMERS.head(5)
    model = candidate(name, GYM).fit(CUSTOMERS, CUSTOMERS[GYM.target].to_numpy())
    table = churn_probability(model, few)
    assert [model.churn_probability_of(customer, GYM) for customer in few.to_dict("records")] == table.tolist()
    told = top_reasons(model, few, schema=GYM)
    assert told["reason_1"].ne("").any() and knows_nothing_of_telco(told)


def test_a_file_is_judged_beside_the_customers_of_its_version_with_outcomes_in_their_own_words(workspace):
    raw, out = a_file(), io.BytesIO()
    decision = Decision(plan=PLAN, threshold=None)
    watch = Watch(workspace.reference, PLAN)
    found = use_case.score_file(to_csv(raw)[0], workspace.version, decision, watch=watch, scored=Target(stream=out))
    judgement = found.judged.judgement
    left = (raw.drop(index=[1, 2])["status"] == "cancelled").sum()
    assert (judgement.outcomes.customers, judgement.outcomes.churn_rate) == (298, pytest.approx(left / 298))
    assert set(judgement.unseen["word"]) == {"gold", "perhaps"} and knows_nothing_of_telco(judgement.as_dict())


# The API


def test_a_customer_alone_in_a_batch_and_in_a_table_gets_the_same_answer(workspace):
    basis = Basis(workspace=workspace, plan=PLAN, threshold=0.4)
    raw = members(50, seed=8).drop(columns="status")
    table = churn_probability(workspace.version.model, clean(raw, GYM)[0]).tolist()
    records = raw.to_dict("records")
    said = predict_batch({"customers": [*records, {**records[0], "sauna": 7}]}, basis)
    assert [one["churn_probability"] for one in said["predictions"]] == table
    assert [one["member_no"] for one in said["predictions"]] == raw["member_no"].tolist()
    assert said["rejected"] == [{"index": 50, "member_no": records[0]["member_no"], "error": "sauna: 7 is not one of 0, 1"}]
    alone = predict(records[0], basis)
    assert (alone["churn_probability"], alone["customer_id"]) == (table[0], records[0]["member_no"])
    assert {reason["feature"] for reason in alone["reasons"]} <= {column.name for column in GYM.inputs}
    with pytest.raises(RequestError) as refused:
        predict({"fee": 20}, basis)
    assert knows_nothing_of_telco(said, alone, refused.value)


def test_the_document_describes_the_customers_of_the_schema_in_valid_json():
    described = json.loads(json.dumps(document(GYM), allow_nan=False))
    customer = described["components"]["schemas"]["Customer"]
    assert list(customer["properties"]) == [column.name for column in GYM.inputs]
    assert customer["required"] == [column.name for column in GYM.inputs if column.required]
    number, text = customer["properties"]["classes_booked"]["anyOf"]
    assert number == {"type": "integer", "minimum": 0} and text["type"] == "string"
    assert knows_nothing_of_telco(described, page(GYM))
