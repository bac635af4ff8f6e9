"""Spark decides as one machine does: on a cluster of two workers, each a process of its own."""

import os
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from churn_core.batch import spark as on_spark
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.optimise_summary import best_threshold
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary
from churn_core.campaign.worth import worth_of
from churn_core.data.cleaning.table import clean
from churn_core.data.reading.reader import RawTable, read_table
from churn_core.decisions.decide import DECISION_COLUMNS
from churn_core.decisions.score_table import score_table
from churn_core.errors import CampaignError, ChurnError, DataError
from churn_core.model.candidates import candidate
from churn_core.model.registry import Version
from churn_core.schema.telco import TELCO
from tests.batch.cluster import collected, table
from tests.companies import COMPANIES
from tests.gym import GYM, equation, gym_dataset, knows_nothing_of_telco, members

# The sockets by which pyspark fetches results are closed by the garbage collector alone.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

PLAN = Plan(campaign=Campaign(retention_cost=50, incentive=10, fixed_cost=1_000), objective=Objective(min_marginal_roi=0.5))
CHARGE, TENURE = TELCO.monthly_charge, TELCO.tenure


@pytest.fixture(scope="module")
def raw(telco_path) -> pd.DataFrame:
    """The real customers as text, a few of them damaged, and a column that nobody knows."""
    frame = read_table(telco_path, TELCO).frame.reset_index(drop=True)
    frame.loc[frame.index[::97], CHARGE] = "a lot"
    frame.loc[frame.index[5::211], TENURE] = "-3"
    frame.loc[frame.index[7::50], CHARGE] += " "
    return frame.assign(number=[f"{i:05d}" for i in range(len(frame))])


@pytest.fixture(scope="module")
def alone(raw, workspace):
    """The same customers on one machine."""
    return score_table(RawTable(frame=raw), workspace.version.model, PLAN.of_one_contact, schema=TELCO)


@pytest.fixture(scope="module")
def scored(spark, raw, workspace):
    df = on_spark.score_dataframe(table(spark, raw), workspace.version, PLAN).cache()
    yield df
    df.unpersist()


@pytest.fixture(scope="module")
def summary(scored) -> Summary:
    return on_spark.summarise(scored, TELCO)


@pytest.mark.parametrize("size", [1, 7, 7_043])
def test_a_batch_of_any_size_is_decided_as_the_whole_table_is(raw, alone, workspace, size):
    """What a worker does, without Spark."""
    whole = pa.Table.from_pandas(raw, preserve_index=False).combine_chunks().to_batches()[0]
    for start in (0, 90, 7_000):
        batch = whole.slice(start, size)
        rows = on_spark.score_batch(batch, list(raw), workspace.version.model, TELCO, PLAN.of_one_contact).to_pandas()
        rows.index = range(start, start + batch.num_rows)
        assert batch.num_rows > 0 and rows[list(raw)].to_numpy().tolist() == raw.loc[rows.index].to_numpy().tolist()
        rejected = rows.index.isin(alone.rejects["row"])
        assert (rows[on_spark.PROBLEM].notna() == rejected).all()
        assert (
            rows["churn_probability"][~rejected].tolist() == alone.scored["churn_probability"].loc[rows.index[~rejected]].tolist()
        )


def test_every_row_gets_what_it_gets_on_one_machine_to_the_last_bit(scored, raw, alone):
    rows = collected(scored)
    assert list(rows) == [*raw, *DECISION_COLUMNS, on_spark.PROBLEM]
    assert rows[list(raw)].to_numpy().tolist() == raw.to_numpy().tolist()
    assert len(alone.rejects) > 50 and len(alone.scored) > 6_000
    decided = rows.loc[alone.scored.index]
    for name in DECISION_COLUMNS:
        expected = alone.scored[name]
        if pd.api.types.is_float_dtype(expected):
            assert decided[name].astype(float).to_numpy().tobytes() == expected.to_numpy().tobytes(), name
        else:
            assert decided[name].tolist() == expected.tolist(), name
    assert decided[on_spark.PROBLEM].isna().all()


def test_a_row_that_cannot_be_used_keeps_its_values_and_has_its_reason_and_no_decision(scored, alone):
    rows = collected(scored).loc[alone.rejects["row"]]
    assert rows[on_spark.PROBLEM].tolist() == alone.rejects["problem"].tolist()
    assert rows[list(DECISION_COLUMNS)].isna().all(axis=None)


