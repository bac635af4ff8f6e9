"""Scoring and checking a file: one use case for the command line and the pages, and no work done twice."""

import io
import json
from collections import Counter

import pytest

from churn_core.application import train_version as training
from churn_core.application.score_file import check_file, remember, score_file
from churn_core.application.train_version import train_on
from churn_core.application.versions import customers_of, reference_of, schema_in_use
from churn_core.batch.target import Target
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.cli import main
from churn_core.data import dataset as datasets
from churn_core.data.reading.reader import TableReader
from churn_core.data.synthetic import generate
from churn_core.data.writing.cells import to_csv
from churn_core.errors import NothingScored
from churn_core.model.registry import Registry
from churn_core.monitoring.monitor import Watch
from churn_core.schema.telco import TELCO
from churn_core.storage.files_seen import CHECKED, SCORED, ScoredFiles
from churn_core.storage.publications import Decision
from churn_core.storage.store import open_store

CONTENT = to_csv(generate(40, seed=3, schema=TELCO))[0]
DECISION = Decision(plan=Plan(campaign=Campaign(retention_cost=30)))


@pytest.fixture
def work(monkeypatch) -> Counter:
    """How often what costs time was done."""
    done: Counter = Counter()

    def counted(owner, name: str, what: str) -> None:
        real = getattr(owner, name)

        def count(*args, **options):
            done[what] += 1
            return real(*args, **options)

        monkeypatch.setattr(owner, name, count)

    counted(TableReader, "__init__", "readers")
    counted(Registry, "load", "versions loaded")
    counted(datasets, "read_dataset", "datasets read")
    counted(training, "read_dataset", "datasets read")
    return done


def scored(workspace, content: bytes = CONTENT, decision: Decision = DECISION, **options):
    stream = io.BytesIO()
    watch = Watch(workspace.reference, decision.plan)
    return score_file(
        content, workspace.version, decision, watch=watch, scored=Target(stream=stream), **options
    ), stream.getvalue()


# What comes of a file


def test_a_file_that_is_only_checked_is_judged_as_the_one_that_is_scored(workspace):
    watch = Watch(workspace.reference, DECISION.plan)
    checked = check_file(CONTENT, workspace.version, watch=watch)
    assert checked.what == CHECKED and scored(workspace)[0].judged.what == SCORED
    assert checked.judgement.as_dict() == scored(workspace)[0].judged.judgement.as_dict()
    assert checked.judgement.profile == scored(workspace)[0].judged.judgement.profile


def test_without_a_watch_a_file_is_scored_all_the_same_and_not_judged(workspace):
    stream = io.BytesIO()
    result = score_file(CONTENT, workspace.version, DECISION, watch=None, scored=Target(stream=stream))
    assert result.judged is None and result.summary is None
    assert stream.getvalue() == scored(workspace)[1]


def test_the_summary_is_of_the_scored_customers_who_are_still_here_and_in_a_back_test_of_all(workspace):
    assert scored(workspace)[0].summary is None
    result, back_test = (scored(workspace, summarise=True, back_test=asked)[0] for asked in (False, True))
    assert back_test.summary.customers == back_test.file.quality.kept == 40
    assert result.summary.customers == 40 - result.file.left == 40 - back_test.file.left < 40


def test_what_is_remembered_of_a_file_is_what_was_said_of_it(workspace, own_home):
    files = ScoredFiles(open_store(own_home))
    result, _ = scored(workspace)
    record = remember(result.judged, "june.csv", "Ada", files)
    assert [vars(each).keys() for each in files.latest()] == [vars(record).keys()]
    assert json.dumps(vars(files.latest()[0]), default=str) == json.dumps(vars(record), default=str)
    assert record.judgement == result.judged.judgement.as_dict()
    assert (record.contacts, record.expected_profit) == (result.file.outcome.contacted, result.file.outcome.expected_profit)
    checked = remember(check_file(CONTENT, workspace.version, watch=Watch(workspace.reference, Plan())), "july.csv", "Ada", files)
    assert (checked.contacts, checked.expected_profit) == (None, None)


def test_where_no_row_can_be_scored_nothing_is_judged_and_the_rows_come_back(workspace):
    with pytest.raises(NothingScored) as refused:
        scored(workspace, CONTENT.split(b"\r\n")[0] + b"\r\n" + b"a,b\r\n" * 3)
    assert len(refused.value.rejects) == 3


# No work twice


@pytest.mark.parametrize(
    "option, passes", [([], 1), (["--retention-cost", "20"], 1), (["--budget", "100"], 2), (["--fixed-cost", "50"], 2)], ids=str
)
def test_a_command_reads_the_file_once_per_pass_loads_one_version_and_leaves_the_telco_file_alone(
    own_home, tmp_path, work, capsys, option, passes
):
    (tmp_path / "in.csv").write_bytes(CONTENT)
    (own_home / "data" / "Telco-Customer-Churn.csv").unlink()
    assert main(["score", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.csv"), *option]) == 0
    assert work == {"readers": passes, "versions loaded": 1}
    assert "not kept for monitoring" not in capsys.readouterr().out
    assert len(ScoredFiles(open_store(own_home)).latest()) == 1


def test_checking_a_file_reads_it_once_whatever_the_limits_of_the_campaign(own_home, tmp_path, work):
    (tmp_path / "in.csv").write_bytes(CONTENT)
    (own_home / "data" / "Telco-Customer-Churn.csv").unlink()
    assert main(["monitor", str(tmp_path / "in.csv"), "--budget", "100"]) == 0
    assert work == {"readers": 1, "versions loaded": 1}


def test_a_training_file_is_parsed_once(own_home, tmp_path, work, monkeypatch):
    monkeypatch.setattr("churn_core.settings.REPEATS", 1)
    (tmp_path / "own.csv").write_bytes(to_csv(generate(300, seed=8, schema=TELCO))[0])
    train_on(own_home, tmp_path / "own.csv", TELCO)
    assert (work["readers"], work["datasets read"]) == (1, 1)


def test_the_limits_of_a_plan_hold_for_the_whole_file(workspace):
    limited = Decision(plan=Plan(objective=Objective(budget=100)))
    assert scored(workspace, decision=limited)[0].file.outcome.contacted == 10


# What belongs to a version


def test_the_reference_of_a_version_needs_no_customers_where_it_is_kept_with_it(workspace):
    def nobody():
        raise AssertionError("the customers were asked for")

    assert reference_of(workspace.version, nobody).profile == workspace.reference.profile


def test_the_customers_of_a_version_are_those_it_was_trained_on(own_home, workspace, monkeypatch):
    monkeypatch.setattr("churn_core.settings.REPEATS", 1)
    content = to_csv(generate(300, seed=8, schema=TELCO))[0]
    version = train_on(own_home, content, TELCO, "own.csv")
    assert len(customers_of(version, own_home).customers) == 300
    assert len(customers_of(workspace.version, own_home).customers) == len(workspace.customers)


def test_the_schema_in_use_is_that_of_the_version_in_production_and_the_samples_before_there_is_one(own_home, tmp_path):
    assert schema_in_use(own_home).name == TELCO.name
    assert schema_in_use(tmp_path / "nothing") is TELCO
