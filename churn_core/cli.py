"""The command line: ``python -m churn_core COMMAND``. Exit 0 on success, 2 with one line of error."""

import argparse
import getpass
import json
import os
import socket
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

from churn_core import logs, settings, spark
from churn_core.campaign.economics import Campaign
from churn_core.campaign.objective import Objective
from churn_core.campaign.plan import Plan
from churn_core.campaign.summary import Summary, is_summary
from churn_core.data import telco
from churn_core.data.dataset import read_dataset
from churn_core.data.quality import CONSTANT, CONTRADICTION, QualityReport, examples, finding_as_dict
from churn_core.data.read import RawTable, TableReader, read_table
from churn_core.data.tables import writer_for
from churn_core.errors import ChurnError, DataError, ModelError, NothingScored
from churn_core.files import Unfinished, write_whole
from churn_core.guard import is_loopback
from churn_core.model import compare
from churn_core.model.candidates import NAMES
from churn_core.model.evaluate import Protocol
from churn_core.model.registry import Registry, Version
from churn_core.model.train import outcome
from churn_core.report import Money, in_words, optimum, optimum_of_summary, scored_money
from churn_core.schema import TELCO
from churn_core.scored_files import CHECKED, SCORED, ScoredFiles
from churn_core.scoring import ScoredTable
from churn_core.serve import serve
from churn_core.service import Service
from churn_core.store import Decision, open_store
from churn_core.stream import ScoredFile, Target, check_file, score_file
from churn_core.watch import Judgement, Watch, Watched
from churn_core.workspace import open_workspace, train_on

_OPTIONS = (*fields(Campaign), *fields(Objective))  # campaign options, named after their words in ECONOMICS.md


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code. Everything the user can cause ends in one line on stderr and 2."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a console that knows no "—" shows "?" instead of failing
        options = _parser().parse_args(argv)
        result = options.run(options)
        if getattr(options, "json", False):
            print(json.dumps(result, allow_nan=False), flush=True)
    except ChurnError as error:
        return _fail(str(error))
    except OSError as error:
        name = Path(error.filename).name if isinstance(error.filename, str | Path) else "a file"
        return _fail(f"{error.strerror or error}: {name}. Check the path and its permissions.")
    except KeyboardInterrupt:
        return _fail("stopped; nothing was left half written.")
    return 0


