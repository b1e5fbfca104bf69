"""The statements on stamps, written once and named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from .contacts import Contacts
from .stamps import ALL, Buckets, stamps_table
from .statements import INSERTS, Statement, compile_statement, is_any


class StampStatements:
    """The statements for one table of contacts, compiled for one dialect on first use."""

    def __init__(self, contacts: Contacts, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self._contacts = contacts
        self._table = stamps_table(contacts)
        self._standing: dict[tuple[int, int], Statement] = {}

    def standing(self, buckets: int, ids: int) -> Statement:
        """Of so many buckets those that were ever stamped, and the contacts under so many keys.

        Rows, in any order: the bucket and its stamp, or two nulls and a row of the table. One
        statement, since each waits for the server, or takes the file's locks, by itself.
        """
        try:
            return self._standing[buckets, ids]
        except KeyError:
            stamps = self._stamps(buckets)
            query = sa.union_all(self._rows(ids), self._beside(stamps)) if ids else stamps
            found = compile_statement("standing", query, self._dialect)
            self._standing[buckets, ids] = found
            return found

    def _stamps(self, count: int) -> sa.Select[Any]:
        c = self._table.c
        return sa.select(c.bucket, c.stamp).where(self._is_asked(count))

    def _is_asked(self, count: int) -> sa.ColumnElement[bool]:
        asked: list[sa.BindParameter[int]] = [sa.bindparam(f"bucket{n}") for n in range(count)]
        return self._table.c.bucket.in_(asked)

    def _rows(self, count: int) -> sa.Select[Any]:
        nulls = [sa.cast(sa.null(), column.type) for column in self._table.columns]
        table = self._contacts.table
        return sa.select(*_named(nulls, "stamp"), *_named(table.columns, "column")).where(
            is_any(self._contacts, count)
        )

    def _beside(self, stamps: sa.Select[Any]) -> sa.Select[Any]:
        return stamps.add_columns(*(sa.null() for _ in self._contacts.table.columns))

    def asked(self, buckets: Buckets) -> dict[str, object]:
        """The parameters of :meth:`standing` for these buckets."""
        return {f"bucket{place}": bucket for place, bucket in enumerate(buckets)}

    @cached_property
    def write(self) -> Statement:
        """Stamp the buckets that :meth:`rows` names."""
        given: dict[str, Any] = {name: sa.bindparam(name) for name in ("bucket", "stamp")}
        return self._replacing(INSERTS[self._dialect.name](self._table).values(given))

    def rows(self, buckets: Sequence[int], stamp: int) -> list[dict[str, object]]:
        """The parameters that stamp these buckets, one set a run."""
        return [{"bucket": bucket, "stamp": stamp} for bucket in buckets]

    @property
    def are_kept(self) -> sa.Select[Any]:
        """One row where stamps are kept."""
        return sa.select(sa.literal_column("'stamps'")).where(self._table.c.bucket == ALL)

    def _replacing(self, insert: Any) -> Statement:
        query = insert.on_conflict_do_update(
            index_elements=[self._table.c.bucket], set_={"stamp": insert.excluded.stamp}
        )
        return compile_statement("write_stamps", query, self._dialect)


class PostgresStampStatements(StampStatements):
    """The same in PostgreSQL's words: all buckets of a unit or a question in one parameter."""

    def standing(self, buckets: int, ids: int) -> Statement:
        """The stamps of any buckets, and the contacts under so many keys."""
        return super().standing(0, ids)

    def _is_asked(self, count: int) -> sa.ColumnElement[bool]:
        return self._table.c.bucket == sa.func.any(sa.bindparam("buckets"))

    def asked(self, buckets: Buckets) -> dict[str, object]:
        """The parameters of :meth:`standing` for these buckets."""
        return {"buckets": list(buckets)}

    @cached_property
    def write(self) -> Statement:
        """Stamp the buckets that :meth:`rows` names, in their order."""
        given = sa.func.unnest(sa.cast(sa.bindparam("buckets"), ARRAY(sa.Integer)))
        asked = given.table_valued("bucket").render_derived(name="asked")
        stamp = sa.cast(sa.bindparam("stamp"), sa.BigInteger)
        rows = sa.select(asked.c.bucket, stamp).order_by(asked.c.bucket)
        insert = INSERTS[self._dialect.name](self._table)
        return self._replacing(insert.from_select(["bucket", "stamp"], rows))

    def rows(self, buckets: Sequence[int], stamp: int) -> list[dict[str, object]]:
        """The parameters that stamp these buckets: one set."""
        return [{"buckets": list(buckets), "stamp": stamp}]


def _named(columns: Iterable[sa.ColumnElement[Any]], name: str) -> list[sa.Label[Any]]:
    """Call columns by their places: two of them may have one name."""
    return [column.label(f"{name}{place}") for place, column in enumerate(columns)]
