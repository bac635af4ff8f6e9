"""What is proposed for a raw table: a value that can be shown, written as JSON and read again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from churn_core.data.proposing.raw_column import ProposedKind
from churn_core.errors import DataError

Confidence = Literal["sure", "likely", "ask"]
ProposedRole = Literal["id", "target", "charge", "clv", "tenure", "total", "feature", "sensitive", "left out"]
Period = Literal["month", "year", "week"]
TenureUnit = Literal["months", "days", "weeks", "years", "start date"]
FORMAT = 2  # of the JSON; a program that reads another one says so


@dataclass(frozen=True, kw_only=True)
class Target:
    """The column that says who left. ``left`` and ``stayed`` are the spellings of each in the file, the most frequent first.
    ``filled``: whoever has any value there has left, and a blank means stayed; then both are empty. ``new`` are the spellings of
    customers who have only just joined.
    """

    column: str
    left: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()
    filled: bool = False
    new: tuple[str, ...] = ()
    confidence: Confidence
    reason: str


@dataclass(frozen=True, kw_only=True)
class Id:
    """The column that says who the customer is. ``repeated`` rows repeat the id of an earlier row."""

    column: str
    repeated: int = 0
    confidence: Confidence
    reason: str


@dataclass(frozen=True, kw_only=True)
class Money:
    """What a customer is worth: a ``charge`` per ``period``, a column of lifetime values (``clv``), or one ``fixed`` amount for
    all, which somebody said; ``none`` where that has to be asked. ``period`` is ``None`` where it has to be asked.
    """

    kind: Literal["charge", "clv", "fixed", "none"]
    column: str = ""
    period: Period | None = None
    amount: float | None = None
    confidence: Confidence
    reason: str


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """How long a customer has been here, in ``unit``. An asked unit is a guess by the size of the numbers."""

    column: str
    unit: TenureUnit
    confidence: Confidence
    reason: str


@dataclass(frozen=True, kw_only=True)
class ColumnProposal:
    """What one column of the file is for. ``auc``: how well it alone tells who left (0.5–1), where that is above 0.9.

    ``blank`` rows hold nothing. ``values`` are its distinct ones where they are few words, ``low`` and ``high`` the ends of its
    numbers. ``day_format`` is how its dates are written, ``suffix`` what stands behind each number, ``thousands`` what between its
    thousands. ``used``: of a sensitive column, whether somebody said to use it.
    """

    name: str
    role: ProposedRole
    kind: ProposedKind
    confidence: Confidence
    reason: str
    leak: bool = False
    auc: float | None = None
    blank: int = 0
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    day_format: str = ""
    suffix: str = ""
    thousands: str = ""
    used: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """What has to be asked: ``what`` it is about, the ``question``, and the ``option`` of the command line that answers it."""

    what: str
    question: str
    option: str


@dataclass(frozen=True, kw_only=True)
class Customers:
    """The rows that would be learnt from: ``usable`` of ``rows``, of whom ``left`` did. ``without_outcome`` are blank or of
    other words, ``new`` have only just joined. ``twins`` agree with another row in everything but the id,
    ``near_twins`` (they too) in everything but the id and at most one other column.
    """

    rows: int
    usable: int
    left: int
    new: int = 0
    without_outcome: int = 0
    twins: int = 0
    near_twins: int = 0


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A role and a kind for every column of a table, in the file's order, and what follows from them.

    Dates count to the ``day`` (YYYY-MM-DD; empty without dates). ``currency`` is a label for amounts, ``window`` the months within
    which those who left did so; ``None`` where nobody has said. ``group`` is a column by which several rows belong to one customer;
    they have to stay in one fold. ``notes`` say what was left out on the way. ``problems`` are why nothing can be learnt from the
    table; ``questions`` have to be answered before something is.
    """

    columns: tuple[ColumnProposal, ...]
    target: Target | None
    id: Id | None
    money: Money
    tenure: Tenure | None
    group: str | None
    customers: Customers
    decimal: str = "."
    day: str = ""
    currency: str = ""
    window: float | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    def __getitem__(self, name: str) -> ColumnProposal:
        return next(column for column in self.columns if column.name == name)

    @property
    def features(self) -> tuple[ColumnProposal, ...]:
        """What a model may learn from, the charge and the tenure too; without sensitive columns."""
        return tuple(column for column in self.columns if column.role in ("feature", "charge", "tenure", "total"))

    @property
    def left_out(self) -> tuple[ColumnProposal, ...]:
        return tuple(column for column in self.columns if column.role == "left out")

    @property
    def leaks(self) -> tuple[ColumnProposal, ...]:
        """Left out because they tell afterwards who left."""
        return tuple(column for column in self.columns if column.leak)

    @property
    def used_sensitive(self) -> tuple[ColumnProposal, ...]:
        """Those that somebody said to use."""
        return tuple(column for column in self.sensitive if column.used)

    @property
    def has_a_total(self) -> bool:
        """Whether a total can be told by tenure and monthly charge."""
        return (
            self.money.kind == "charge" and self.tenure is not None and self[self.tenure.column].kind not in ("band", "category")
        )

    @property
    def sensitive(self) -> tuple[ColumnProposal, ...]:
        return tuple(column for column in self.columns if column.role == "sensitive")


def as_json(proposal: Proposal) -> dict[str, Any]:
    """The proposal as JSON values: its fields, and beside them ``features``, ``left_out``, ``leaks`` and ``sensitive`` by name.

    ``target`` also has the one word ``left`` that means it. ``ask`` are the questions.
    """
    value = {"format": FORMAT, **_lists(asdict(proposal))}
    value["ask"] = value.pop("questions")
    if proposal.target is not None:
        words = value["target"].pop("left")
        value["target"] |= {"left": words[0] if words else "", "left_words": words}
    value["features"] = [{"column": each.name, "kind": each.kind, "confidence": each.confidence} for each in proposal.features]
    value["left_out"] = [
        {"column": each.name, "reason": each.reason, "confidence": each.confidence} for each in proposal.left_out
    ]
    value["leaks"] = [{"column": each.name, "auc": each.auc} for each in proposal.leaks]
    value["sensitive"] = [each.name for each in proposal.sensitive]
    return value


def from_json(value: Mapping[str, Any]) -> Proposal:
    """The proposal of a JSON value that ``as_json`` gave. Raises ``DataError`` where it is none, or of another format."""
    if value.get("format") != FORMAT:
        raise DataError(f"This is no proposal of format {FORMAT}. Make it again with this program.")
    try:
        target = value["target"]
        if target is not None:
            target = Target(
                **{name: _tuple(each) for name, each in target.items() if name not in ("left", "left_words")},
                left=tuple(target["left_words"]),
            )
        return Proposal(
            columns=tuple(ColumnProposal(**{name: _tuple(each) for name, each in column.items()}) for column in value["columns"]),
            target=target,
            id=value["id"] and Id(**value["id"]),
            money=Money(**value["money"]),
            tenure=value["tenure"] and Tenure(**value["tenure"]),
            group=value["group"],
            customers=Customers(**value["customers"]),
            decimal=value["decimal"],
            day=value["day"],
            currency=value["currency"],
            window=value["window"],
            notes=tuple(value["notes"]),
            problems=tuple(value["problems"]),
            questions=tuple(Question(**each) for each in value["ask"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"The proposal cannot be read ({error}). Make it again with this program.") from error


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lists(each) for name, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, (list, tuple)) else value


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
