"""Stamps, by which caches know that what they hold is still true.

Stores that were opened since these came have them already.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from have_we_met.store.migrations.tables import OfTable

revision = "0005"
down_revision = "0004"


def upgrade(tables: Sequence[OfTable]) -> None:
    """Create the stamps of each table of contacts."""
    for table in tables:
        op.create_table(
            f"{table.stem}_stamps",
            sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("stamp", sa.BigInteger, nullable=False),
            schema=table.schema,
            if_not_exists=True,
        )