def _fail(sentence: str) -> int:
    print((_OVER if sys.stderr.isatty() else "") + "error: " + " ".join(sentence.split()), file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise ChurnError(f"{message}. See: {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m churn_core", description="Whom to keep when customers leave.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run, what: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
        sub.set_defaults(run=run)
        if run is not _serve:
            sub.add_argument("--json", action="store_true", help="print one JSON object on stdout")
        return sub

    command("data", _data, "get and verify the Telco data, and print the quality report")
    sub = command("train", _train, "train, evaluate and register a version of the model")
    sub.add_argument(
        "--data", type=Path, metavar="FILE", help=f"customers with the column {TELCO.target}; default: the Telco data"
    )
    sub.add_argument("--model", default=settings.PREFERRED_MODEL, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    sub = command("evaluate", _evaluate, "compare models by one protocol: the same folds for all, intervals paired by fold")
    sub.add_argument(
        "--models", metavar="a,b", help="names, separated by commas; default: all that are in the published comparison"
    )
    sub.add_argument("--data", type=Path, metavar="FILE", help="as for train")
    sub.add_argument("--folds", type=int, default=settings.FOLDS, metavar="N", help="default: %(default)s")
    sub.add_argument("--repeats", type=int, default=settings.REPEATS, metavar="N", help="default: %(default)s")
    sub.add_argument("--seed", type=int, default=settings.SEED, metavar="N", help="default: %(default)s")
    sub.add_argument("--output", type=Path, metavar="FILE", help=f"write it as JSON, as models/{compare.FILE} is")
    command("models", _models, "list the versions, newest first")
    sub = command("promote", _promote, "put a version into production")
    sub.add_argument("version", metavar="VERSION")
    command("rollback", _rollback, "back to the version that was in production before")
    sub = command("threshold", _threshold, "the threshold in force for the API and for files; with a VALUE, put it into force")
    sub.add_argument(
        "value", type=float, nargs="?", metavar="VALUE", help="0 to 1: contact everybody from this churn probability up"
    )
    sub.add_argument("--reason", default="", metavar="TEXT", help="kept with it")
    sub = command("score", _score, "score a CSV, TSV, Parquet or Excel file of customers")
    sub.add_argument("input", type=_place, metavar="INPUT")
    sub.add_argument(
        "--output",
        type=_place,
        required=True,
        metavar="OUT",
        help="the input's columns and the decisions: .csv, .parquet or .xlsx",
    )
    sub.add_argument("--rejects", type=Path, metavar="REJ", help="the rows that cannot be scored, and why")
    sub.add_argument(
        "--summary", type=Path, metavar="SUM", help="a few megabytes from which `optimise` and the page Campaign work"
    )
    sub.add_argument(
        "--engine",
        choices=("local", "spark"),
        default="local",
        help="spark: INPUT and OUT are files or folders of Parquet or CSV that Spark reads and writes; rejects stay in OUT",
    )
    _campaign_options(sub)
    sub = command("monitor", _monitor, "data quality and drift of a file, against what the version in production was trained on")
    sub.add_argument("input", type=Path, metavar="FILE")
    _campaign_options(sub)
    sub = command("optimise", _optimise, "the most profitable threshold for scored customers")
    sub.add_argument(
        "scored",
        type=Path,
        nargs="?",
        metavar="SCORED",
        help="a summary that score wrote, or "
        f"a file with churn_probability and clv or {TELCO.monthly_charge}, churned (0/1) making it a back-test; "
        "default: the customers of the dashboard, out of fold",
    )
    sub.add_argument("--how-sure", action="store_true", help="add intervals and the optimism of choosing; needs churned")
    sub.add_argument("--curve-points", type=int, metavar="N", help="thin the curve to about N rows")
    _campaign_options(sub)
    sub = command("serve", _serve, "the JSON API alone")
    sub.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    sub.add_argument("--port", type=int, default=5000, help="default: %(default)s")
    return parser


def _place(text: str) -> Path | str:
    """A path, or an address like s3a://bucket/folder as it was written: a path has no double slash."""
    return text if "://" in text else Path(text)


def _campaign_options(parser: argparse.ArgumentParser) -> None:
    for option in _OPTIONS:
        usual = "" if option.default is None else f"; default: {option.default:g}"
        text = f"{option.metadata['what']}{usual}"
        parser.add_argument(f"--{option.name.replace('_', '-')}", type=float, default=argparse.SUPPRESS, help=text)


def _plan(options: argparse.Namespace) -> Plan | None:
    """The plan that the options describe; ``None`` where none is given."""
    given = {option.name: getattr(options, option.name) for option in _OPTIONS if hasattr(options, option.name)}
    return Plan.from_dict(given) if given else None


def _decision(options: argparse.Namespace) -> tuple[Decision, list[str]]:
    """What the file is decided by, the options if any are given, and a sentence where it is something published."""
    plan = _plan(options)
    decision = Decision(plan=plan) if plan else open_store(settings.home()).decision(Plan())
    if decision.threshold is None:
        return decision, []
    name = f" of the campaign '{decision.name}'" if decision.name else ""
    return decision, [f"Decided by the published threshold {decision.threshold:.4f}{name}; campaign options decide otherwise."]


_OVER = "\r\033[K"  # back to the start of the line, and clear it


def _tell():
    """Progress goes to stderr, and only where somebody is watching; a share of the whole is written over the one before."""

    def tell(sentence: str, share: float | None = None) -> None:
        line = sentence if share is None else f"{share:4.0%}  {sentence}"
        print(_OVER + line, end="\n" if share in (None, 1) else "", file=sys.stderr, flush=True)

    return tell if sys.stderr.isatty() else lambda sentence, share=None: None


def _say(options: argparse.Namespace, *lines: str) -> None:
    if not options.json:
        print(*lines, sep="\n")


def _data(options: argparse.Namespace) -> dict:
    path = telco.obtain(settings.home() / "data", _tell())
    dataset = read_dataset(path)
    quality = dataset.quality
    _say(
        options,
        f"{path}: {quality.rows:,} customers, {dataset.customers[TELCO.target].mean():.2%} churned, SHA-256 verified",
        *(f"repaired: {r.column}: {r.what} ({r.count:,})" for r in quality.repairs),
        f"rejected: {quality.rejected:,} rows",
        *_findings_in_words(quality),
        *quality.warnings,
    )
    return {"path": str(path), "sha256": dataset.sha256, **quality.as_dict()}


def _train(options: argparse.Namespace) -> dict:
    home, tell = settings.home(), _tell()
    logs.set_up(home, console=False)
    version = train_on(home, options.data or telco.obtain(home / "data", tell), model=options.model, report=tell)
    metadata, production = version.metadata, Registry(home / "models").production_id() == version.model_id
    metrics = metadata["metrics"]
    _say(
        options,
        f"registered {version.model_id} in {metadata['seconds']:.1f} s"
        + (" and put it into production" if production else f"; use it: python -m churn_core promote {version.model_id}"),
        f"trained on {metadata['data']['rows']:,} customers of {metadata['data']['name']}",
        f"cross-validated: AUC {metrics['auc']['mean']:.4f}, Brier {metrics['brier']['mean']:.4f}, "
        f"log loss {metrics['log_loss']['mean']:.4f}, calibration error {metrics['pooled_calibration_error']:.4f}",
    )
    return {**metadata, "production": production}


def _evaluate(options: argparse.Namespace) -> dict:
    home, tell = settings.home(), _tell()
    protocol = Protocol(folds=options.folds, repeats=options.repeats, seed=options.seed)
    names = tuple(name.strip() for name in options.models.split(",")) if options.models is not None else compare.ALL
    dataset = read_dataset(options.data or telco.obtain(home / "data", tell))
    result = compare.compare(names, dataset, outcome(dataset), home / "models", protocol, tell)
    if options.output is not None:
        compare.write(result, options.output)
    compare.forget(result, dataset, home / "models")
    _say(options, *_comparison_in_words(result))
    return {
        **result,
        "models": {name: {k: v for k, v in m.items() if k != "out_of_fold"} for name, m in result["models"].items()},
    }


def _comparison_in_words(result: dict) -> list[str]:
    head = f"{'':28}{'AUC':>8}{'against plain, 95% interval':>34}{'log loss':>10}{'Brier':>8}{'ECE':>8}{'seconds':>9}"
    return [
        f"{result['data']['rows']:,} customers of {result['data']['name']}, {result['protocol']['folds']} folds × "
        f"{result['protocol']['repeats']}, seed {result['protocol']['seed']}; best log loss first",
        head,
        *(
            f"{r.model:28}{r.auc:8.4f}{f'{r.auc_minus:+.4f} [{r.auc_low:+.4f}, {r.auc_high:+.4f}]':>34}{r.log_loss:10.4f}"
            f"{r.brier:8.4f}{r.pooled_calibration_error:8.4f}{r.seconds:9.1f}"
            for r in compare.table(result).itertuples()
        ),
    ]


def _models(options: argparse.Namespace) -> dict:
    registry = Registry(settings.home() / "models")
    production = registry.production_id()
    versions = [{**metadata, "production": metadata["model_id"] == production} for metadata in registry.versions()]
    if not versions:
        _say(options, "There is no version yet. Train one: python -m churn_core train")
    for v in versions:
        _say(
            options,
            f"{'*' if v['production'] else ' '} {v['model_id']}  AUC {v['metrics']['auc']['mean']:.4f}  "
            f"Brier {v['metrics']['brier']['mean']:.4f}  {v['data']['rows']:,} customers of {v['data']['name']}",
        )
    return {"production": production, "versions": versions}


def _who() -> str:
    """Who is at the command line, as far as the machine knows."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):  # a container whose user has no name
        return "command line"


def _promote(options: argparse.Namespace) -> dict:
    logs.set_up(settings.home(), console=False)
    Registry(settings.home() / "models").promote(options.version, who=_who())
    _say(options, f"{options.version} is in production.")
    return {"production": options.version}


def _rollback(options: argparse.Namespace) -> dict:
    logs.set_up(settings.home(), console=False)
    model_id = Registry(settings.home() / "models").rollback(who=_who())
    _say(options, f"{model_id} is in production again.")
    return {"production": model_id}


def _threshold(options: argparse.Namespace) -> dict:
    store = open_store(settings.home())
    if options.value is not None:
        logs.set_up(settings.home(), console=False)
        store.publish(options.value, who=_who(), reason=options.reason, source="command line")
    published, history = store.in_force(), store.history(20)
    _say(
        options,
        "Nothing is published." if published is None else f"In force: {published.threshold:g}",
        *(
            f"{p.published_at:%Y-%m-%d %H:%M} UTC  {'none' if p.threshold is None else f'{p.threshold:g}'}  by {p.published_by}"
            f" ({p.source}){': ' + p.reason if p.reason else ''}"
            for p in history
        ),
    )
    lines = [{**vars(p), "published_at": p.published_at.isoformat(timespec="seconds")} for p in history]
    return {"threshold": None if published is None else published.threshold, "history": lines}


def _production(options: argparse.Namespace) -> Version:
    """The version in use; the first is trained on the spot. Real customers are not scored by what invented ones taught."""
    registry = Registry(settings.home() / "models")
    model_id = registry.production_id()
    version = registry.load(model_id) if model_id else open_workspace(settings.home(), _tell()).version
    if version.metadata["data"]["generated"]:
        raise ModelError(
            "The model was trained on generated customers, so its probabilities say nothing about yours. Connect to the "
            "internet and run: python -m churn_core data, then: python -m churn_core train, and promote the new version"
        )
    return version


def _score(options: argparse.Namespace) -> dict:
    if options.engine == "spark":
        return _score_on_spark(options)
    started = time.perf_counter()
    for place in (options.input, options.output):
        if isinstance(place, str):
            raise DataError(f"{place} is no file of this machine. Only Spark reads and writes such places: --engine spark")
    decision, said = _decision(options)
    targets = [path for path in (options.output, options.rejects) if path is not None]
    writers = [writer_for(path.name) for path in targets]
    _told_apart(options.input, options.summary, *targets)
    TableReader(options.input)  # what is no table is refused before anything is trained or written
    version, tell = _production(options), _tell()
    watch, why = _watch(version, decision)
    with ExitStack() as stack:
        unfinished = [stack.enter_context(Unfinished(path)) for path in targets]
        summary = stack.enter_context(Unfinished(options.summary)) if options.summary is not None else None
        out = [Target(stream=file.stream, writer=writer) for file, writer in zip(unfinished, writers, strict=True)]
        try:
            scored = score_file(
                options.input,
                version.model,
                decision.plan,
                decision.threshold,
                scored=out[0],
                rejects=out[1] if len(out) > 1 else None,
                report=tell,
                observe=_Observer(watch, options.summary is not None),
            )
        except NothingScored:
            if options.rejects is not None:
                unfinished[1].finish()
            raise
        if summary is not None:
            summary.stream.write(scored.observed.summary.to_bytes())
            summary.finish()
        for file in reversed(unfinished):  # the scored file last: where it is, the others are
            file.finish()
    quality, warnings = scored.quality, [*said, *scored.warnings]
    judgement = watch.judge(scored.observed.watched) if watch else None
    if judgement:
        why = _keep_record(SCORED, options.input, version, scored, judgement)
    warnings += [f"What the file looks like was not kept for monitoring. {why}"] if why else []
    if scored.harmless:
        warnings.append(f"{scored.harmless:,} cells that a spreadsheet would run as a formula got a leading apostrophe.")
    if quality.rejected and options.rejects is None:
        warnings.append(f"{quality.rejected:,} rows were rejected; --rejects FILE writes them with their reasons.")
    result = {
        "rows": quality.rows,
        "scored": quality.kept,
        "rejected": quality.rejected,
        "contact": scored.contacts,
        "expected_profit": scored.expected_profit,
        "threshold": decision.threshold,
        "repairs": [{"column": r.column, "what": r.what, "count": r.count} for r in quality.repairs],
        "findings": [finding_as_dict(f) for f in quality.findings],
        "warnings": warnings,
        "output": str(options.output),
        "rejects": None if options.rejects is None else str(options.rejects),
        "summary": None if options.summary is None else str(options.summary),
        "model_id": version.model_id,
        "verdict": judgement.verdict.sentence if judgement else None,
        "seconds": round(time.perf_counter() - started, 3),
    }
    tell(f"{quality.rows:,} rows", 1)
    _say(
        options,
        f"{options.output}: {result['scored']:,} of {result['rows']:,} rows scored, {result['rejected']:,} rejected, "
        f"{result['contact']:,} worth contacting for an expected profit of {result['expected_profit']:,.0f}",
        *(f"row {r.row}: {r.problem}" for r in scored.rejects.head(10).itertuples()),
        *(f"repaired: {r.column}: {r.what} ({r.count:,})" for r in quality.repairs),
        *_findings_in_words(quality),
        *([judgement.verdict.sentence] if judgement else []),
        *(f"note: {warning}" for warning in warnings),
    )
    return result


def _told_apart(*places: Path | str | None) -> None:
    """Nothing is written over what is read, nor over what else is written."""
    files = [place.resolve() if isinstance(place, Path) else place for place in places if place is not None]
    if len(set(files)) < len(files):
        raise DataError("INPUT, --output, --rejects and --summary have to be different files. Give each its own name.")


def _score_on_spark(options: argparse.Namespace) -> dict:
    started = time.perf_counter()
    _told_apart(options.input, options.output, options.summary)
    decision, said = _decision(options)
    if options.rejects is not None:
        raise DataError(
            "On Spark the rows that cannot be scored stay in OUT, with the reason in the column problem. Leave --rejects out."
        )
    said = [*said, "On Spark nothing is kept for monitoring: run `monitor` on a sample of the list."]
    version, tell = _production(options), _tell()
    tell("Starting Spark …")
    kind = "csv" if str(options.output).lower().endswith(".csv") else "parquet"
    figures, summary = spark.score_path(options.input, options.output, version, decision.plan, decision.threshold, kind=kind)
    if options.summary is not None:
        write_whole(options.summary, summary.to_bytes())
    _say(
        options,
        f"{options.output}: {figures['scored']:,} of {figures['rows']:,} rows scored, {figures['rejected']:,} rejected, "
        f"{figures['contact']:,} worth contacting for an expected profit of {figures['expected_profit']:,.0f}",
        *(f"note: {warning}" for warning in said),
    )
    return {
        **figures,
        "threshold": decision.threshold,
        "warnings": said,
        "output": str(options.output),
        "rejects": None,
        "summary": None if options.summary is None else str(options.summary),
        "model_id": version.model_id,
        "seconds": round(time.perf_counter() - started, 3),
    }


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What is kept of the customers of a file, for the watch and for the campaign; ``a + b`` is of both parts."""

    watched: Watched | None = None
    summary: Summary | None = None

    def __add__(self, other: "_Seen") -> "_Seen":
        return _Seen(
            watched=None if self.watched is None else self.watched + other.watched,
            summary=None if self.summary is None else self.summary + other.summary,
        )


@dataclass(frozen=True)
class _Observer:
    watch: Watch | None
    summarise: bool

    def __call__(self, scored: ScoredTable, part: RawTable) -> _Seen:
        probability = scored.scored["churn_probability"].to_numpy()
        charge = scored.customers[TELCO.monthly_charge].to_numpy()
        return _Seen(
            watched=self.watch.observe(scored, part) if self.watch else None,
            summary=Summary.of(probability, charge) if self.summarise else None,
        )


def _watch(version: Version, decision: Decision) -> tuple[Watch | None, str]:
    """The watch over the version, or why there is none: a file is scored without it, too."""
    try:
        workspace = open_workspace(settings.home(), training="never")
        if workspace.version.model_id != version.model_id:
            return None, "The version in production has just changed."
        return Watch(workspace, decision.plan, decision.threshold), ""
    except ChurnError as error:
        return None, str(error)


def _keep_record(what: str, path: Path, version: Version, scored: ScoredFile, judgement: Judgement) -> str:
    """Keep what is known of a file; why that could not be done, if so."""
    is_scored = what == SCORED
    try:
        ScoredFiles(open_store(settings.home())).add(
            what=what,
            name=path.name,
            who=_who(),
            model_id=version.model_id,
            rows=scored.quality.rows,
            kept=scored.quality.kept,
            repaired=scored.repaired,
            judgement=judgement.as_dict(),
            profile=judgement.profile,
            contacts=scored.contacts if is_scored else None,
            expected_profit=scored.expected_profit if is_scored else None,
        )
    except ChurnError as error:
        return str(error)
    return ""


def _monitor(options: argparse.Namespace) -> dict:
    decision, said = _decision(options)
    TableReader(options.input)
    version, tell = _production(options), _tell()
    watch, why = _watch(version, decision)
    if watch is None:
        raise ModelError(why)
    checked = check_file(options.input, version.model, decision.plan, decision.threshold, report=tell, observe=watch.observe)
    judgement, quality = watch.judge(checked.observed), checked.quality
    why = _keep_record(CHECKED, options.input, version, checked, judgement)
    warnings = [*said, *checked.warnings, *([f"This check was not kept. {why}"] if why else [])]
    tell(f"{quality.rows:,} rows", 1)
    moved = judgement.drift[judgement.drift["level"] != "none"].sort_values("psi", ascending=False)
    money = judgement.money
    _say(
        options,
        judgement.verdict.sentence,
        *(f"{row.level}: {row.sentence}" for row in moved.itertuples()),
        *(f"{row.level}: {row.sentence}" for row in judgement.unseen.itertuples()),
        *([f"outcomes: {judgement.outcomes.sentence}"] if judgement.outcomes else []),
        f"money: per 1,000 customers the threshold in force earns {money.profit_per_1000:,.0f}, the best for this file "
        f"{money.best_profit_per_1000:,.0f}; it earned {money.reference_profit_per_1000:,.0f} on the customers trained on",
        f"{quality.rows:,} rows, {quality.kept:,} usable, {quality.rejected:,} rejected",
        *(f"{f.kind}: {f.column}: {f.what} ({f.count:,}); {f.done}" for f in quality.findings),
        *(f"repaired: {r.column}: {r.what} ({r.count:,})" for r in quality.repairs),
        *(f"note: {warning}" for warning in warnings),
    )
    return {
        **judgement.as_dict(),
        "quality": {**quality.as_dict(), "rejects": checked.rejects[["row", "problem"]].to_dict("records")},
        "warnings": warnings,
        "model_id": version.model_id,
        "reference": {"rows": watch.reference.profile.rows, "data": version.metadata["data"]["name"]},
    }


def _findings_in_words(quality: QualityReport) -> list[str]:
    """What was found besides what is told as a repair, a reject or a warning."""
    told = (CONTRADICTION, CONSTANT)
    return [
        f"found: {f.column}: {f.what} ({f.count:,}); {f.done}" + (f"; {examples(f)}" if f.rows else "")
        for f in quality.findings
        if f.kind in told
    ]


def _optimise(options: argparse.Namespace) -> dict:
    plan = _plan(options) or Plan()
    if options.curve_points is not None and options.curve_points < 2:
        raise DataError("--curve-points must be 2 or more: the curve has two ends.")
    if options.scored is not None and is_summary(options.scored):
        if options.how_sure:
            raise DataError("How sure a profit is can be told from what happened only, and a summary holds no outcomes.")
        result = optimum_of_summary(Summary.from_bytes(options.scored.read_bytes()), plan, options.curve_points)
        _say(options, *in_words(result))
        return result
    if options.scored is None:
        workspace = open_workspace(settings.home(), _tell())
        charge = workspace.customers[TELCO.monthly_charge].to_numpy()
        churned = workspace.churned if options.how_sure else None
        money = Money(probability=workspace.probability, monthly_charge=charge, churned=churned)
    else:
        table = read_table(options.scored)
        for line in table.rejects.itertuples():
            raise DataError(f"Row {line.row} {line.problem}. Mend it or leave the row out.")
        money = scored_money(table.frame)
    result = optimum(money, plan, options.curve_points, options.how_sure)
    _say(options, *in_words(result))
    return result


def _check_port(host: str, port: int) -> None:
    if not 0 <= port <= 65535:
        raise ChurnError(f"--port must be between 0 and 65535, got {port}. Write one that is free, like 5000.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why = error.strerror or error
        raise ChurnError(f"serve cannot use port {port} of {host} ({why}). Choose another with --port.") from error


def _serve(options: argparse.Namespace) -> None:
    if not is_loopback("127.0.0.1" if options.host == "localhost" else options.host) and not os.environ.get("CHURN_API_TOKEN"):
        raise ChurnError(f"serve binds {options.host} only with a token. Set CHURN_API_TOKEN, or use --host 127.0.0.1")
    _check_port(options.host, options.port)
    home = settings.home()
    logs.set_up(home)
    serve(Service(home, report=print, training="first").start(), options.host, options.port)
