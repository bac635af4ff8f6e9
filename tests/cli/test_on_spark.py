"""``--engine spark``: what needs no Spark to be refused, and what is told of what it did."""

from churn_core.batch.local import score_file
from churn_core.schema.telco import TELCO

CHARGE, CONTRACT = TELCO.monthly_charge, "Contract"


def test_on_spark_rejects_stay_in_the_output(own_home, no_spark, refused, customers, tmp_path):
    to = ("--output", tmp_path / "out", "--rejects", tmp_path / "rejects.csv", "--engine", "spark")
    assert "Leave --rejects out" in refused("score", customers, *to)


def test_on_spark_a_source_that_is_not_there_is_refused(own_home, no_spark, refused, tmp_path):
    said = refused("score", tmp_path / "none.parquet", "--output", tmp_path / "out", "--engine", "spark")
    assert "no file or folder none.parquet" in said and not (tmp_path / "out").exists()


def test_on_spark_a_target_that_is_there_is_left_alone(own_home, no_spark, refused, customers, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "part").write_text("old")
    assert "is there already" in refused("score", customers, "--output", tmp_path / "out", "--engine", "spark")
    assert (tmp_path / "out" / "part").read_text() == "old"


def test_an_address_elsewhere_reaches_spark_as_it_was_written(own_home, answer, customers, monkeypatch, tmp_path):
    asked = []

    def score_path(source, target, version, plan, threshold, *, observe, **options):
        asked.extend([str(source), str(target)])
        return score_file(customers, version.model, plan, threshold, schema=version.schema, observe=observe), None

    monkeypatch.setattr("churn_core.batch.spark.score_path", score_path)
    answer("score", "s3a://bucket/in.parquet", "--output", "hdfs://host/out", "--engine", "spark")
    assert asked == ["s3a://bucket/in.parquet", "hdfs://host/out"]


def test_a_file_that_spark_has_checked_is_told_and_kept_as_any_other(own_home, answer, customers, kept, monkeypatch):
    asked = []

    def check_path(source, version, plan, observe):
        asked.append(str(source))
        return score_file(customers, version.model, plan, schema=version.schema, observe=observe)

    monkeypatch.setattr("churn_core.batch.spark.check_path", check_path)
    told, alone = answer("monitor", "s3a://bucket/in.parquet", "--engine", "spark"), answer("monitor", customers)
    assert asked == ["s3a://bucket/in.parquet"] and told == alone
    assert [each.name for each in kept()] == [customers.name, "in.parquet"]


def test_what_only_spark_can_reach_is_not_looked_for_on_this_machine(own_home, no_spark, refused):
    assert "--engine spark" in refused("monitor", "s3a://bucket/in.parquet")
    assert "no file or folder none" in refused("monitor", "none", "--engine", "spark")


def test_an_engine_that_nobody_knows_is_refused(own_home, refused, customers, tmp_path):
    assert "spark" in refused("score", customers, "--output", tmp_path / "out.csv", "--engine", "flink")
