"""Indexes by which old answers are found, and the judgements of one pair.

An index on the lesser id alone was there before, under the same name.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

from have_we_met.store.migrations.tables import OfTable

revision = "0003"
down_revision = "0002"


def upgrade(tables: Sequence[OfTable]) -> None:
    """Create the one, and the others anew."""
    op.create_index(
        "hwm_idempotency_age", "hwm_idempotency", ["entity", "created_at"], if_not_exists=True
    )
    for table in tables:
        name = f"{table.stem}_judgements"
        op.drop_index(f"{name}_left", name, schema=table.schema, if_exists=True)
        op.create_index(f"{name}_left", name, ["left_id", "right_id"], schema=table.schema)
