"""What is written about the side tables.

Whatever is there already stays as it is: the first stores had no number.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from have_we_met.store.migrations.tables import OfTable

revision = "0001"
down_revision = None


def upgrade(tables: Sequence[OfTable]) -> None:
    """Create ``hwm_meta``."""
    op.create_table(
        "hwm_meta",
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        if_not_exists=True,
    )
