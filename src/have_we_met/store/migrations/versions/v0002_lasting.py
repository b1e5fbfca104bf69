"""Answers that were given under an idempotency key, and judgements.

Stores that were opened since these came have them already.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from have_we_met.store.migrations.tables import OfTable

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade(tables: Sequence[OfTable]) -> None:
    """Create ``hwm_idempotency``, and the judgements of each table of contacts."""
    op.create_table(
        "hwm_idempotency",
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("key_mark", sa.Text, primary_key=True),
        sa.Column("body_mark", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        if_not_exists=True,
    )
    for table in tables:
        _judgements(table)


def _judgements(table: OfTable) -> None:
    name = f"{table.stem}_judgements"
    op.create_table(
        name,
        sa.Column("number", _NUMBER, sa.Identity(), primary_key=True),
        sa.Column("left_id", sa.Text, nullable=False),
        sa.Column("right_id", sa.Text, nullable=False),
        sa.Column("judgement", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("judged_by", sa.Text, nullable=False),
        sa.Column("judged_at", sa.Text, nullable=False),
        schema=table.schema,
        if_not_exists=True,
    )
    for side in ("left", "right"):
        op.create_index(
            f"{name}_{side}", name, [f"{side}_id"], schema=table.schema, if_not_exists=True
        )