def test_both_workers_took_part(spark, raw, workspace):
    """Each worker runs in a folder of its own; the rows are passed on within the task that scored them."""

    def where(batches):
        for batch in batches:
            yield pa.RecordBatch.from_pydict({"worker": [os.getcwd()], "rows": [batch.num_rows]})

    df = on_spark.score_dataframe(table(spark, raw, 8), workspace.version, PLAN)
    batches = df.mapInArrow(where, "worker string, rows long").collect()
    assert len({batch["worker"] for batch in batches}) == 2
    assert sum(batch["rows"] for batch in batches) == len(raw)
    assert max(batch["rows"] for batch in batches) <= 500


def test_the_summary_of_the_cluster_is_that_of_one_machine(summary, raw, alone):
    charge = clean(raw, TELCO)[0].loc[alone.scored.index, CHARGE]
    here = ~alone.left
    one = Summary.of(alone.scored["churn_probability"][here], charge[here])
    for mine, theirs in ((summary.cells, one.cells), (summary.bins, one.bins)):
        assert mine["key"].tolist() == theirs["key"].tolist()
        assert mine["contacted"].tolist() == theirs["contacted"].tolist()
        for name in ("leaving", "value", "value_leaving"):
            np.testing.assert_allclose(mine[name], theirs[name], rtol=1e-12)
    np.testing.assert_allclose(summary.bins["squares"], one.bins["squares"], rtol=1e-5)
    assert summary.customers == here.sum() < len(alone.scored)


@pytest.mark.parametrize("back_test", [False, True])
def test_from_a_threshold_up_everybody_still_here_is_contacted_and_in_a_back_test_everybody(spark, raw, workspace, back_test):
    df = table(spark, raw.head(300))
    rows = collected(on_spark.score_dataframe(df, workspace.version, PLAN, threshold=0.3, back_test=back_test))
    known = rows[rows[on_spark.PROBLEM].isna()]
    can_be = known[TELCO.target].ne("Yes") | back_test
    assert known["contact"].tolist() == ((known["churn_probability"] >= 0.3) & can_be).tolist()
    assert 0 < known["contact"].sum() < len(known)


def test_partitions_without_rows_and_batches_without_a_usable_one_are_no_trouble(spark, raw, workspace):
    damaged = raw.head(3).assign(**{CHARGE: "?"})
    df = on_spark.score_dataframe(table(spark, damaged, 6), workspace.version, PLAN)
    rows = collected(df)
    assert rows[on_spark.PROBLEM].str.contains("'?' is not a number", regex=False).tolist() == [True] * 3
    assert rows["churn_probability"].isna().all()
    assert on_spark.summarise(df, TELCO).customers == 0
    nobody = on_spark.score_dataframe(table(spark, damaged).limit(0), workspace.version, PLAN)
    assert nobody.count() == 0 and on_spark.summarise(nobody, TELCO).customers == 0


def test_numbers_as_numbers_are_scored_as_a_file_of_them_is(spark, raw, workspace, tmp_path):
    typed = raw.head(200).copy()
    typed[CHARGE] = pd.to_numeric(typed[CHARGE], errors="coerce")
    typed[TENURE] = pd.to_numeric(typed[TENURE])
    typed.to_parquet(tmp_path / "customers.parquet")
    one = score_table(
        read_table(tmp_path / "customers.parquet", TELCO), workspace.version.model, PLAN.of_one_contact, schema=TELCO
    )
    df = spark.read.parquet(str(tmp_path / "customers.parquet"))
    rows = collected(on_spark.score_dataframe(df, workspace.version, PLAN))
    assert rows[on_spark.PROBLEM].dropna().tolist() == one.rejects["problem"].tolist() != []
    usable = rows[rows[on_spark.PROBLEM].isna()]
    assert usable["churn_probability"].tolist() == one.scored["churn_probability"].tolist()
    assert usable["reason_1"].tolist() == one.scored["reason_1"].tolist()


