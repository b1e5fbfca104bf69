"""Every statement on the caller's table and the side tables, written once and named.

They are written in SQLAlchemy Core and compiled for each database; the compiled text runs on the
driver's own connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from .contacts import Contacts
from .side import META, SideTables

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""What inserts, and can say what becomes of a row that is there already."""

if TYPE_CHECKING:
    from .lasting_statements import LastingStatements
    from .stamp_statements import StampStatements

_NOTHING: sa.ColumnElement[int] = sa.literal_column("0")
"""A zero that is written into the text, where a plain one would become a parameter."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement's name, its text in one dialect, and the order of its parameters."""

    name: str
    text: str
    parameters: tuple[str, ...]


def compile_statement(name: str, query: sa.ClauseElement, dialect: sa.Dialect) -> Statement:
    """Write a statement in the words of one database."""
    compiled: Any = query.compile(dialect=dialect)
    return Statement(name, str(compiled), tuple(compiled.positiontup or ()))


class MetaStatements:
    """What is written about side tables: read, forgotten, and written, one fact a row."""

    def __init__(self, dialect: sa.Dialect) -> None:
        of_entity = META.c.entity == sa.bindparam("entity")
        values: dict[str, sa.BindParameter[object]] = {
            column.name: sa.bindparam(column.name) for column in META.columns
        }
        queries: dict[str, sa.ClauseElement] = {
            "meta": sa.select(META.c.name, META.c.value).where(of_entity),
            "forget_meta": sa.delete(META).where(of_entity),
            "insert_meta": sa.insert(META).values(values),
        }
        self.read, self.forget, self.insert = (
            compile_statement(name, query, dialect) for name, query in queries.items()
        )


def is_any(contacts: Contacts, count: int) -> sa.ColumnElement[bool]:
    """Whether a row of the caller's table is under one of ``count`` primary keys."""
    columns = contacts.key
    if len(columns) == 1:
        (only,) = columns
        return only.in_([sa.bindparam(f"key{at}_{only.name}") for at in range(count)])
    return sa.or_(
        *(
            sa.and_(*(c == sa.bindparam(f"key{at}_{c.name}") for c in columns))
            for at in range(count)
        )
    )


