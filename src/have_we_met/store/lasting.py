"""The side tables that outlive every generation.

Beside the tables of :mod:`.side`, which can always be cut anew, stand some that cannot::

    hwm_idempotency           the answers given under an idempotency key, for a day or so
    hwm_credentials           who may ask a server: :mod:`.credentials`
    hwm_contacts_judgements   what was asserted of two records of the table, for ever
    hwm_contacts_late...      records created upon an incomplete answer: :mod:`.late_tables`
    hwm_contacts_stamps       numbers that change with every write, where somebody asked for them
    hwm_contacts_audit...     who did what when, and who was erased: :mod:`.audit_tables`

They hold ids, marks and moments, nothing about anybody. Code of an earlier release does not know
them and goes on beside them, so they leave the layout's number as it is; a store that was made by
such code is given them when it is next opened.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa

from ..record import RecordId
from .audit_tables import audit_table, head_table, tombstones_table
from .contacts import Contacts
from .credentials import CREDENTIALS
from .late_tables import late_table, matches_table
from .side import NUMBER, stem_of
from .stamps import stamps_table

IDEMPOTENCY = sa.Table(
    "hwm_idempotency",
    sa.MetaData(),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("key_mark", sa.Text, primary_key=True),
    sa.Column("body_mark", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Index("hwm_idempotency_age", "entity", "created_at"),
)


def judgements_table(contacts: Contacts) -> sa.Table:
    """Describe the table of judgements on the records of a table of contacts.

    A row is one judgement; the latest of a pair counts, and the earlier ones stay. ``left_id`` and
    ``right_id`` are primary keys as JSON, whatever their columns, the lesser text first.
    """
    name = f"{stem_of(contacts)}_judgements"
    return sa.Table(
        name,
        sa.MetaData(schema=contacts.table.schema),
        sa.Column("number", NUMBER, sa.Identity(), primary_key=True),
        sa.Column("left_id", sa.Text, nullable=False),
        sa.Column("right_id", sa.Text, nullable=False),
        sa.Column("judgement", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("judged_by", sa.Text, nullable=False),
        sa.Column("judged_at", sa.Text, nullable=False),
        sa.Index(f"{name}_left", "left_id", "right_id"),
        sa.Index(f"{name}_right", "right_id"),
    )


def lasting_tables(contacts: Contacts) -> tuple[sa.Table, ...]:
    """Describe all of them, for one table of contacts."""
    return (
        IDEMPOTENCY,
        CREDENTIALS,
        judgements_table(contacts),
        late_table(contacts),
        matches_table(contacts),
        stamps_table(contacts),
        audit_table(contacts),
        head_table(contacts),
        tombstones_table(contacts),
    )


def spelt_id(record_id: RecordId) -> str:
    """Write a primary key as one text.

    >>> spelt_id(7), spelt_id("7"), spelt_id(("rome", 7))
    ('7', '"7"', '["rome",7]')
    """
    return json.dumps(record_id, separators=(",", ":"))


def read_id(text: str) -> RecordId:
    """Read what :func:`spelt_id` wrote.

    >>> read_id('["rome",7]')
    ('rome', 7)
    """
    read = json.loads(text)
    return tuple(read) if isinstance(read, list) else read


def spelt_moment(moment: datetime) -> str:
    """Write a moment so that texts sort as moments do, on every database.

    >>> spelt_moment(datetime(2001, 2, 3, tzinfo=UTC))
    '2001-02-03T00:00:00.000000+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
