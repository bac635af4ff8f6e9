"""How the tables came to be what they are: step N makes version N of the database out of version N - 1.

What a step does is never changed once it has been released, since databases everywhere have taken it. To change the tables,
add a function here, append it to ``STEPS``, and bring ``tables`` to what it makes. A column more, for example::

    def campaigns_have_an_owner(c: sa.Connection) -> None:
        c.exec_driver_sql("ALTER TABLE campaigns ADD COLUMN owner VARCHAR(120) NOT NULL DEFAULT ''")
"""

from collections.abc import Callable

import sqlalchemy as sa

Step = Callable[[sa.Connection], None]

_FIRST = sa.MetaData()
sa.Table(
    "campaigns",
    _FIRST,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("threshold", sa.Double),
    sa.Column("contacted", sa.Integer, nullable=False),
    sa.Column("expected_profit", sa.Double, nullable=False),
    sa.Column("expected_spend", sa.Double, nullable=False),
    sa.Column("model_id", sa.String(120), nullable=False),
    sa.Column("data_sha256", sa.String(64), nullable=False),
    sa.Column("saved_at", sa.DateTime, nullable=False),
    sa.Column("saved_by", sa.String(120), nullable=False),
    sa.Column("archived_at", sa.DateTime),
)
sa.Table(
    "publications",
    _FIRST,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("replaces", sa.Integer, nullable=False),
    sa.Column("restores", sa.Integer),
    sa.Column("threshold", sa.Double),
    sa.Column("campaign_id", sa.String(32), sa.ForeignKey("campaigns.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.String(120), nullable=False),
    sa.Column("published_at", sa.DateTime, nullable=False),
    sa.Column("published_by", sa.String(120), nullable=False),
)
sa.Table(
    "scored_files",
    _FIRST,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("model_id", sa.String(120), nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("kept", sa.BigInteger, nullable=False),
    sa.Column("repaired", sa.BigInteger, nullable=False),
    sa.Column("contacts", sa.BigInteger),
    sa.Column("expected_profit", sa.Double),
    sa.Column("judgement", sa.JSON, nullable=False),
    sa.Column("profile", sa.JSON, nullable=False),
)


def first_tables(c: sa.Connection) -> None:
    """Make the tables that are missing. A database from before there were versions has them, the one of files perhaps not.

    Raises ``ValueError`` where a table of such a name is another program's.
    """
    found = sa.inspect(c)
    for name in set(_FIRST.tables) & set(found.get_table_names()):
        if not {column.name for column in _FIRST.tables[name].columns} <= {column["name"] for column in found.get_columns(name)}:
            raise ValueError(f"its table {name} belongs to another program")
    _FIRST.create_all(c)


def stored_json_says_its_format(c: sa.Connection) -> None:
    """Each plan, judgement and profile gets the number of its format, so that it can ever have another."""
    for table, key, name in (
        ("campaigns", "position", "plan"),
        ("scored_files", "id", "judgement"),
        ("scored_files", "id", "profile"),
    ):
        rows = sa.table(table, sa.column(key, sa.Integer), sa.column(name, sa.JSON))
        for number in c.execute(sa.select(rows.c[key])).scalars().all():  # one at a time: a summary of a file is some 10 KB
            this = rows.c[key] == number
            value = c.execute(sa.select(rows.c[name]).where(this)).scalar_one()
            c.execute(rows.update().where(this).values({name: {"format": 1, **value}}))


def rows_say_whose_they_are(c: sa.Connection) -> None:
    """Each campaign, publication and file says whose customers it is about; those of before are about Telco's."""
    for table in ("campaigns", "publications", "scored_files"):
        c.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN company VARCHAR(16) NOT NULL DEFAULT '6363110ab83cb9c3'")
        c.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN company_name VARCHAR(120) NOT NULL DEFAULT 'Telco'")
        c.exec_driver_sql(f"CREATE INDEX ix_{table}_company ON {table} (company)")


_DRAWS = sa.MetaData()
sa.Table(
    "draws",
    _DRAWS,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("campaign_id", sa.String(32), nullable=False),
    sa.Column("drawn_at", sa.DateTime, nullable=False),
    sa.Column("drawn_by", sa.String(120), nullable=False),
    sa.Column("days", sa.Integer),
    sa.Column("share", sa.Double, nullable=False),
    sa.Column("salt", sa.String(120), nullable=False),
    sa.Column("treated", sa.Integer, nullable=False),
    sa.Column("control", sa.Integer, nullable=False),
    sa.Column("expected_profit", sa.Double, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("customers", sa.LargeBinary, nullable=False),
    sa.Column("company", sa.String(16), nullable=False, index=True),
    sa.Column("company_name", sa.String(120), nullable=False),
)
sa.Table(
    "results",
    _DRAWS,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("draw_id", sa.Integer),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("file_sha256", sa.String(64), nullable=False),
    sa.Column("measured_at", sa.DateTime, nullable=False),
    sa.Column("measured_by", sa.String(120), nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("company", sa.String(16), nullable=False, index=True),
    sa.Column("company_name", sa.String(120), nullable=False),
)


def draws_and_results_are_kept(c: sa.Connection) -> None:
    """Who was drawn for a campaign and who was left alone; and what the campaign then did."""
    _DRAWS.create_all(c)


STEPS: tuple[Step, ...] = (first_tables, stored_json_says_its_format, rows_say_whose_they_are, draws_and_results_are_kept)
