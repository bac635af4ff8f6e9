"""What cleaning found and did: a count of every repair, a reason for every rejected row."""

from dataclasses import dataclass, field, replace

import pandas as pd


def no_rejects() -> pd.DataFrame:
    """An empty table of rejected rows."""
    return pd.DataFrame({"row": pd.Series(dtype="int64"), "problem": pd.Series(dtype="str")})


@dataclass(frozen=True, kw_only=True)
class Repair:
    """``count`` values of ``column`` were mended; ``what`` says how, in words."""

    column: str
    what: str
    count: int


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """The account of one table's cleaning; ``rows = kept + rejected``.

    ``rejects`` has the columns ``row`` (the row's label: for a file its line) and ``problem`` (what is wrong
    and the mend; several problems of a row are joined by a semicolon). ``warnings`` are sentences about things
    that were left as they are.
    """

    rows: int
    kept: int
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[str, ...] = ()
    rejects: pd.DataFrame = field(default_factory=no_rejects)

    def with_unread(self, unread: pd.DataFrame) -> "QualityReport":
        """The same with the lines that were no row of the table at all (``row``, ``problem``) among the rejects."""
        if unread.empty:
            return self
        rejects = pd.concat([self.rejects, unread]) if len(self.rejects) else unread
        return replace(self, rows=self.rows + len(unread), rejects=rejects.sort_values("row", kind="stable", ignore_index=True))

    @property
    def rejected(self) -> int:
        return len(self.rejects)

    def as_dict(self) -> dict:
        """The report as JSON values."""
        return {
            "rows": self.rows,
            "kept": self.kept,
            "rejected": self.rejected,
            "repairs": [{"column": r.column, "what": r.what, "count": r.count} for r in self.repairs],
            "warnings": list(self.warnings),
            "rejects": self.rejects.to_dict("records"),
        }

    def repair_table(self) -> pd.DataFrame:
        """Columns: ``Column``, ``What was repaired``, ``Values`` (count)."""
        return pd.DataFrame(
            [(r.column, r.what, r.count) for r in self.repairs], columns=["Column", "What was repaired", "Values"]
        )
