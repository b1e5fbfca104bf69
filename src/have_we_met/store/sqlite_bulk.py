"""Many rows at once on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from .contacts import Contacts, Row
from .prepare import Prepared
from .side import SideTables
from .sqlite_words import DIALECT, in_our_words
from .statements import Statement, compile_statement

_PARAMETERS = 256
"""Of one statement that inserts many rows. More make it no faster."""


@dataclass(frozen=True, slots=True)
class SqliteBulk:
    """A connection of the :mod:`sqlite3` driver on which many rows are written."""

    raw: sqlite3.Connection
    dialect: sa.Dialect = DIALECT

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> Sequence[Row]:
        """Run a statement and read all its rows."""
        try:
            return self.raw.execute(statement.text, parameters).fetchall()
        except sqlite3.Error as exc:
            raise in_our_words(exc, statement.name) from exc

    async def fetch_each(self, statement: Statement, rows: Sequence[Row]) -> Sequence[Row]:
        """Run a statement once for each row of parameters, and read what all of them gave."""
        execute, text = self.raw.execute, statement.text
        try:
            return [found for row in rows for found in execute(text, row)]
        except sqlite3.Error as exc:
            raise in_our_words(exc, statement.name) from exc

    async def stored(
        self, contacts: Contacts, one: Statement, keys: Sequence[Row]
    ) -> Sequence[Row]:
        """Read the rows of the caller's table with these primary keys.

        One join with the keys in a table of their own: 0.6 us a key that is not there, where a
        query each takes 4.
        """
        asked = sa.table("hwm_asked", *(sa.column(c.name) for c in contacts.key), schema="temp")
        alike = [asked.c[column.name] == column for column in contacts.key]
        empty = sa.select(*contacts.key).where(sa.literal_column("0"))
        compiled = empty.compile(dialect=self.dialect)  # its columns are of the key's own types
        try:
            self.raw.execute(f"CREATE TABLE temp.hwm_asked AS {compiled}")
        except sqlite3.Error as exc:
            raise in_our_words(exc, "stored") from exc
        await self.write(asked, [column.name for column in contacts.key], keys)
        query = sa.select(contacts.table).join_from(asked, contacts.table, sa.and_(*alike))
        found = await self.fetch(compile_statement("stored", query, self.dialect), ())
        self.raw.execute("DROP TABLE temp.hwm_asked")
        return found

    async def write(
        self, table: sa.TableClause, columns: Sequence[str], rows: Iterable[Row]
    ) -> None:
        """Insert rows into these columns of a table, many with one statement.

        A statement a row takes half as long again.
        """
        query = sa.insert(table).values({name: sa.bindparam(name) for name in columns})
        statement = compile_statement(f"write {table.name}", query, self.dialect)
        if statement.parameters != tuple(columns):  # it has them in the table's order
            rows = map(itemgetter(*map(columns.index, statement.parameters)), rows)
        rows = list(rows)
        size = max(1, _PARAMETERS // len(columns))
        together = len(rows) // size * size
        many = (list(chain(*rows[at : at + size])) for at in range(0, together, size))
        try:
            self.raw.executemany(_repeated(statement.text, size), many)
            self.raw.executemany(statement.text, rows[together:])
        except sqlite3.Error as exc:
            raise in_our_words(exc, statement.name) from exc

    async def ids_given(self, column: sa.Column[Any], highest: int) -> None:
        """Nothing to do: the next id is always after the highest."""

    async def numbers(self, side: SideTables, prepared: Prepared) -> Sequence[int]:
        """Take the next so many record numbers: whoever writes is alone."""
        query = sa.select(sa.func.max(side.values.c.record))
        (last,) = (await self.fetch(compile_statement("numbers", query, self.dialect), ()))[0]
        first = (last or 0) + 1
        return range(first, first + len(prepared.near))


def _repeated(insert: str, times: int) -> str:
    """Insert several rows where a statement inserts one.

    >>> _repeated("INSERT INTO keys (key, record) VALUES (?, ?)", 2)
    'INSERT INTO keys (key, record) VALUES (?, ?), (?, ?)'
    """
    head, between, row = insert.rpartition(" VALUES ")
    return head + between + ", ".join([row] * times)
