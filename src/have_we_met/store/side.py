"""The side tables that we keep beside the caller's table, and every statement that runs on them.

For a table ``contacts``::

    hwm_contacts_values_1   one row a record: a number, its primary key, its normalised values
    hwm_contacts_keys_1     (key hash, record number), clustered by key
    hwm_meta                which generation of the two is in use, and what it was cut by

Two more, which are not cut from the caller's table, are in :mod:`.lasting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from ..model import Model
from .contacts import Contacts

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A record's number inside the side tables: 64 bits everywhere."""

_LONGEST = 63
"""Bytes that PostgreSQL keeps of a name; it cuts off the rest without a word."""
_LONGEST_STEM = _LONGEST - len("_values_123456_id")

META = sa.Table(
    "hwm_meta",
    sa.MetaData(),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class SideTables:
    """The side tables of one table of contacts."""

    contacts: Contacts
    field_names: tuple[str, ...]
    values: sa.Table
    keys: sa.Table

    @property
    def tables(self) -> tuple[sa.Table, sa.Table]:
        """Both of them."""
        return self.values, self.keys

    @cached_property
    def key_columns(self) -> tuple[sa.Column[object], ...]:
        """The copies of the caller's primary key in the values table."""
        return tuple(self.values.c[_short(f"id_{c.name}")] for c in self.contacts.key)

    @cached_property
    def value_columns(self) -> tuple[sa.Column[object], ...]:
        """The normalised values, in the order of the model's fields."""
        return tuple(self.values.c[_short(f"v_{name}")] for name in self.field_names)


def side_tables(contacts: Contacts, model: Model, generation: int) -> SideTables:
    """Describe the side tables of a table.

    Rebuilding makes the next ``generation`` beside the one in use, whose readers go on until it
    is dropped, and then are told so instead of missing people silently.
    """
    metadata = sa.MetaData(schema=contacts.table.schema)
    stem = stem_of(contacts)
    ids = [_short(f"id_{column.name}") for column in contacts.key]
    values = sa.Table(
        f"{stem}_values_{generation}",
        metadata,
        sa.Column("record", NUMBER, sa.Identity(), primary_key=True),
        *(
            sa.Column(name, _plain(column.type), nullable=False)
            for name, column in zip(ids, contacts.key, strict=True)
        ),
        *(sa.Column(_short(f"v_{name}"), sa.Text) for name in model.field_names),
        sa.UniqueConstraint(*ids, name=f"{stem}_values_{generation}_id"),
    )
    keys = sa.Table(
        f"{stem}_keys_{generation}",
        metadata,
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("record", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    return SideTables(contacts, model.field_names, values, keys)


def stem_of(contacts: Contacts) -> str:
    """What the names of a table's side tables begin with; as long a name as databases keep."""
    return stem_of_name(contacts.table.name)


def stem_of_name(table: str) -> str:
    """The same for a table's name, which is without its schema's."""
    return _short(f"hwm_{table}", _LONGEST_STEM)


def _plain(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """The same type without what belongs to the caller's column alone (sequences, collations)."""
    return kind.copy() if isinstance(kind, sa.String) else kind


def _short(name: str, most: int = _LONGEST) -> str:
    """Shorten a name that databases would cut, so that two long ones stay two."""
    spelt = name.encode()
    if len(spelt) <= most:
        return name
    mark = blake2b(spelt, digest_size=4).hexdigest()
    return f"{spelt[: most - 9].decode(errors='ignore')}_{mark}"