def test_a_table_that_was_scored_before_is_scored_anew(spark, raw, workspace, scored):
    again = on_spark.score_dataframe(scored.limit(50), workspace.version, PLAN)
    assert again.columns == scored.columns


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_becomes_a_folder_of_parts_its_figures_and_its_summary(spark, raw, alone, workspace, tmp_path, kind):
    raw.to_csv(tmp_path / "customers.csv", index=False)
    with (tmp_path / "customers.csv").open("a") as file:
        file.write("too,few\n" + ",".join(["too many"] * (raw.shape[1] + 1)) + "\n")
    target = tmp_path / "scored"
    file, found = on_spark.score_path(tmp_path / "customers.csv", target, workspace.version, PLAN, kind=kind, spark=spark)
    contact = alone.scored["contact"]
    assert file.quality.rows == len(raw) + 2
    assert file.quality.kept == len(alone.scored)
    assert file.quality.rejected == len(alone.rejects) + 2
    assert file.left == alone.left.sum()
    expected = alone.contacts(TELCO)
    assert file.outcome.contacted == file.contacts.number == contact.sum()
    assert file.outcome.expected_profit == pytest.approx(alone.scored.loc[contact, "expected_profit"].sum() - 1_000)
    assert vars(file.contacts) == pytest.approx(vars(expected), rel=1e-9)
    assert found.customers == len(alone.scored) - alone.left.sum()
    read = pd.read_parquet if kind == "parquet" else lambda path: pd.read_csv(path, dtype="str", keep_default_na=False)
    parts = [read(path) for path in target.glob("part-*")]
    rows = pd.concat(parts).sort_values("number", ignore_index=True)
    assert rows[on_spark.PROBLEM].str.contains("more or fewer values than the header").sum() == 2
    mine = rows[rows["number"].isin(raw["number"])].reset_index(drop=True)
    assert mine[list(raw)].to_numpy().tolist() == raw.to_numpy().tolist()
    said = mine.loc[alone.scored.index, "churn_probability"].astype(float)
    assert said.tolist() == alone.scored["churn_probability"].tolist()


def test_what_is_there_already_is_not_written_over(spark, raw, workspace, tmp_path):
    raw.head(5).to_csv(tmp_path / "customers.csv", index=False)
    (tmp_path / "scored").mkdir()
    with pytest.raises(DataError, match="scored is there already"):
        on_spark.score_path(tmp_path / "customers.csv", tmp_path / "scored", workspace.version, PLAN, spark=spark)
    with pytest.raises(DataError, match="There is no file or folder none.csv"):
        on_spark.score_path(tmp_path / "none.csv", tmp_path / "new", workspace.version, PLAN, spark=spark)


def test_a_table_without_a_needed_column_is_refused_before_any_job_starts(spark, raw, workspace):
    tracker = spark.sparkContext.statusTracker()
    before = tracker.getJobIdsForGroup(None)
    with pytest.raises(DataError, match=f"Missing required columns: '{CHARGE}'"):
        on_spark.score_dataframe(table(spark, raw).drop(CHARGE), workspace.version, PLAN)
    with pytest.raises(DataError, match="more than once"):
        df = table(spark, raw)
        on_spark.score_dataframe(df.select("*", df[CHARGE]), workspace.version, PLAN)
    with pytest.raises(DataError, match="Score it first"):
        on_spark.summarise(table(spark, raw), TELCO)
    assert tracker.getJobIdsForGroup(None) == before


@pytest.mark.parametrize("limit", [{"budget": 1_000}, {"min_roi": 1}])
def test_a_limit_for_the_whole_list_is_refused_without_a_threshold(spark, raw, workspace, limit):
    with pytest.raises(CampaignError, match="Find the threshold that does"):
        on_spark.score_dataframe(table(spark, raw.head(3)), workspace.version, Plan(objective=Objective(**limit)))


def test_the_threshold_that_keeps_to_a_budget_comes_from_the_summary(spark, raw, workspace, summary):
    plan = Plan(objective=Objective(budget=10_000))
    best = best_threshold(summary, plan.campaign, plan.objective)
    rows = collected(on_spark.score_dataframe(table(spark, raw), workspace.version, plan, best.threshold))
    contacted = rows[rows["contact"].eq(True)]
    assert len(contacted) == best.contacted == 1_000  # 10 each
    assert contacted["expected_profit"].sum() == pytest.approx(best.expected_profit)


def test_another_companys_customers_are_scored_and_summed_up_by_the_schema_of_their_version(spark):
    customers, raw = gym_dataset().customers, members(60, seed=9).astype({"sauna": object})
    raw.loc[3, "sauna"] = "perhaps"
    version = Version(model=equation(customers), schema=GYM, metadata={"model_id": "m"}, out_of_fold=np.zeros(len(customers)))
    text = raw.assign(number=[f"{i:05d}" for i in range(len(raw))]).astype(str)
    df = on_spark.score_dataframe(table(spark, text), version, PLAN)
    rows, alone = collected(df), score_table(RawTable(frame=text), version.model, PLAN.of_one_contact, schema=GYM)
    assert rows["churn_probability"].dropna().tolist() == alone.scored["churn_probability"].tolist()
    assert rows[on_spark.PROBLEM].dropna().tolist() == alone.rejects["problem"].tolist() and len(alone.rejects) == 1
    gone = (raw["status"] == "cancelled").drop(3).sum()
    assert on_spark.summarise(df, GYM).customers == 59 - gone < on_spark.summarise(df, GYM, back_test=True).customers == 59
    assert knows_nothing_of_telco(rows)


