"""Building side tables in a SQLite file: filled as records come, and put in order at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from .neighbours import numbered
from .prepare import Prepared
from .side import SideTables
from .sqlite_bulk import SqliteBulk
from .sqlite_words import in_our_words
from .statements import compile_statement


@dataclass(frozen=True, slots=True)
class SqliteWorkbench(SqliteBulk):
    """A connection on which the side tables of one table are built.

    They are filled bare, row behind row, and sorted into their own order at the end: all pages are
    full then, each was written once, and namesakes stand together.
    """

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Everything in it happens, or nothing; no unit writes meanwhile."""
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.raw.execute("COMMIT")
        finally:
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")

    async def run(self, statement: sa.schema.ExecutableDDLElement) -> None:
        """Change the schema."""
        self._say(str(statement.compile(dialect=self.dialect)))

    async def numbers(self, side: SideTables, prepared: Prepared) -> Sequence[int]:
        """Take the next so many record numbers, in the records' neighbourhoods."""
        rowid: sa.ColumnClause[int] = sa.literal_column("rowid")
        query = sa.select(sa.func.max(rowid)).select_from(side.values)
        ((last,),) = await self.fetch(compile_statement("numbers", query, self.dialect), ())
        numbers: list[int] = numbered(prepared.near, last or 0).tolist()
        return numbers

    async def create(self, side: SideTables) -> None:
        """Create empty side tables that keep rows in the order in which they come."""
        for table in side.tables:
            await self.run(CreateTable(_bare(table)))

    async def complete(self, side: SideTables) -> None:
        """Put all rows in the order of their primary key, in tables that keep it."""
        for table in side.tables:
            ordered = table.to_metadata(sa.MetaData(), name=f"{table.name}_ordered")
            await self.run(CreateTable(ordered))
            rows = sa.select(table).order_by(*table.primary_key.columns)
            names = [column.name for column in table.columns]
            self._say(
                str(sa.insert(ordered).from_select(names, rows).compile(dialect=self.dialect))
            )
            await self.run(DropTable(table))
            quote = self.dialect.identifier_preparer.quote
            self._say(f"ALTER TABLE {quote(ordered.name)} RENAME TO {quote(table.name)}")

    async def settle(self, side: SideTables) -> None:
        """Nothing to do."""

    def _say(self, text: str) -> None:
        try:
            self.raw.execute(text)
        except sqlite3.Error as exc:
            raise in_our_words(exc, "schema") from exc


def _bare(table: sa.Table) -> sa.Table:
    """The same table without keys."""
    columns = (sa.Column(c.name, c.type, nullable=c.nullable) for c in table.columns)
    return sa.Table(table.name, sa.MetaData(), *columns)