class Statements:
    """Every statement on one table and its side tables, compiled for one dialect on first use."""

    def __init__(self, side: SideTables, dialect: sa.Dialect, *, key_limit: int) -> None:
        self._side = side
        self.dialect = self._dialect = dialect
        self._key_limit = key_limit
        self._candidates: dict[int, Statement] = {}
        self._contacts: dict[int, Statement] = {}
        self._inserts: dict[tuple[str, ...], Statement] = {}
        self._updates: dict[tuple[str, ...], Statement] = {}

    def candidates(self, count: int) -> Statement:
        """Up to one more than the limit of records under each of ``count`` keys.

        Rows: the key's place, the record's number, its primary key, its values. A record that
        shares several keys comes once for each: cheaper than having the database tell them apart.
        """
        try:
            return self._candidates[count]
        except KeyError:
            found = self._candidates[count] = self._compile("candidates", self._under_keys(count))
            return found

    def asked(self, hashes: Sequence[int]) -> Sequence[object]:
        """The parameters of :meth:`candidates` for these keys."""
        return hashes

    def _under_keys(self, count: int) -> sa.ClauseElement:
        return sa.union_all(*(self._under_key(place) for place in range(count)))

    def _under_key(self, place: int) -> sa.Select[tuple[object, ...]]:
        # The limit stands around the join, not inside it: SQLite then hands rows on one by one
        # instead of writing the records down first, an eighth quicker.
        keys, values = self._side.keys, self._side.values
        held = (
            sa.select(
                sa.literal_column(str(place)).label("place"),
                values.c.record,
                *self._side.key_columns,
                *self._side.value_columns,
            )
            .join_from(keys, values, values.c.record == keys.c.record)
            .where(keys.c.key == sa.bindparam(f"key{place}"))
            .order_by(keys.c.record)
            .limit(sa.literal_column(str(self._key_limit + 1)))
            .offset(_NOTHING)
            .subquery(f"held{place}")
        )
        return sa.select(held)

    @cached_property
    def contact(self) -> Statement:
        """One row of the caller's table by its primary key."""
        table = self._side.contacts.table
        return self._compile("contact", sa.select(table).where(*self._is_key(table)))

    def contacts(self, count: int) -> Statement:
        """The rows of the caller's table under ``count`` primary keys, in any order."""
        if count not in self._contacts:
            table = self._side.contacts.table
            query = sa.select(table).where(is_any(self._side.contacts, count))
            self._contacts[count] = self._compile("contacts", query)
        return self._contacts[count]

    @cached_property
    def lock_contact(self) -> Statement:
        """The same row, which nobody else changes until the unit ends."""
        table = self._side.contacts.table
        query = sa.select(table).where(*self._is_key(table)).with_for_update()
        return self._compile("lock_contact", query)

    @cached_property
    def indexed(self) -> Statement:
        """A record's number and normalised values by its primary key."""
        values = self._side.values
        query = sa.select(values.c.record, *self._side.value_columns)
        matching = (
            column == sa.bindparam(f"key_{c.name}")
            for column, c in zip(self._side.key_columns, self._side.contacts.key, strict=True)
        )
        return self._compile("indexed", query.where(*matching))

    def insert_contact(self, columns: tuple[str, ...]) -> Statement:
        """A new row of the caller's table with these columns; gives back its primary key."""
        if columns not in self._inserts:
            table = self._side.contacts.table
            query = sa.insert(table).values({name: sa.bindparam(f"c_{name}") for name in columns})
            self._inserts[columns] = self._compile(
                "insert_contact", query.returning(*self._side.contacts.key)
            )
        return self._inserts[columns]

    def update_contact(self, columns: tuple[str, ...]) -> Statement:
        """Set these columns of a row of the caller's table."""
        if columns not in self._updates:
            table = self._side.contacts.table
            query = sa.update(table).where(*self._is_key(table))
            values: dict[str, sa.BindParameter[object]] = {
                name: sa.bindparam(f"c_{name}") for name in columns
            }
            self._updates[columns] = self._compile("update_contact", query.values(values))
        return self._updates[columns]

    @cached_property
    def delete_contact(self) -> Statement:
        """Delete a row of the caller's table."""
        table = self._side.contacts.table
        return self._compile("delete_contact", sa.delete(table).where(*self._is_key(table)))

    @cached_property
    def insert_values(self) -> Statement:
        """Write a new record's primary key and values; gives back its number.

        Nothing where that key is indexed already: its row was deleted elsewhere, and is back.
        """
        values = self._side.values
        columns = (*self._side.key_columns, *self._side.value_columns)
        query = INSERTS[self._dialect.name](values)
        query = query.values({c.name: sa.bindparam(c.name) for c in columns})
        query = query.on_conflict_do_nothing(index_elements=self._side.key_columns)
        return self._compile("insert_values", query.returning(values.c.record))

    @cached_property
    def update_values(self) -> Statement:
        """Set a record's values."""
        values = self._side.values
        query = sa.update(values).where(values.c.record == sa.bindparam("the_record"))
        return self._compile(
            "update_values",
            query.values({c.name: sa.bindparam(c.name) for c in self._side.value_columns}),
        )

    @cached_property
    def delete_values(self) -> Statement:
        """Forget a record's values."""
        values = self._side.values
        query = sa.delete(values).where(values.c.record == sa.bindparam("record"))
        return self._compile("delete_values", query)

    def under(self, number: object, hashes: Iterable[int]) -> list[dict[str, object]]:
        """The parameters that put a record under keys or take it away, one set a run."""
        # In the order of the tree: neighbours go to one page.
        return [{"key": key, "record": number} for key in sorted(hashes)]

    @cached_property
    def insert_key(self) -> Statement:
        """Put a record under a key."""
        keys = self._side.keys
        query = sa.insert(keys).values(key=sa.bindparam("key"), record=sa.bindparam("record"))
        return self._compile("insert_key", query)

    @cached_property
    def delete_key(self) -> Statement:
        """Take a record from under a key."""
        keys = self._side.keys
        query = sa.delete(keys).where(
            keys.c.key == sa.bindparam("key"), keys.c.record == sa.bindparam("record")
        )
        return self._compile("delete_key", query)

    def page(self, *, first: bool, size: int) -> Statement:
        """Rows of the caller's table in the order of the primary key, from after a given one."""
        table, key = self._side.contacts.table, self._side.contacts.key
        query = sa.select(table).order_by(*key)
        query = query.limit(sa.literal_column(str(size))).offset(_NOTHING)
        if not first:
            after = [sa.bindparam(f"key_{c.name}", type_=c.type) for c in key]
            query = query.where(sa.tuple_(*key) > sa.tuple_(*after))
        return self._compile("page", query)

    @cached_property
    def count(self) -> Statement:
        """How many records are indexed."""
        return self.count_of(self._side.values)

    def count_of(self, table: sa.Table) -> Statement:
        """How many rows a table has."""
        return self._compile("count", sa.select(sa.func.count()).select_from(table))

    @cached_property
    def meta(self) -> Statement:
        """Everything written about a table's side tables."""
        return MetaStatements(self._dialect).read

    @cached_property
    def lasting(self) -> LastingStatements:
        """Those on the side tables that outlive every generation."""
        from .lasting_statements import LastingStatements  # which imports this module

        return LastingStatements(self._side.contacts, self._dialect)

    @cached_property
    def stamps(self) -> StampStatements:
        """Those on stamps."""
        from .stamp_statements import StampStatements  # which imports this module

        return StampStatements(self._side.contacts, self._dialect)

    def _is_key(self, table: sa.Table) -> Sequence[sa.ColumnElement[bool]]:
        return [c == sa.bindparam(f"key_{c.name}") for c in self._side.contacts.key]

    def _compile(self, name: str, query: sa.ClauseElement) -> Statement:
        return compile_statement(name, query, self._dialect)
