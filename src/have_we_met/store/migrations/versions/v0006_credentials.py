"""Credentials: who may ask a server, and for what.

Stores that were opened since these came have them already.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from have_we_met.store.migrations.tables import OfTable

revision = "0006"
down_revision = "0005"


def upgrade(tables: Sequence[OfTable]) -> None:
    """Create ``hwm_credentials``, one for all tables of contacts."""
    op.create_table(
        "hwm_credentials",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("operations", sa.Text, nullable=False),
        sa.Column("origins", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("limits", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text),
        sa.Column("revoked_at", sa.Text),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("old_mark", sa.Text),
        sa.Column("old_until", sa.Text),
        if_not_exists=True,
    )
    op.create_index(
        "hwm_credentials_entity",
        "hwm_credentials",
        ["entity", "created_at"],
        if_not_exists=True,
    )
