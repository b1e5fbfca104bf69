"""What keys and indexes look like in a store: sizes of buckets, some records, which indexes are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from .base import Values
from .contacts import Row
from .side import SideTables
from .statements import Statement, compile_statement
from .syncing import SqlStore, Syncing
from .unit import SqlUnit

MOST_BUCKETS = 10_000
"""Over-full buckets that are read at most, the largest first."""

_NOTHING: sa.ColumnElement[int] = sa.literal_column("0")


class AdviceStatements:
    """The statements by which keys and indexes are looked at, compiled for one dialect."""

    def __init__(self, side: SideTables, dialect: sa.Dialect) -> None:
        self._side = side
        self.dialect = dialect

    @cached_property
    def span(self) -> Statement:
        """The lowest and the highest number of a record, and how many there are."""
        number = self._side.values.c.record
        query = sa.select(sa.func.min(number), sa.func.max(number), sa.func.count(number))
        return self._compile("span", query)

    def after(self, size: int) -> Statement:
        """The next so many records after a number, with their values."""
        values = self._side.values
        query = sa.select(values.c.record, *self._side.value_columns)
        query = query.where(values.c.record > sa.bindparam("record")).order_by(values.c.record)
        return self._compile("after", query.limit(_literal(size)).offset(_NOTHING))

    def over_full(self, limit: int) -> Statement:
        """The buckets of more than ``limit`` records, largest first: hash, size, one's values."""
        keys, values = self._side.keys, self._side.values
        size = sa.func.count().label("size")
        crowded = (
            sa.select(keys.c.key, size, sa.func.min(keys.c.record).label("one"))
            .group_by(keys.c.key)
            .having(sa.func.count() > _literal(limit))
            .order_by(sa.func.count().desc(), keys.c.key)
            .limit(_literal(MOST_BUCKETS))
            .offset(_NOTHING)
            .subquery("crowded")
        )
        query = sa.select(crowded.c.key, crowded.c.size, *self._side.value_columns)
        joined = query.join_from(crowded, values, values.c.record == crowded.c.one)
        return self._compile("over_full", joined.order_by(crowded.c.size.desc(), crowded.c.key))

    def members(self, most: int) -> Statement:
        """The values of up to so many records in a bucket."""
        keys, values = self._side.keys, self._side.values
        held = (
            sa.select(keys.c.record)
            .where(keys.c.key == sa.bindparam("key"))
            .order_by(keys.c.record)
            .limit(_literal(most))
            .offset(_NOTHING)
            .subquery("held")
        )
        query = sa.select(*self._side.value_columns)
        return self._compile(
            "members", query.join_from(held, values, values.c.record == held.c.record)
        )

    @cached_property
    def indexes(self) -> Statement:
        """The indexes of a table: a row for each column of each, and whether it is valid."""
        return self._compile("indexes", _INDEXES[self.dialect.name]())

    def _compile(self, name: str, query: sa.ClauseElement) -> Statement:
        return compile_statement(name, query, self.dialect)


def _literal(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number))


def _sqlite_indexes() -> sa.ClauseElement:
    table: sa.BindParameter[str] = sa.bindparam("table")
    info = sa.func.pragma_table_info(table).table_valued("name", "pk", name="info")
    listed = sa.func.pragma_index_list(table).table_valued("name", "partial", name="listed")
    parts = sa.func.pragma_index_info(listed.c.name).table_valued("name", "seqno", name="parts")
    # The primary key may be the table itself, which no list of indexes has.
    primary = sa.select(sa.literal_column("''"), info.c.pk, info.c.name, sa.literal_column("1"))
    others = sa.select(listed.c.name, parts.c.seqno, parts.c.name, sa.literal_column("1"))
    return sa.union_all(
        primary.where(info.c.pk > _NOTHING),
        others.select_from(listed.join(parts, sa.true())).where(listed.c.partial == _NOTHING),
    )


def _postgres_indexes() -> sa.ClauseElement:
    index: Any = _catalogue(
        "pg_index",
        "indexrelid indrelid indisvalid indisready indnkeyatts indpred",
    )
    part: Any = _catalogue("pg_attribute", "attrelid attnum attname")
    name = sa.cast(part.c.attname, sa.Text)
    valid = sa.and_(index.c.indisvalid, index.c.indisready)
    query = sa.select(sa.cast(index.c.indexrelid, sa.Text), part.c.attnum, name, valid)
    named = sa.func.to_regclass(sa.cast(sa.bindparam("table"), sa.Text))
    return query.join_from(index, part, part.c.attrelid == index.c.indexrelid).where(
        index.c.indrelid == named,
        part.c.attnum <= index.c.indnkeyatts,
        index.c.indpred.is_(None),
    )


def _catalogue(name: str, columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns.split()), schema="pg_catalog")


