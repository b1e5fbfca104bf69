"""The tables of contacts whose side tables a database holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..side import META, stem_of_name


@dataclass(frozen=True, slots=True)
class OfTable:
    """Where the side tables of one table of contacts are, and what their names begin with.

    >>> OfTable.named("crm.people")
    OfTable(schema='crm', stem='hwm_people')
    """

    schema: str | None
    stem: str

    @classmethod
    def named(cls, table: str) -> OfTable:
        """Read a table's name, with its schema's or without."""
        schema, _, name = table.rpartition(".")
        return cls(schema or None, stem_of_name(name))


def of_tables(connection: sa.Connection) -> Sequence[OfTable]:
    """Read which there are."""
    if not sa.inspect(connection).has_table(META.name):
        return ()
    names = sa.select(META.c.entity).where(META.c.name == "generation").order_by(META.c.entity)
    return [OfTable.named(name) for name in connection.scalars(names)]