@pytest.mark.parametrize(
    "company, model",
    [*zip(COMPANIES, ("card", "logistic", "logistic"), strict=True)],
    ids=lambda each: getattr(each, "name", each),
)
def test_any_companys_dates_blanks_and_worth_are_those_of_one_machine(spark, company, model):
    schema, raw = company.schema(), company.raw(80, 9)
    customers = clean(company.raw(400, 0), schema)[0]
    fitted = candidate(model, schema).fit(customers, customers[schema.target].to_numpy())
    version = Version(model=fitted, schema=schema, metadata={"model_id": "m"}, out_of_fold=np.zeros(len(customers)))
    text = raw.assign(number=[f"{i:05d}" for i in range(len(raw))]).astype(str)
    df = on_spark.score_dataframe(table(spark, text), version, PLAN)
    rows, alone = collected(df), score_table(RawTable(frame=text), fitted, PLAN.of_one_contact, schema=schema)
    for name in DECISION_COLUMNS:
        assert rows[name].tolist() == alone.scored[name].tolist()
    worth = worth_of(alone.customers, schema, None).of(~alone.left)
    here = alone.scored["churn_probability"].to_numpy()[~alone.left]
    summary = on_spark.summarise(df, schema)
    assert summary.customers == len(here) and summary.for_life == worth.for_life == (schema.monthly_charge is None)
    whole = Summary.of(here, worth.amount, for_life=worth.for_life)
    campaign = summary.valued_by(PLAN.campaign)
    assert best_threshold(summary, campaign, Objective()) == best_threshold(whole, campaign, Objective())
    listed, left = on_spark.contacts(df, schema, PLAN.campaign)
    assert listed.number == alone.scored["contact"].sum() and left == alone.left.sum()
    assert listed.profit == pytest.approx(alone.contacts(schema).profit)


def shops_card() -> tuple[Version, pd.DataFrame]:
    """A card of the shop, with dates, blanks and a fee per year; and customers of another month as text."""
    company = COMPANIES[0]
    schema = company.schema()
    customers = clean(company.raw(400, 0), schema)[0]
    fitted = candidate("card", schema).fit(customers, customers[schema.target].to_numpy())
    version = Version(model=fitted, schema=schema, metadata={"model_id": "m"}, out_of_fold=np.zeros(len(customers)))
    raw = company.raw(80, 9)
    return version, raw.assign(number=[f"{i:05d}" for i in range(len(raw))]).astype(str)


def test_a_stream_of_another_companys_customers_is_scored_as_a_file_of_them_is(spark, tmp_path):
    version, text = shops_card()
    (tmp_path / "in").mkdir()
    for part in range(3):
        text.iloc[part::3].to_csv(tmp_path / "in" / f"{part}.csv", index=False)
    columns = ", ".join(f"`{name}` string" for name in text.columns)
    stream = spark.readStream.schema(columns).option("header", True).option("emptyValue", "").csv(str(tmp_path / "in"))
    scored = on_spark.score_dataframe(stream.na.fill(""), version, PLAN)
    query = (
        scored.writeStream.format("parquet")
        .option("checkpointLocation", str(tmp_path / "checkpoint"))
        .trigger(availableNow=True)
        .start(str(tmp_path / "out"))
    )
    assert query.awaitTermination(120) and query.exception() is None
    rows = collected(spark.read.parquet(str(tmp_path / "out")))
    alone = score_table(RawTable(frame=text), version.model, PLAN.of_one_contact, schema=version.schema)
    for name in DECISION_COLUMNS:
        assert rows[name].tolist() == alone.scored[name].tolist()


def test_columns_are_found_in_any_spelling_as_in_a_file(spark):
    version, text = shops_card()
    spelt = text.rename(columns={"client no": "Client_No", "fee": "FEE", "last order": "Last Order ", "churned": "Churned"})
    df = on_spark.score_dataframe(table(spark, spelt), version, PLAN)
    alone = score_table(RawTable(frame=text), version.model, PLAN.of_one_contact, schema=version.schema)
    rows = collected(df)
    for name in DECISION_COLUMNS:
        assert rows[name].tolist() == alone.scored[name].tolist()
    assert on_spark.summarise(df, version.schema).customers == int((~alone.left).sum())
    listed, left = on_spark.contacts(df, version.schema, PLAN.campaign)
    assert listed.number == alone.scored["contact"].sum() and left == alone.left.sum()


def test_without_pyspark_or_java_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    source = tmp_path / "customers.csv"
    source.write_text("customerID\n")
    for start in (on_spark.session, lambda: on_spark.score_path(source, tmp_path / "scored", None, PLAN)):
        with pytest.raises(ChurnError, match="pip install pyspark"):
            start()
    monkeypatch.undo()
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ChurnError, match="Spark needs Java.*Java 17"):
        on_spark.session()