_INDEXES: Mapping[str, Callable[[], sa.ClauseElement]] = {
    "sqlite": _sqlite_indexes,
    "postgresql": _postgres_indexes,
}


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is used: on which table and columns, for what, and whether it is there.

    ``state`` is ``there``, ``missing`` or ``invalid``; ``mend`` is what makes it, where it is not.
    """

    table: str
    columns: tuple[str, ...]
    used: str
    state: str
    mend: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """The records under one hash; ``key`` is the key's place in the model's ``all_keys``."""

    key: int
    hash: int
    size: int


class Advising:
    """Reads from a store what advice is made of, in one unit that only reads."""

    def __init__(self, store: SqlStore, unit: SqlUnit) -> None:
        self.store = store
        self.unit = unit
        self.statements = AdviceStatements(store.side, store.statements.dialect)

    async def span(self) -> tuple[int, int, int]:
        """Give the lowest and highest number of a record, and how many there are."""
        low, high, count = (await self.unit.run(self.statements.span, {}))[0]
        return low or 0, high or 0, count

    async def after(self, number: int, size: int) -> list[tuple[int, Values]]:
        """Read the next so many records after a number."""
        rows = await self.unit.run(self.statements.after(size), {"record": number})
        return [(row[0], tuple(row[1:])) for row in rows]

    async def over_full(self) -> list[Bucket]:
        """Read the over-full buckets, the largest first, and tell which key each is of.

        One hash space holds all keys, so one record of each bucket is cut again. A bucket whose
        record was changed meanwhile is left out.
        """
        model = self.store.model
        rows = await self.unit.run(self.statements.over_full(model.key_limit), {})
        return [
            Bucket(key, hashed, size)
            for hashed, size, *values in rows
            for key, cut in dict.fromkeys(model.cut.one(tuple(values)))
            if cut == hashed
        ]

    async def members(self, bucket: Bucket, most: int) -> list[Values]:
        """Read the values of up to so many records in a bucket."""
        rows = await self.unit.run(self.statements.members(most), {"key": bucket.hash})
        return [tuple(row) for row in rows]

    async def brought(self, hashes: Sequence[int]) -> Sequence[Row]:
        """Read candidates as a lookup does: the hash's place, the number, the values."""
        statements, first = self.store.statements, 2 + len(self.store.side.key_columns)
        asked = statements.asked(hashes)
        rows = await self.unit.connection.fetch(statements.candidates(len(hashes)), asked)
        return [(row[0], row[1], tuple(row[first:])) for row in rows]

    async def indexes(self) -> list[Index]:
        """Say which indexes are used, and whether they are there."""
        watermark = (await Syncing(self.store, 1).state()).column
        return [
            self._index(await self._there(wanted.table), wanted)
            for wanted in _wanted(self.store.side, watermark)
        ]

    async def _there(self, table: sa.Table) -> list[tuple[tuple[str, ...], bool]]:
        rows = await self.unit.run(self.statements.indexes, {"table": self._spelt(table)})
        found: dict[str, list[Row]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(row[1:])
        return [
            (tuple(name for _, name, _ in sorted(parts)), all(valid for *_, valid in parts))
            for parts in found.values()
        ]

    def _spelt(self, table: sa.Table) -> str:
        if self.statements.dialect.name == "sqlite":  # whose pragmas take a name as it is
            return table.name
        return str(self._words.format_table(table))

    @property
    def _words(self) -> Any:
        return self.statements.dialect.identifier_preparer

    def _index(self, there: Sequence[tuple[tuple[str, ...], bool]], wanted: _Wanted) -> Index:
        columns = wanted.columns
        fitting = [valid for found, valid in there if found[: len(columns)] == columns]
        state = ("there" if any(fitting) else "invalid") if fitting else "missing"
        mend = "" if state == "there" else self._mend(wanted, state)
        return Index(wanted.table.fullname, columns, wanted.used, state, mend)

    def _mend(self, wanted: _Wanted, state: str) -> str:
        if wanted.table is not self.store.side.contacts.table:
            return "have-we-met reindex"
        table = self._words.format_table(wanted.table)
        if state == "invalid":
            return f"REINDEX TABLE {table}"
        name = self._words.quote("_".join((wanted.table.name, *wanted.columns)))
        return (
            f"CREATE INDEX {name} ON {table} ({', '.join(map(self._words.quote, wanted.columns))})"
        )


class _Wanted(NamedTuple):
    table: sa.Table
    columns: tuple[str, ...]
    used: str


def _wanted(side: SideTables, watermark: str | None) -> Iterator[_Wanted]:
    """Every index that is used, those of the side tables first."""
    yield _Wanted(side.keys, ("key", "record"), "candidates under a key")
    yield _Wanted(side.values, ("record",), "the values of candidates")
    yield _Wanted(side.values, _names(side.key_columns), "a record's own values")
    contacts = side.contacts
    yield _Wanted(contacts.table, _names(contacts.key), "the contact that is shown")
    if watermark is not None:
        yield _Wanted(contacts.table, (watermark,), "sync by a watermark")


def _names(columns: Iterable[sa.Column[Any]]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)
