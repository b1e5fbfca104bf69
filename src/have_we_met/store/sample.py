"""Reading a contact at random: as cheap in a table of a billion rows as in one of ten.

A database's rows lie in places that are numbered: SQLite's by row, PostgreSQL's by page. One of
them is drawn, and nothing else is looked at. Rows beside gaps are drawn more often than others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from ..record import RecordId
from .base import Contact
from .contacts import Contacts, record_id
from .statements import Statement, compile_statement
from .syncing import SqlStore

_TRIES = 8
"""How often a place is drawn where it holds nobody, as pages do whose rows were deleted."""


async def sample(
    store: SqlStore, rolls: Callable[[], float], deadline: float | None = None
) -> tuple[RecordId, Contact] | None:
    """Read a contact at random; ``None`` where there is none, or none was hit.

    ``rolls`` gives a number in [0, 1) each time. ``deadline`` is a unit's. Raises
    :class:`StoreError` where the table's rows have no numbers, as those of a view.
    """
    contacts, dialect = store.side.contacts, store.statements.dialect
    places = _PLACES[dialect.name]
    extent, at = places.extent(contacts, dialect), places.at(contacts, dialect)
    async with store.survey(deadline) as unit:
        ((count,),) = await unit.run(extent, {})
        for _ in range(_TRIES if count else 0):
            rows = await unit.run(at, places.spelt(int(rolls() * count)))
            if rows:
                return record_id(contacts.key_of_row(rows[0])), contacts.contact(rows[0])
    return None


@dataclass(frozen=True, slots=True)
class _Places:
    """How many places there are, which rows lie at one, and how it is spelt, on one database."""

    count: str
    where: str
    order: str
    spelt: Callable[[int], Mapping[str, object]]

    def extent(self, contacts: Contacts, dialect: sa.Dialect) -> Statement:
        """The statement that counts the places."""
        table = dialect.identifier_preparer.format_table(contacts.table)
        quoted = sa.literal(table, sa.Text()).compile(dialect=dialect, compile_kwargs=_WRITTEN)
        count = sa.text(self.count.format(table=table, quoted=quoted))
        return compile_statement("extent", count, dialect)

    def at(self, contacts: Contacts, dialect: sa.Dialect) -> Statement:
        """The statement that reads one row at a place."""
        query = sa.select(contacts.table).where(sa.text(self.where))
        first = query.order_by(sa.text(self.order)).limit(sa.literal_column("1"))
        return compile_statement("sample", first.offset(sa.literal_column("0")), dialect)


_WRITTEN = {"literal_binds": True}
_PLACES: Mapping[str, _Places] = {
    "sqlite": _Places(
        "SELECT coalesce(max(_rowid_), 0) FROM {table}",
        "_rowid_ > :place",
        "_rowid_",
        lambda place: {"place": place},
    ),
    "postgresql": _Places(
        "SELECT pg_relation_size(CAST({quoted} AS regclass))"
        " / CAST(current_setting('block_size') AS int)",
        "ctid >= CAST(CAST(:place AS text) AS tid) AND ctid < CAST(CAST(:next AS text) AS tid)",
        "random()",
        lambda place: {"place": f"({place},0)", "next": f"({place + 1},0)"},
    ),
}
