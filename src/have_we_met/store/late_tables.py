"""The tables of late verdicts: a row a note, and a row a record that one names.

They outlive every generation, as those in :mod:`.lasting` do, and hold ids, marks and moments::

    hwm_contacts_late           records that were created upon an incomplete answer
    hwm_contacts_late_matches   which records they duplicate, or may duplicate
"""

from __future__ import annotations

import sqlalchemy as sa

from .contacts import Contacts
from .side import NUMBER, stem_of


def late_table(contacts: Contacts) -> sa.Table:
    """Describe the table of notes; ``record_id`` is a primary key as JSON, and has one note."""
    name = f"{stem_of(contacts)}_late"
    return sa.Table(
        name,
        sa.MetaData(schema=contacts.table.schema),
        sa.Column("number", NUMBER, sa.Identity(), primary_key=True),
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
        sa.Index(f"{name}_record", "record_id", unique=True),
        sa.Index(f"{name}_due", "state", "due_at"),
        sa.Index(f"{name}_age", "verdict", "answered_at"),
    )


def matches_table(contacts: Contacts) -> sa.Table:
    """Describe the table of the records that notes name, best first by ``place``."""
    name = f"{stem_of(contacts)}_late_matches"
    return sa.Table(
        name,
        sa.MetaData(schema=contacts.table.schema),
        sa.Column("note", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Index(f"{stem_of(contacts)}_late_match", "record_id"),
    )
