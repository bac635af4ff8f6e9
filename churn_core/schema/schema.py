"""A customer table as a value: its columns, its segments, and what a customer is worth.

Nothing in the core spells a column name but the schemas themselves and the terms of a model written for one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from churn_core.schema.column import Column, Role
from churn_core.schema.segment import Segment


@dataclass(frozen=True, kw_only=True, eq=False)
class Schema:
    """The columns of one company's customer table, in their usual order, its segments, and the ``rule`` of thumb by which
    one would choose whom to contact without a model.

    What a customer is worth is said by the column of the monthly charge, by one of lifetime values (role ``clv``), or by one
    amount for all, ``clv`` in money. ``currency`` is written beside amounts. ``window`` months is the time within which those who
    left did so; ``None`` where nobody has said. ``decimal`` is the decimal mark of the file that the columns were proposed for: a
    customer whose numbers do not show one is taken to have it; empty where there was no such file. With ``twins_together`` rows that
    agree in everything but the id stay in one fold of a cross-validation, as those of one ``group`` do. ``left_out`` are columns of
    the file that are not used → the reason.
    """

    name: str
    columns: tuple[Column, ...]
    segments: tuple[Segment, ...] = ()
    rule: Segment | None = None
    clv: float | None = None
    currency: str = ""
    window: float | None = None
    decimal: str = ""
    twins_together: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def exact_names(self) -> frozenset[str]:
        """The names that stand for one column of the file and no other: those of the columns, and of what is left out."""
        return frozenset(self._by_name) | frozenset(self.left_out)

    @cached_property
    def _by_role(self) -> dict[str, str]:
        return {column.role: column.name for column in reversed(self.columns)}

    def named(self, role: Role) -> str:
        """The name of the one column with ``role``; ``KeyError`` where the schema has none."""
        if role not in self._by_role:
            raise KeyError(f"the schema {self.name} has no column with the role {role}")
        return self._by_role[role]

    @property
    def id(self) -> str:
        return self.named("id")

    @property
    def target(self) -> str:
        return self.named("target")

    @property
    def tenure(self) -> str | None:
        """``None`` where the schema has none."""
        return self._by_role.get("tenure")

    @property
    def monthly_charge(self) -> str | None:
        """``None`` where customers are worth something else, see ``clv``."""
        return self._by_role.get("monthly_charge")

    @property
    def total_charge(self) -> str | None:
        """``None`` where the schema has none: it repeats what tenure and monthly charge say."""
        return self._by_role.get("total_charge")

    @property
    def tenure_and_charge(self) -> tuple[str, str]:
        """Both names of a schema with a total charge, which is about their product. Raises ``KeyError`` where one is missing."""
        return self.named("tenure"), self.named("monthly_charge")

    @property
    def clv_column(self) -> str | None:
        """The column of lifetime values, ``None`` where the schema has none."""
        return self._by_role.get("clv")

    @property
    def group(self) -> str | None:
        """The column by which several rows belong to one customer, if there is one."""
        return self._by_role.get("group")

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """Every column but the target: what a customer to be scored consists of."""
        return tuple(column for column in self.columns if column.role != "target")

    @cached_property
    def to_score(self) -> "Schema":
        """The same without the outcome: what happened is never used to say what will."""
        return replace(self, columns=self.inputs)

    @property
    def day(self) -> str:
        """The day (YYYY-MM-DD) to which dates are counted; empty where the schema has none."""
        return next((column.counted_to for column in self.columns if column.counted_to), "")

    def on_day(self, day: str) -> "Schema":
        """The same with dates counted to that day (YYYY-MM-DD)."""
        columns = (replace(column, counted_to=day) if column.counted_to else column for column in self.columns)
        return self if day == self.day else replace(self, columns=tuple(columns))

    @property
    def of_a_file(self) -> bool:
        """Whether the columns were proposed for a file: what stands around the table in such a file is left out, and said."""
        return bool(self.decimal)

    @property
    def yes_no(self) -> tuple[Column, ...]:
        """What a customer has or has not: the columns whose values include Yes and No, flags too."""
        return tuple(c for c in self.inputs if c.kind == "flag" or {"Yes", "No"} <= set(c.allowed))

    def grouped(self, group: str) -> tuple[Column, ...]:
        """The categories and flags of one group (``account``, ``service``, ``person``), for pages."""
        return tuple(column for column in self.columns if column.group == group and column.kind in ("category", "flag"))
