"""A connection of a SQLAlchemy session, on which our statements run beside the session's own."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from ..errors import StoreError
from .contacts import Fit, Row
from .side import SideTables
from .statements import Statement, Statements

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, since its connection does not, to its end.

    An ``AsyncSession`` waits too, but underneath: it switches greenlets, not coroutines.
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise StoreError("a session's connection cannot wait")


@dataclass(frozen=True, slots=True)
class SessionConnection:
    """Runs statements in the transaction of a session; its errors are the session's own."""

    connection: sa.Connection

    async def fetch(self, statement: Statement, parameters: Sequence[object]) -> Sequence[Row]:
        """Run a statement and read all its rows."""
        result = self._run(statement, tuple(parameters) or None)
        return [tuple(row) for row in result] if result.returns_rows else []

    async def execute_many(self, statement: Statement, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of parameters."""
        for row in rows:
            self._run(statement, tuple(row))

    async def hold(self, keys: Sequence[int]) -> None:
        """Nothing to do: a session looks nobody up before it writes."""

    def _run(self, statement: Statement, parameters: Any) -> sa.CursorResult[Any]:
        try:
            return self.connection.exec_driver_sql(statement.text, parameters)
        except sa.exc.DBAPIError as exc:
            exc.hide_parameters = True  # they are people's data
            raise


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind of database is spoken to through SQLAlchemy."""

    dialect: sa.Dialect
    fit: Callable[[sa.Column[Any]], Fit]
    statements: type[Statements]
    locks: bool

    def all(self, side: SideTables, key_limit: int) -> Statements:
        """Every statement on a table and its side tables."""
        return self.statements(side, self.dialect, key_limit=key_limit)


def words_of(dialect: sa.Dialect) -> Words:
    """Say how a driver is spoken to; raises :class:`StoreError` for another database's."""
    if dialect.name == "sqlite":
        from . import sqlite_words

        return Words(sqlite_words.DIALECT, sqlite_words.fit, Statements, locks=False)
    if dialect.name != "postgresql":
        raise StoreError(f"no store for {dialect.name}; there is one for: sqlite, postgresql")
    from . import postgres_fit, postgres_words
    from .postgres_statements import PostgresStatements

    style = "numeric_dollar" if dialect.paramstyle == "numeric_dollar" else "format"
    return Words(postgres_words.dialect(style), postgres_fit.fit, PostgresStatements, locks=True)
