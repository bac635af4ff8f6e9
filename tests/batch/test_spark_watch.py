"""A file on Spark is watched, counted and told as on one machine: what the workers see adds up to the same account."""

from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest

from churn_core.application.on_spark import check_on_spark, score_on_spark
from churn_core.application.score_file import Judged, check_file, score_file
from churn_core.batch import spark as on_spark
from churn_core.batch.spark_account import Account, Accounts, account_of
from churn_core.batch.spark_scorer import as_read, scored_batch
from churn_core.batch.target import Target
from churn_core.campaign.economics import Campaign
from churn_core.campaign.plan import Plan
from churn_core.data.cleaning.table import clean
from churn_core.data.reading.reader import RawTable, read_table
from churn_core.data.writing.tables import CsvWriter
from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.decisions.outcomes import Unread
from churn_core.decisions.score_table import score_table
from churn_core.errors import ChurnError, DataError
from churn_core.model.candidates import candidate
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Watch
from churn_core.monitoring.reference import Reference
from churn_core.schema.telco import TELCO
from churn_core.storage.publications import Decision
from tests.batch.cluster import collected, table
from tests.companies import COMPANIES

# The sockets by which pyspark fetches results are closed by the garbage collector alone.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

PLAN = Plan(campaign=Campaign(retention_cost=40, incentive=5))
CHARGE = TELCO.monthly_charge


@pytest.fixture(scope="module")
def raw(telco_path) -> pd.DataFrame:
    """Customers who have drifted, as text: an unknown contract, damaged and repaired values, and some of them contacted."""
    frame = read_table(telco_path, TELCO).frame.head(3_000).reset_index(drop=True)
    frame.loc[frame.index[::40], "Contract"] = "Weekly"
    frame.loc[frame.index[1::97], CHARGE] = "a lot"
    frame.loc[frame.index[2::50], CHARGE] += " €"
    frame.loc[frame.index[3::30], TELCO.target] = ["", "perhaps"] * 50
    frame.loc[frame.index[5::2], "gender"] = "Female"
    return frame.assign(number=[f"{i:05d}" for i in range(len(frame))], arm=["treated", "", "control", ""] * 750)


@pytest.fixture(scope="module")
def watch(workspace) -> Watch:
    return Watch(workspace.reference, PLAN, 0.3)


