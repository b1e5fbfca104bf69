"""Many rows at once on PostgreSQL, by COPY."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, CreateTable

from .contacts import Contacts, Row
from .postgres_connection import PostgresConnection
from .postgres_locks import Locks
from .postgres_words import DIALECT, FAILURES, in_our_words
from .prepare import Prepared
from .side import SideTables
from .statements import Statement

_NUMBERS = Statement(
    "numbers",
    # Materialized: otherwise the sequence is looked for anew for each number.
    "WITH of_record AS MATERIALIZED"
    " (SELECT CAST(pg_get_serial_sequence($1, 'record') AS regclass) AS ids)"
    " SELECT nextval(ids) FROM of_record, generate_series(1, $2::bigint)",
    ("values", "count"),
)
_CATCH_UP = Statement(
    "catch_up",
    "SELECT setval(ids, greatest($3::bigint, coalesce(pg_sequence_last_value(ids), 0)))"
    " FROM (SELECT CAST(pg_get_serial_sequence($1, $2) AS regclass) AS ids) AS of_column"
    " WHERE ids IS NOT NULL",
    ("table", "column", "last"),
)


@dataclass(frozen=True, slots=True)
class PostgresBulk:
    """A connection on which many rows are written."""

    connection: PostgresConnection
    dialect: sa.Dialect = DIALECT

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> Sequence[Row]:
        """Run a statement and read all its rows."""
        return await self.connection.fetch(statement, parameters)

    async def fetch_each(self, statement: Statement, rows: Sequence[Row]) -> Sequence[Row]:
        """Run a statement once for each row of parameters, and read what all of them gave."""
        try:
            found: list[Row] = await self.connection.raw.fetchmany(statement.text, rows)
        except FAILURES as exc:
            raise in_our_words(exc, statement.name) from None
        return found

    async def stored(
        self, contacts: Contacts, one: Statement, keys: Sequence[Row]
    ) -> Sequence[Row]:
        """Read the rows of the caller's table with these primary keys."""
        return await self.fetch_each(one, keys)

    async def write(self, table: sa.Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows into these columns of a table."""
        try:
            await self.connection.raw.copy_records_to_table(
                table.name, schema_name=table.schema, columns=columns, records=rows
            )
        except FAILURES as exc:
            raise in_our_words(exc, f"write {table.name}") from None

    async def numbers(self, side: SideTables, prepared: Prepared) -> Sequence[int]:
        """Take the next so many record numbers."""
        count = len(prepared.near)
        return [number for (number,) in await self.fetch(_NUMBERS, (spelt(side.values), count))]

    async def ids_given(self, column: sa.Column[Any], highest: int) -> None:
        """Let the database's own next ids come after those that were given by hand."""
        await self.fetch(_CATCH_UP, (spelt(column.table), column.name, highest))


@dataclass(frozen=True, slots=True)
class PostgresWorkbench(PostgresBulk):
    """A connection of its own on which the side tables of one table are built.

    They are filled bare: building an index at the end takes a quarter of the time.
    """

    locks: Locks = field(kw_only=True)

    async def take_turn(self) -> None:
        """Wait until nobody else builds, and keep others from it until the connection closes."""
        await self._say(self.locks.building)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Everything in it happens, or nothing; no unit writes meanwhile."""
        await self.connection.begin(self.locks.alone)
        try:
            yield
            await self.connection.commit()
        finally:
            if self.connection.in_unit:
                await self._say("ROLLBACK")
                self.connection.ended()

    async def run(self, statement: sa.schema.ExecutableDDLElement) -> None:
        """Change the schema."""
        await self._say(str(statement.compile(dialect=self.dialect)))

    async def _say(self, text: str) -> None:
        try:
            await self.connection.raw.execute(text)
        except FAILURES as exc:
            raise in_our_words(exc, "schema") from None

    async def create(self, side: SideTables) -> None:
        """Create empty side tables, without their indexes."""
        for table in side.tables:
            for index in _indexes(table):
                AddConstraint(index)  # which has CREATE TABLE leave it out
            await self.run(CreateTable(table))

    async def complete(self, side: SideTables) -> None:
        """Build the indexes."""
        for table in side.tables:
            for index in _indexes(table):
                await self.run(AddConstraint(index))

    async def settle(self, side: SideTables) -> None:
        """Gather statistics, and note which pages all can see, so that an index says it all."""
        for table in side.tables:
            await self._say(f"VACUUM (ANALYZE) {spelt(table)}")


def _indexes(table: sa.Table) -> list[sa.Constraint]:
    kinds = (sa.PrimaryKeyConstraint, sa.UniqueConstraint)
    found = [constraint for constraint in table.constraints if isinstance(constraint, kinds)]
    return sorted(found, key=lambda constraint: type(constraint).__name__)


def spelt(table: Any) -> str:
    """A table's name as SQL writes it."""
    return str(DIALECT.identifier_preparer.format_table(table))
