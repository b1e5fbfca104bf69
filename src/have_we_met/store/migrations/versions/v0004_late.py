"""Notes of records that were created upon an incomplete answer, and whom these duplicate."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from have_we_met.store.migrations.tables import OfTable

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade(tables: Sequence[OfTable]) -> None:
    """Create both for each table of contacts."""
    for table in tables:
        _notes(table)
        _matches(table)


def _notes(table: OfTable) -> None:
    name = f"{table.stem}_late"
    op.create_table(
        name,
        sa.Column("number", _NUMBER, sa.Identity(), primary_key=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("lookup_id", sa.Text, nullable=False),
        sa.Column("lacks", sa.Text, nullable=False),
        sa.Column("noted_at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("answered_at", sa.Text),
        schema=table.schema,
        if_not_exists=True,
    )
    _index(table, f"{name}_record", name, "record_id", unique=True)
    _index(table, f"{name}_due", name, "state", "due_at")
    _index(table, f"{name}_age", name, "verdict", "answered_at")


def _matches(table: OfTable) -> None:
    name = f"{table.stem}_late_matches"
    op.create_table(
        name,
        sa.Column("note", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
        schema=table.schema,
        if_not_exists=True,
    )
    _index(table, f"{table.stem}_late_match", name, "record_id")


def _index(table: OfTable, name: str, of: str, *columns: str, unique: bool = False) -> None:
    op.create_index(name, of, columns, schema=table.schema, unique=unique, if_not_exists=True)