@pytest.fixture(scope="module")
def file(raw, tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "customers.csv"
    raw.to_csv(path, index=False)
    with path.open("a") as file:
        file.write("too,few\n" + ",".join(["too many"] * (raw.shape[1] + 1)) + "\n")
    return path


def same(one: Judged, other: Judged) -> None:
    """But for the money: its sums of floats differ in the last digits by the order in which they were added."""
    mine, theirs = one.judgement, other.judgement
    assert mine.profile == theirs.profile
    pd.testing.assert_frame_equal(mine.drift, theirs.drift, check_exact=True)
    pd.testing.assert_frame_equal(mine.unseen, theirs.unseen, check_exact=True)
    assert (mine.outcomes, mine.unjudged, mine.contacted) == (theirs.outcomes, theirs.unjudged, theirs.contacted)
    assert mine.verdict == theirs.verdict
    assert vars(mine.money) == pytest.approx(vars(theirs.money), rel=1e-12)
    assert (one.what, one.model_id, one.day) == (other.what, other.model_id, other.day)
    counted = [(q.rows, q.kept, q.rejected, set(q.repairs)) for q in (one.file.quality, other.file.quality)]
    assert counted[0] == counted[1]
    found = [
        {(f.kind, f.column, f.what, f.done, f.count): dict(f.values) for f in each.file.quality.findings} for each in (one, other)
    ]
    assert found[0] == found[1]
    assert not any(f.rows for f in one.file.quality.findings)


def test_the_watch_over_a_file_is_that_of_one_machine_to_the_last_bit(spark, file, workspace, watch):
    alone = check_file(file, workspace.version, watch=watch)
    there = check_on_spark(file, workspace.version, watch=watch)
    same(there, alone)
    assert alone.judgement.verdict.level != "keep" and len(alone.judgement.unseen)
    assert alone.judgement.contacted and alone.judgement.outcomes


def test_a_file_is_watched_and_counted_while_it_is_scored(spark, file, workspace, watch, tmp_path):
    decision = Decision(plan=PLAN, threshold=0.3)
    with (tmp_path / "scored.csv").open("wb") as stream:
        target = Target(stream=stream, writer=CsvWriter)
        alone = score_file(file, workspace.version, decision, watch=watch, scored=target, summarise=True)
    there = score_on_spark(file, tmp_path / "scored", workspace.version, decision, watch=watch, summarise=True)
    same(there.judged, alone.judged)
    assert vars(there.file.contacts) == pytest.approx(vars(alone.file.contacts), rel=1e-12)
    assert (there.file.outcome.contacted, there.file.left) == (alone.file.outcome.contacted, alone.file.left)
    assert there.summary.customers == alone.summary.customers
    assert set(there.file.warnings) <= set(alone.file.warnings)
    unwatched = score_on_spark(file, tmp_path / "again", workspace.version, decision, watch=None)
    assert unwatched.judged is None and unwatched.summary is None and unwatched.file.contacts.number == there.file.contacts.number


@pytest.mark.parametrize("company", COMPANIES, ids=lambda each: each.name)
def test_any_company_is_watched_by_its_own_schema(spark, company, tmp_path):
    schema = company.schema()
    customers = clean(company.raw(400, 0), schema)[0]
    fitted = candidate("card", schema).fit(customers, customers[schema.target].to_numpy())
    reference = Reference.of(customers, fitted.predict_proba(customers)[:, 1], schema)
    version = Version(model=fitted, schema=schema, metadata={"model_id": "m"}, out_of_fold=reference.probability)
    (tmp_path / "customers.csv").write_bytes(company.content(1_200, seed=9))
    watch = Watch(reference, PLAN)
    same(
        check_on_spark(tmp_path / "customers.csv", version, watch=watch),
        check_file(tmp_path / "customers.csv", version, watch=watch),
    )


def test_a_task_that_is_tried_again_counts_once(spark, raw, workspace, tmp_path):
    mark = tmp_path / "failed"

    def once(scored, part):
        """Fails after it has been told of half of the rows of a task, the first time."""
        from pyspark import TaskContext

        task = TaskContext.get()
        if task.partitionId() == 0 and task.attemptNumber() == 0 and part.frame["number"].iloc[-1] > "01500":
            mark.touch()
            raise ValueError("a worker that dies")
        return len(part.frame)

    account = account_of(table(spark, raw, 2), workspace.version, PLAN, once)
    assert mark.exists()
    assert account.quality.rows == account.observed == len(raw)


def test_accounts_that_contradict_each_other_or_the_rows_are_refused(spark):
    accounts = Accounts(spark, TELCO, lambda scored, part: None)
    with pytest.raises(ChurnError, match="counted 0 rows, and 3 came out"):
        accounts.of(3)
    for codes in ({"1", "-1"}, {"1", "2"}):
        accounts._sum.add(Account(unread=Unread(codes=frozenset(codes))))
    accounts._sum.add(Account())
    with pytest.raises(DataError, match="may mean something else"):
        accounts.of(0)


def test_what_is_no_table_of_customers_is_refused_before_any_job_starts(spark, raw, workspace, watch, tmp_path):
    with pytest.raises(DataError, match="Missing required columns"):
        account_of(table(spark, raw).drop(CHARGE), workspace.version, PLAN, lambda scored, part: None)
    raw.head(20).assign(**{CHARGE: "?"}).to_csv(tmp_path / "none.csv", index=False)
    with pytest.raises(DataError, match="None of the 20 rows can be scored"):
        check_on_spark(tmp_path / "none.csv", workspace.version, watch=watch)


def test_a_charge_in_another_unit_is_summed_up_as_it_was_scored(spark, raw, workspace):
    charge = 12 * pd.to_numeric(raw[CHARGE], errors="coerce")
    yearly = raw.assign(**{"MonthlyCharges (yearly)": charge.map("{:.2f} €".format)})
    yearly = yearly.drop(columns=CHARGE).rename(columns={"tenure": "Tenure (months)"})
    alone = score_table(RawTable(frame=yearly), workspace.version.model, PLAN.of_one_contact, schema=TELCO)
    df = on_spark.score_dataframe(table(spark, yearly), workspace.version, PLAN).cache()
    listed, left = on_spark.contacts(df, TELCO, PLAN.campaign)
    assert vars(listed) == pytest.approx(vars(alone.contacts(TELCO)), rel=1e-12) and left == alone.left.sum()
    summary = on_spark.summarise(df, TELCO, back_test=True)
    assert summary.everybody.value == pytest.approx(alone.customers[CHARGE].sum(), rel=1e-12)


def test_what_a_save_is_worth_by_tenure_is_that_of_one_machine(spark, raw, workspace):
    campaign = replace(PLAN.campaign, after_save="tenure")
    plan = replace(PLAN, campaign=campaign).valued_for(None, workspace.tenure_curve)
    alone = score_table(RawTable(frame=raw), workspace.version.model, plan.of_one_contact, schema=TELCO)
    stays = score_table(RawTable(frame=raw), workspace.version.model, PLAN.of_one_contact, schema=TELCO)
    df = on_spark.score_dataframe(table(spark, raw), workspace.version, plan).cache()
    rows = collected(df).loc[alone.scored.index]
    for name in DECISION_COLUMNS:
        assert rows[name].tolist() == alone.scored[name].tolist()
    assert alone.scored["expected_profit"].sum() < stays.scored["expected_profit"].sum()
    listed, _ = on_spark.contacts(df, TELCO, plan.campaign)
    assert vars(listed) == pytest.approx(vars(alone.contacts(TELCO)), rel=1e-12)


def test_a_column_without_a_name_is_no_trouble_and_files_that_differ_are_said_to(spark, raw, workspace, watch, tmp_path):
    raw.head(200).to_csv(tmp_path / "1.csv")  # pandas writes its index so
    assert check_on_spark(tmp_path / "1.csv", workspace.version, watch=watch).file.quality.rows == 200
    raw.head(200)[raw.columns[::-1]].to_csv(tmp_path / "2.csv")
    with pytest.raises(DataError, match="CSV header does not conform to the schema"):
        check_on_spark(tmp_path, workspace.version, watch=watch)


def test_a_batch_is_read_with_all_its_columns_and_without_the_lines_that_are_none():
    batch = pa.RecordBatch.from_pydict({"a": ["1", None, "3"], "_damaged_line": [None, "x,y", None]})
    part = as_read(batch)
    assert part.frame.to_dict("list") == {"a": ["1", "3"]} and part.frame.index.tolist() == [-3, -1]
    assert part.rejects["row"].tolist() == [-2] and part.rejects["problem"].str.contains("more or fewer values").all()


def test_who_has_no_id_is_not_taken_for_a_row_of_a_list(raw, workspace):
    """On one machine a list of customers without ids names their lines, which Spark does not know."""
    batch = pa.RecordBatch.from_pandas(raw.head(50).drop(columns=TELCO.id), preserve_index=False)
    customers = scored_batch(batch, workspace.version.model, TELCO, PLAN, None, False).customers
    named = {f"row {line}" for line in range(100)}
    assert len(customers) > 40 and not set(customers[TELCO.id]) & named and customers[TELCO.id].is_unique
