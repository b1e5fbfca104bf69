"""The statements on stamps, written once and named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from .contacts import Contacts
from .stamps import ALL, stamps_table
from .statements import INSERTS, Statement, compile_statement


class StampStatements:
    """The statements for one table of contacts, compiled for one dialect on first use."""

    def __init__(self, contacts: Contacts, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self._table = stamps_table(contacts)
        self._reads: dict[int, Statement] = {}

    def read(self, count: int) -> Statement:
        """Of ``count`` buckets those that were ever stamped, with their stamps, in any order."""
        if count not in self._reads:
            asked: list[sa.BindParameter[int]] = [
                sa.bindparam(f"bucket{place}") for place in range(count)
            ]
            c = self._table.c
            query = sa.select(c.bucket, c.stamp).where(c.bucket.in_(asked))
            self._reads[count] = compile_statement("read_stamps", query, self._dialect)
        return self._reads[count]

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
    """The same in PostgreSQL's words: all buckets of a unit in one statement."""

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
