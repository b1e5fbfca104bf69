"""The statements that PostgreSQL does better with an array of keys than one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from .side import META
from .stamp_statements import PostgresStampStatements
from .statements import Statement, Statements


class PostgresStatements(Statements):
    """Every statement on one table and its side tables, in PostgreSQL's words."""

    def candidates(self, count: int) -> Statement:
        """Up to one more than the limit of records under each of any number of keys.

        One statement, and so one plan, however many keys there are; it takes half the time of a
        union with one branch a key.
        """
        return self._candidates_of_any

    @cached_property
    def _candidates_of_any(self) -> Statement:
        keys, values, asked = self._side.keys, self._side.values, _unnested(with_place=True)
        held = (
            sa.select(keys.c.record)
            .where(keys.c.key == asked.c.key)
            .order_by(keys.c.record)
            .limit(sa.literal_column(str(self._key_limit + 1)))
            .lateral("held")
        )
        place = (asked.c.place - sa.literal_column("1")).label("place")
        query = sa.select(
            place, values.c.record, *self._side.key_columns, *self._side.value_columns
        )
        joined = query.select_from(asked).join(held, sa.true())
        return self._compile("candidates", joined.join(values, values.c.record == held.c.record))

    def asked(self, hashes: Sequence[int]) -> Sequence[object]:
        """The parameters of :meth:`candidates` for these keys."""
        return (hashes,)

    def under(self, number: object, hashes: Iterable[int]) -> list[dict[str, object]]:
        """The parameters that put a record under keys or take it away, one set a run."""
        held = sorted(hashes)
        return [{"keys": held, "record": number}] if held else []

    def is_current(self, generation: int) -> str:
        """One row where this generation is in use and no other is being built, and none elsewhere.

        And a second one where stamps are kept, too.

        A text without parameters, so that it can go in one message with what begins a unit.
        """
        facts = sa.tuple_(META.c.name, META.c.value)
        expected = [("generation", str(generation)), ("building", "")]
        both = sa.select(sa.func.count()).where(
            META.c.entity == self._side.contacts.name, facts.in_(expected)
        )
        said: sa.Select[Any] = sa.select(sa.literal_column("'current'").label("said"))
        rows = said.union_all(self.stamps.are_kept).subquery("rows")
        query = sa.select(rows.c.said).where(both.scalar_subquery() == len(expected))
        return str(query.compile(dialect=self._dialect, compile_kwargs={"literal_binds": True}))

    @cached_property
    def stamps(self) -> PostgresStampStatements:
        """Those on stamps."""
        return PostgresStampStatements(self._side.contacts, self._dialect)

    @cached_property
    def insert_key(self) -> Statement:
        """Put a record under keys."""
        asked = _unnested()
        rows = sa.select(asked.c.key, sa.bindparam("record")).select_from(asked)
        query = sa.insert(self._side.keys).from_select(["key", "record"], rows)
        return self._compile("insert_key", query)

    @cached_property
    def delete_key(self) -> Statement:
        """Take a record from under keys."""
        keys = self._side.keys
        query = sa.delete(keys).where(
            keys.c.key == sa.func.any(sa.bindparam("keys")), keys.c.record == sa.bindparam("record")
        )
        return self._compile("delete_key", query)


def _unnested(*, with_place: bool = False) -> Any:
    """The array of keys as a table: each key, and its place from 1."""
    keys = sa.func.unnest(sa.cast(sa.bindparam("keys"), ARRAY(sa.BigInteger)))
    if with_place:
        return keys.table_valued("key", with_ordinality="place").render_derived(name="asked")
    return keys.table_valued("key").render_derived(name="asked")
