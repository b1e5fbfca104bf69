"""Stamps: numbers that change with every write, kept in the transaction of the write itself.

Whoever keeps an answer reads the stamps of its question's keys *before* the answer is looked for,
and the answer holds for as long as they are the same. A stamp is a number of 63 bits that is drawn
anew by each unit that writes, so one that has passed never comes back. Keys share 65,536 buckets,
which bounds the table; two keys in one bucket cost an answer that is looked for once more.

Nobody pays for them until somebody asks for them to be kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from secrets import randbits
from typing import Any, NamedTuple, Protocol

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from ..record import RecordId
from .contacts import Contacts, Row
from .side import SideTables, stem_of
from .statements import Statement, Statements

BUCKETS = 1 << 16
ALL = -1
"""The bucket that every question depends on; where it has no stamp, none are kept."""
ERASED = -2
"""The bucket that every question depends on as well, and that changes when somebody is erased: so
everybody hears of it with the next question, whatever it is about."""
_MANY = 256
"""How many keys one unit stamps each by itself; one that wrote more stamps what all depend on."""

Stamps = tuple[int, ...]
Buckets = tuple[int, ...]
"""What a question depends on: :data:`ALL`, :data:`ERASED`, and those of its keys, in order."""
Hashes = Collection[int] | NDArray[np.int64]


def stamps_table(contacts: Contacts) -> sa.Table:
    """Describe the table of stamps beside a table of contacts."""
    return sa.Table(
        f"{stem_of(contacts)}_stamps",
        sa.MetaData(schema=contacts.table.schema),
        sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
    )


def buckets_of(hashes: Hashes) -> set[int]:
    """Say in which buckets keys are; of very many keys, that all are touched.

    >>> sorted(buckets_of([1, 1 + BUCKETS, -1])), buckets_of(range(100_000))
    ([1, 65535], {-1})
    """
    if len(hashes) > _MANY:
        return {ALL}
    return {_bucket(key) for key in hashes}


def depended_on(hashes: Iterable[int]) -> Buckets:
    """Say on which buckets a question with these keys depends, however many they are.

    >>> depended_on([1 + BUCKETS, 1, -1])
    (-1, -2, 1, 65535)
    """
    return ALL, ERASED, *sorted({_bucket(key) for key in hashes})


def _bucket(key: int) -> int:
    return int(key) & BUCKETS - 1


class Standing(NamedTuple):
    """How things stand now: stamps, in the order of their buckets, and contacts in that of ids.

    ``contacts`` is ``None`` where one is gone.
    """

    stamps: Stamps
    contacts: tuple[dict[str, Any], ...] | None


class Running(Protocol):
    """What runs statements in one unit."""

    @property
    def side(self) -> SideTables:
        """The side tables."""
        ...

    @property
    def statements(self) -> Statements:
        """The statements on them."""
        ...

    @property
    def touched(self) -> set[int]:
        """The buckets of the keys under which was written."""
        ...

    async def run(self, statement: Statement, named: Mapping[str, object]) -> Sequence[Row]:
        """Run a statement with its parameters given by their names."""
        ...

    async def run_many(self, statement: Statement, named: list[dict[str, object]]) -> None:
        """Run a statement once for each set of named parameters."""
        ...


async def read_standing(
    unit: Running, buckets: Buckets, ids: Sequence[RecordId]
) -> Standing | None:
    """Read stamps and contacts, in one statement; ``None`` where no stamps are kept."""
    contacts, stamps = unit.side.contacts, unit.statements.stamps
    named = {**stamps.asked(buckets), **contacts.keys_named(ids)} if ids else stamps.asked(buckets)
    rows = await unit.run(stamps.standing(len(buckets), len(ids)), named)
    known = {row[0]: row[1] for row in rows if row[0] is not None}
    if ALL not in known:
        return None
    there = contacts.by_id([row[2:] for row in rows if row[0] is None])
    return Standing(
        tuple([known.get(bucket, 0) for bucket in buckets]),
        tuple([there[one] for one in ids]) if len(there) == len(ids) else None,
    )


def erasure_of(stamps: Stamps) -> int:
    """The stamp of the latest erasure among those that were read."""
    return stamps[1]


async def are_kept(unit: Running) -> bool:
    """Whether stamps are kept."""
    return await read_standing(unit, (ALL,), ()) is not None


async def write_stamps(unit: Running) -> None:
    """Stamp the buckets in which was written: the last thing before a unit is committed.

    In everybody's order, and with nothing waited for after it, so no two units stand in a circle.
    """
    touched = sorted(unit.touched)
    if ALL in touched or len(touched) > _MANY:
        touched = [*({ERASED} & unit.touched), ALL]
    if touched:
        stamps = unit.statements.stamps
        await unit.run_many(stamps.write, stamps.rows(touched, randbits(63)))


async def keep_stamps(unit: Running) -> None:
    """Have stamps kept from now on; what was answered before stands under none of them."""
    if not await are_kept(unit):
        unit.touched.add(ALL)
        await write_stamps(unit)


async def write_stamps_if_kept(unit: Running) -> None:
    """The same where it is not known yet whether stamps are kept."""
    if unit.touched and await are_kept(unit):
        await write_stamps(unit)
