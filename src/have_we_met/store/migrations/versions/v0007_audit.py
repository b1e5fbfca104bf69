"""The audit, and the tombstones of those who were erased.

Stores that were opened since these came have them already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from have_we_met.store.migrations.tables import OfTable

revision = "0007"
down_revision = "0006"

_PARTS = ("at", "action", "actor", "policy", "records", "marks", "facts", "previous", "seal")


def upgrade(tables: Sequence[OfTable]) -> None:
    """Create the three for each table of contacts."""
    for table in tables:
        number = sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False)
        _create(table, "audit", number, *map(_text, _PARTS))
        place = sa.Column("place", sa.Integer, primary_key=True, autoincrement=False)
        number = sa.Column("number", sa.BigInteger, nullable=False)
        _create(table, "audit_head", place, number, *map(_text, ("seal", "secret")))
        mark = sa.Column("mark", sa.Text, primary_key=True)
        _create(table, "tombstones", mark, *map(_text, ("secret", "erased_at")))


def _create(table: OfTable, end: str, *columns: sa.Column[Any]) -> None:
    name = f"{table.stem}_{end}"
    op.create_table(name, *columns, schema=table.schema, if_not_exists=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)
