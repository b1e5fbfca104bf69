"""Triggers on the caller's table that note each write in a table beside it.

Writes of our own connections are not noted: they keep the side tables true themselves, and say so
by a setting that :mod:`postgres_connect` gives them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cached_property
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.schema import CreateTable

from .changes import Change, Wait
from .postgres_connect import INDEXES
from .postgres_pool import Pool
from .postgres_words import DIALECT
from .side import SideTables, stem_of
from .statements import Statement, compile_statement
from .unit import SqlUnit

_SCHEMA = Statement(
    "schema_of",
    "SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.oid = to_regclass($1)",
    ("table",),
)
_TRIGGERS = Statement(
    "triggers",
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass($1) AND tgname = ANY($2::text[])",
    ("table", "names"),
)
_THERE = Statement("is_there", "SELECT to_regclass($1) IS NOT NULL", ("table",))
_AGE = "coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)"
_NOT_OURS = f"current_setting('{INDEXES}', true) IS DISTINCT FROM 'on'"
_KINDS = ("written", "updated", "emptied")
_ALL_TRIGGERS = Statement(
    "triggers",
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass($1)"
    f" AND tgname ~ '^hwm_({'|'.join(_KINDS)})_[0-9a-f]{{8}}$'",
    ("table",),
)


class PostgresChanges:
    """The queue of one table, in PostgreSQL; ``pool`` gives the connection that listens."""

    def __init__(self, side: SideTables, pool: Pool) -> None:
        self._contacts = side.contacts
        self._pool = pool
        self._stem = stem_of(side.contacts)

    @cached_property
    def _table(self) -> sa.Table:
        return self._table_in(self._contacts.table.schema)

    def _table_in(self, schema: str | None) -> sa.Table:
        return sa.Table(
            f"{self._stem}_changes",
            sa.MetaData(),
            sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
            *(sa.Column(f"id_{n}", c.type) for n, c in enumerate(self._contacts.key)),
            sa.Column(
                "at",
                sa.DateTime(timezone=True),
                nullable=False,
                server_default=sa.func.clock_timestamp(),
            ),
            schema=schema,
        )

    @property
    def _ids(self) -> list[sa.Column[Any]]:
        return [self._table.c[f"id_{n}"] for n in range(len(self._contacts.key))]

    @cached_property
    def _names(self) -> dict[str, str]:
        """The triggers' names: they say which columns they watch, so that others are not theirs."""
        watched = " ".join(self._watched).encode()
        mark = blake2b(watched, digest_size=4).hexdigest()
        return {kind: f"hwm_{kind}_{mark}" for kind in _KINDS}

    @property
    def _watched(self) -> list[str]:
        columns = [*(c.name for c in self._contacts.key), *self._contacts.fields.values()]
        return [_quoted(name) for name in dict.fromkeys(columns)]

    async def installed(self, unit: SqlUnit) -> bool:
        """Whether the triggers are there, for the columns that are read now."""
        found = await unit.connection.fetch(
            _TRIGGERS, (_spelt(self._contacts.table), [*self._names.values()])
        )
        return len(found) == len(_KINDS)

    async def install(self, unit: SqlUnit) -> None:
        """Create the queue and its triggers anew; what waits in the queue stays in it."""
        ((schema,),) = await unit.connection.fetch(_SCHEMA, (_spelt(self._contacts.table),))
        queue = self._table_in(schema)
        ((there,),) = await unit.connection.fetch(_THERE, (_spelt(queue),))
        if not there:
            await _run(unit, str(CreateTable(queue).compile(dialect=DIALECT)))
        await self._drop_triggers(unit)
        for text in self._created(queue):
            await _run(unit, text)

    async def uninstall(self, unit: SqlUnit) -> None:
        """Drop the triggers, and with them what waits in the queue."""
        await self._drop_triggers(unit)
        await _run(unit, f"DROP FUNCTION IF EXISTS {self._function(self._table)}()")
        await _run(unit, f"DROP TABLE IF EXISTS {_spelt(self._table)}")

    async def _drop_triggers(self, unit: SqlUnit) -> None:
        """Also those that watch other columns."""
        table = _spelt(self._contacts.table)
        for (name,) in await unit.connection.fetch(_ALL_TRIGGERS, (table,)):
            await _run(unit, f"DROP TRIGGER {_quoted(name)} ON {table}")

    def _function(self, queue: sa.Table) -> str:
        name = sa.Table(f"{self._stem}_note", sa.MetaData(), schema=queue.schema)
        return _spelt(name)

    def _created(self, queue: sa.Table) -> Iterator[str]:
        """The function that notes a row, which may write to the queue whoever calls it."""
        keys = [_quoted(column.name) for column in self._contacts.key]
        into = f"INSERT INTO {_spelt(queue)} ({', '.join(f'id_{n}' for n in range(len(keys)))})"
        old, new = (", ".join(f"{row}.{key}" for key in keys) for row in ("OLD", "NEW"))
        function, table = self._function(queue), _spelt(self._contacts.table)
        yield f"""CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $note$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO {_spelt(queue)} DEFAULT VALUES;
  ELSIF TG_OP = 'DELETE' THEN
    {into} VALUES ({old});
  ELSE
    {into} VALUES ({new});
    IF TG_OP = 'UPDATE' THEN
      IF ROW({old}) IS DISTINCT FROM ROW({new}) THEN
        {into} VALUES ({old});
      END IF;
    END IF;
  END IF;
  PERFORM pg_notify('{self._channel.replace("'", "''")}', '');
  RETURN NULL;
END $note$"""
        before, after = (", ".join(f"{r}.{c}" for c in self._watched) for r in ("OLD", "NEW"))
        differs = f"{_NOT_OURS} AND ROW({before}) IS DISTINCT FROM ROW({after})"
        for kind, event, each, condition in (
            ("written", "INSERT OR DELETE", "ROW", _NOT_OURS),
            ("updated", "UPDATE", "ROW", differs),
            ("emptied", "TRUNCATE", "STATEMENT", "true"),
        ):
            yield (
                f"CREATE TRIGGER {self._names[kind]} AFTER {event} ON {table}"
                f" FOR EACH {each} WHEN ({condition}) EXECUTE FUNCTION {function}()"
            )

    @property
    def _channel(self) -> str:
        return f"{self._stem}_changes"

    @cached_property
    def _pending(self) -> sa.Select[Any]:
        query = sa.select(self._table.c.seq, *self._ids).order_by(self._table.c.seq)
        return query.with_for_update(skip_locked=True)

    async def pending(self, unit: SqlUnit, size: int) -> Sequence[Change]:
        """Take the next so many changes, but those that another unit has taken."""
        page = self._pending.limit(sa.literal_column(str(size)))
        rows = await unit.connection.fetch(compile_statement("pending", page, DIALECT), ())
        return [Change(row[0], _key(tuple(row[1:]))) for row in rows]

    async def done(self, unit: SqlUnit, changes: Sequence[Change]) -> None:
        """Delete them, in the unit in which they were mended."""
        seqs = sa.cast(sa.bindparam("seqs"), ARRAY(sa.BigInteger))
        query = sa.delete(self._table).where(self._table.c.seq == sa.func.any(seqs))
        statement = compile_statement("forget_changes", query, DIALECT)
        await unit.connection.fetch(statement, ([change.seq for change in changes],))

    async def behind(self, unit: SqlUnit) -> tuple[int, float]:
        """How many changes wait, and for how many seconds the oldest."""
        text = f"SELECT count(*), {_AGE} FROM {_spelt(self._table)}"
        ((count, seconds),) = await unit.connection.fetch(Statement("behind", text, ()), ())
        return count, float(seconds)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Wait]:
        """Have the database say when something is noted."""
        noted = asyncio.Event()

        def tell(*_: object) -> None:
            noted.set()

        connection = await self._pool.take(None)
        try:
            await connection.raw.add_listener(self._channel, tell)

            async def wait(seconds: float) -> None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await noted.wait()

            yield wait
        finally:
            if not connection.raw.is_closed():
                await connection.raw.remove_listener(self._channel, tell)
            self._pool.give(connection)


def _key(values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    return None if None in values else values


async def _run(unit: SqlUnit, text: str) -> None:
    await unit.connection.fetch(Statement("triggers", text, ()), ())


def _spelt(table: sa.Table) -> str:
    return str(DIALECT.identifier_preparer.format_table(table))


def _quoted(name: str) -> str:
    return DIALECT.identifier_preparer.quote(name)
