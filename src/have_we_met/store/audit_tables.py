"""The tables of the audit and of those who were erased; they outlive every generation.

    hwm_contacts_audit        what was done, an entry a row, each sealed with the one before
    hwm_contacts_audit_head   where the chain ends, in one row
    hwm_contacts_tombstones   marks of the exact keys of those who were erased

They hold ids, marks and moments, nothing about anybody.
"""

from __future__ import annotations

import sqlalchemy as sa

from .contacts import Contacts
from .side import stem_of


def audit_table(contacts: Contacts) -> sa.Table:
    """Describe the table of entries; ``records``, ``marks`` and ``facts`` are JSON."""
    texts = ("at", "action", "actor", "policy", "records", "marks", "facts", "previous", "seal")
    return sa.Table(
        f"{stem_of(contacts)}_audit",
        sa.MetaData(schema=contacts.table.schema),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
    )


def head_table(contacts: Contacts) -> sa.Table:
    """Describe the table of the chain's end: one row, in ``place`` 1."""
    return sa.Table(
        f"{stem_of(contacts)}_audit_head",
        sa.MetaData(schema=contacts.table.schema),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
    )


def tombstones_table(contacts: Contacts) -> sa.Table:
    """Describe the table of tombstones; ``secret`` names the one that the mark was made with."""
    return sa.Table(
        f"{stem_of(contacts)}_tombstones",
        sa.MetaData(schema=contacts.table.schema),
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("erased_at", sa.Text, nullable=False),
    )
