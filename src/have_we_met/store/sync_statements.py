"""The statements by which the caller's table and the side tables are compared."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import sqlalchemy as sa

from .side import META, SideTables
from .statements import INSERTS, MetaStatements, Statement, compile_statement

_NOTHING: sa.ColumnElement[int] = sa.literal_column("0")


class SyncStatements:
    """Every statement that compares one table with its side tables, in one dialect.

    Each reads both sides of a page at once, so it sees them at one moment; and neither relies on
    the other's order, which a collation may make another one.
    """

    def __init__(self, side: SideTables, dialect: sa.Dialect) -> None:
        self._side = side
        self._dialect = dialect
        self._pages: dict[object, Statement] = {}

    def rows(self, size: int, *, first: bool) -> Statement:
        """Rows of the caller's table in the order of its key, each with what is indexed of it."""

        def page() -> sa.Select[Any]:
            table, key = self._table, self._side.contacts.key
            query = sa.select(table).order_by(*key)
            if first:
                return query
            return query.where(sa.tuple_(*key) > sa.tuple_(*self._key_parameters()))

        return self._kept(("rows", size, first), lambda: self._beside_index(page(), size))

    def since(self, column: str, size: int, *, first: bool) -> Statement:
        """The same in the order of a column that grows, from a value on, or after a row."""

        def page() -> sa.Select[Any]:
            grows, key = self._table.c[column], self._side.contacts.key
            query = sa.select(self._table).order_by(grows, *key)
            since = sa.bindparam("since", type_=grows.type)
            if first:
                return query.where(grows >= since)
            after = sa.tuple_(since, *self._key_parameters())
            return query.where(sa.tuple_(grows, *key) > after)

        return self._kept(("since", column, size, first), lambda: self._beside_index(page(), size))

    def _beside_index(self, page: sa.Select[Any], size: int) -> sa.Select[Any]:
        order = [column.name for column in page._order_by_clauses]
        rows = page.limit(_literal(size)).offset(_NOTHING).subquery("page")
        values = self._side.values
        return (
            sa.select(*rows.c, values.c.record, *self._side.value_columns)
            .select_from(rows.outerjoin(values, self._same_key(rows.c)))
            .order_by(*(rows.c[name] for name in order))
        )

    def indexed_rows(self, size: int) -> Statement:
        """What is indexed after a record's number: the number, its key, and the key in the table.

        The latter is missing where the table has no such row.
        """

        def query() -> sa.Select[Any]:
            values = self._side.values
            page = (
                sa.select(values.c.record, *self._side.key_columns)
                .where(values.c.record > sa.bindparam("record"))
                .order_by(values.c.record)
                .limit(_literal(size))
                .offset(_NOTHING)
                .subquery("page")
            )
            there = [self._table.c[column.name] for column in self._side.contacts.key]
            same = (
                mine == page.c[indexed.name]
                for mine, indexed in zip(there, self._side.key_columns, strict=True)
            )
            joined = page.outerjoin(self._table, sa.and_(*same))
            return sa.select(*page.c, *there).select_from(joined).order_by(page.c.record)

        return self._kept(("indexed_rows", size), query)

    @cached_property
    def take(self) -> Statement:
        """A row of the caller's table, locked unless somebody else has it locked."""
        matching = (
            column == parameter
            for column, parameter in zip(
                self._side.contacts.key, self._key_parameters(), strict=True
            )
        )
        query = sa.select(self._table).where(*matching)
        return self._compile("take", query.with_for_update(key_share=True, skip_locked=True))

    @cached_property
    def indexed(self) -> Statement:
        """The key, number and values of a record that is indexed."""
        side = self._side
        query = sa.select(*side.key_columns, side.values.c.record, *side.value_columns)
        matching = (
            column == sa.bindparam(f"key_{c.name}")
            for column, c in zip(side.key_columns, side.contacts.key, strict=True)
        )
        return self._compile("indexed", query.where(*matching))

    def highest(self, column: str) -> Statement:
        """The highest value of a column that grows."""
        query = sa.select(sa.func.max(self._table.c[column]))
        return self._kept(("highest", column), lambda: query)

    def ahead(self, column: str) -> Statement:
        """How many rows are beyond a value of a column that grows."""

        def query() -> sa.Select[Any]:
            grows = self._table.c[column]
            since = sa.bindparam("since", type_=grows.type)
            return sa.select(sa.func.count()).select_from(self._table).where(grows > since)

        return self._kept(("ahead", column), query)

    @cached_property
    def recall(self) -> Statement:
        """What is remembered of earlier syncs."""
        return MetaStatements(self._dialect).read

    @cached_property
    def remember(self) -> Statement:
        """Remember it anew; two syncs at a time write one row."""
        query = INSERTS[self._dialect.name](META)
        query = query.values({column.name: sa.bindparam(column.name) for column in META.columns})
        query = query.on_conflict_do_update(
            index_elements=META.primary_key.columns, set_={"value": query.excluded.value}
        )
        return self._compile("remember_sync", query)

    @property
    def _table(self) -> sa.Table:
        return self._side.contacts.table

    def _key_parameters(self) -> list[sa.BindParameter[Any]]:
        return [sa.bindparam(f"key_{c.name}", type_=c.type) for c in self._side.contacts.key]

    def _same_key(self, rows: Any) -> sa.ColumnElement[bool]:
        keys = zip(self._side.key_columns, self._side.contacts.key, strict=True)
        return sa.and_(*(indexed == rows[column.name] for indexed, column in keys))

    def _kept(self, which: tuple[object, ...], query: Any) -> Statement:
        if which not in self._pages:
            self._pages[which] = self._compile(str(which[0]), query())
        return self._pages[which]

    def _compile(self, name: str, query: sa.ClauseElement) -> Statement:
        return compile_statement(name, query, self._dialect)


def _literal(number: int) -> sa.ColumnElement[int]:
    """A number that is written into the text."""
    return sa.literal_column(str(number))
