"""As ``score_file``, on Spark: a file or folder in, a folder of scored parts out, judged beside the customers its version was trained
on. The judgement is that of one machine: what workers have seen adds up.
"""

from pathlib import Path

from churn_core.application.left_alone import NO_LISTS, DrawnLists
from churn_core.application.limits import Limits
from churn_core.application.score_file import Judged, Scored
from churn_core.batch import spark
from churn_core.batch.local import Observe, ScoredFile
from churn_core.campaign.plan import Plan
from churn_core.model.registry import Version
from churn_core.monitoring.monitor import Watch
from churn_core.storage.files_seen import CHECKED, SCORED
from churn_core.storage.publications import Decision


def score_on_spark(
    source: Path | str,
    target: Path | str,
    version: Version,
    decision: Decision,
    *,
    watch: Watch | None,
    lists: DrawnLists = NO_LISTS,
    kind: str = "parquet",
    summarise: bool = False,
    back_test: bool = False,
) -> Scored:
    """Score by the decision as ``batch.spark.score_path`` does, and judge. Raises what that raises."""
    file, summary = spark.score_path(
        source,
        target,
        version,
        decision.plan,
        decision.threshold,
        kind=kind,
        back_test=back_test,
        summarises=summarise,
        observe=_observer(watch, lists, version),
    )
    outcome = file.outcome
    limits = Limits(decision=decision, expected_profit=outcome.expected_profit, expected_spend=outcome.expected_spend)
    judged = _judged(SCORED, version, file, watch) if watch else None
    return Scored(file=file, limits=limits, judged=judged, summary=summary)


def check_on_spark(source: Path | str, version: Version, *, watch: Watch, lists: DrawnLists = NO_LISTS) -> Judged:
    """Judge a file or folder without writing anything, as ``check_file`` does. Raises what ``batch.spark.check_path`` raises."""
    file = spark.check_path(source, version, Plan(), _observer(watch, lists, version))
    return _judged(CHECKED, version, file, watch)


def _judged(what: str, version: Version, file: ScoredFile, watch: Watch) -> Judged:
    judgement = watch.judge(file.observed)
    return Judged(what=what, model_id=version.model_id, file=file, judgement=judgement, day=version.schema.day)


def _observer(watch: Watch | None, lists: DrawnLists, version: Version) -> Observe:
    """What workers are sent: the watch, the lists and the schema, and not the version."""
    if watch is None:
        return lambda scored, part: None
    schema, observe = version.schema, watch.observe
    return lambda scored, part: observe(scored, lists.listed(scored, part, schema))
