"""Which layout the tables that outlive generations have: a number in a table of its own.

The number is that of the newest step in :mod:`.migrations` that was taken. Its table is not the one
that an application's own Alembic writes to, so neither gets in the way of the other.
"""

from __future__ import annotations

import sqlalchemy as sa

from .statements import Statement, compile_statement

NEWEST = "0007"
"""The layout that this version makes."""

LAYOUT = sa.Table(
    "hwm_alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    # Named as Alembic names it.
    sa.PrimaryKeyConstraint("version_num", name="hwm_alembic_version_pkc"),
)


def note_newest(dialect: sa.Dialect) -> Statement:
    """Note the newest layout, where none is noted yet.

    >>> import sqlalchemy.dialects.sqlite as sqlite
    >>> note_newest(sqlite.dialect()).text.split()[:3]
    ['INSERT', 'INTO', 'hwm_alembic_version']
    """
    newest: sa.Select[str] = sa.select(sa.literal_column(f"'{NEWEST}'")).where(
        ~sa.exists(sa.select(LAYOUT.c.version_num))
    )
    query = sa.insert(LAYOUT).from_select(["version_num"], newest)
    return compile_statement("note_layout", query, dialect)
