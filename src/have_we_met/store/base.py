"""What the road asks of a store, and what a store gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ..model import Model
from ..quick import Quick
from ..record import Record, RecordId
from ..verdict import Judged
from .audit_chain import Act, Head
from .drift import Lag
from .late_note import Doubt
from .marks import Marks
from .prepare import Prepared
from .rows import Rows
from .side import SideTables
from .stamps import Buckets, Standing

if TYPE_CHECKING:
    from .tombstones import Tombstones

Contact = dict[str, object]
"""A row of the caller's table, its values under the fields' names."""

Values = tuple[str | None, ...]

Progress = Callable[[int, int], None]
"""Told (rows done, rows in all) after each page."""


class Candidates(Quick, frozen=True):
    """The stored records that share a key with the one asked about, each once.

    ``ids`` and ``values`` go side by side. ``over_full`` names the keys (by their place in the
    model's ``all_keys``) that hold more records than the model's limit, and so were cut off.
    """

    ids: Sequence[RecordId]
    values: Sequence[Values]
    over_full: tuple[int, ...] = ()

    def joined(self, others: Candidates) -> Candidates:
        """Add what further keys brought; a record that both brought stays once."""
        if not self.ids:
            return Candidates(others.ids, others.values, (*self.over_full, *others.over_full))
        once = dict(zip(self.ids, self.values, strict=True))
        once |= zip(others.ids, others.values, strict=True)
        return Candidates(list(once), list(once.values()), (*self.over_full, *others.over_full))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the records of one batch; ``erased`` of them bring back who was erased."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    erased: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        sums = (getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        return Loaded(*sums)


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How many connections there may be, are lent, and are free; and how many callers wait."""

    limit: int
    lent: int
    free: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer that was given under a key: what was asked then, what was answered, and when.

    ``body_mark`` tells one request from another and says nothing about it; ``answer`` is a text
    without anybody's data.
    """

    body_mark: str
    answer: str
    at: datetime


class Unit(Protocol):
    """One unit of work: everything in it happens, or nothing."""

    async def hold(self, keys: Sequence[tuple[int, int]]) -> None:
        """Keep every other unit that holds one of these keys waiting until this one ends.

        Two units that could be about one person share a key, so the later one sees what the
        earlier one wrote.
        """
        ...

    async def candidates(self, keys: Sequence[tuple[int, int]]) -> Candidates:
        """Find the records under these keys, given as (place in the model, hash)."""
        ...

    async def contact(self, record_id: RecordId) -> Contact | None:
        """Read one row of the caller's table."""
        ...

    async def lock(self, record_id: RecordId) -> Contact | None:
        """Read one row, and keep everybody else from changing it until this unit ends."""
        ...

    async def contacts(self, record_ids: Sequence[RecordId]) -> Mapping[RecordId, Contact]:
        """Read several rows of the caller's table at once; one that is gone is left out."""
        ...

    async def insert(self, record: Record) -> RecordId:
        """Write a new contact and its keys; raises :class:`RecordExists`."""
        ...

    async def update(self, record_id: RecordId, record: Record) -> None:
        """Set a contact's columns and its keys; raises :class:`RecordNotFound`."""
        ...

    async def delete(self, record_id: RecordId) -> Mapping[str, int]:
        """Delete a contact, its keys and what was judged and noted of it; says how much of each."""
        ...

    async def audit(self, marks: Marks, acts: Sequence[Act]) -> Head:
        """Write down who did what, at the end of the chain: the last thing that a unit does."""
        ...

    async def recall(self, key_mark: str) -> Remembered | None:
        """Read the answer that was given under an idempotency key, however long ago."""
        ...

    async def remember(self, key_mark: str, given: Remembered, *, before: datetime) -> None:
        """Write an answer in place of what is under the key; forget some from ``before``."""
        ...

    async def judge(self, judged: Judged) -> None:
        """Write what is asserted of two records; nothing where that stands already."""
        ...

    async def judgements(self, record_id: RecordId) -> Sequence[Judged]:
        """Read all that was ever asserted of a record and others, oldest first."""
        ...

    async def note(self, record_id: RecordId, doubt: Doubt, at: datetime) -> None:
        """Note that a record was created upon an incomplete answer, to be looked at again."""
        ...


class Store(Protocol):
    """A database with the caller's table and our side tables.

    ``deadline`` is a moment on :func:`time.monotonic`'s clock; when it passes, the work is
    cancelled where it is, nothing of it stays, and :class:`DeadlineExceeded` is raised.
    """

    model: Model
    side: SideTables

    @property
    def rows(self) -> Rows:
        """Rows of the caller's table as they were read at the present :meth:`version`."""
        ...

    @property
    def tombstones(self) -> Tombstones:
        """What makes the marks of this store, and what becomes of those who were erased."""
        ...

    def read(self, deadline: float | None) -> AbstractAsyncContextManager[Unit]:
        """Open a unit that only reads."""
        ...

    def begin(self, deadline: float | None) -> AbstractAsyncContextManager[Unit]:
        """Open a unit that holds the right to write until it ends."""
        ...

    async def keep_stamps(self) -> None:
        """From now on, have every write change the stamps of its keys; nothing where it does."""
        ...

    async def standing(
        self, buckets: Buckets, ids: Sequence[RecordId], deadline: float | None
    ) -> Standing | None:
        """Read the stamps that change with every write under keys in one of these buckets, and rows
        of the caller's table by ids that it gave: both at one moment.

        ``None`` where none are kept, or what would be read now is not committed yet.
        """
        ...

    def version(self) -> object | None:
        """Give what is equal only where nothing at all was committed in between, by anybody.

        ``None`` where this database cannot tell without being asked.
        """
        ...

    async def load(self, contacts: Sequence[Mapping[str, object]]) -> Loaded:
        """Write a batch in one unit: the new are inserted, the changed are updated.

        Each contact has its id, and all have the same names. For files of any size: call it with
        some ten thousand at a time.
        """
        ...

    async def load_columns(
        self, columns: Mapping[str, Sequence[Any]], prepared: Prepared | None = None
    ) -> Loaded:
        """Write a batch that is given as columns, as :meth:`load` does.

        ``prepared`` is what was worked out of the same columns before, where it was; the columns
        were fitted to the table then.
        """
        ...

    async def count(self) -> int:
        """Count the records."""
        ...

    async def lag(self) -> Lag:
        """Say how far the side tables may be behind writes made elsewhere."""
        ...

    def pools(self) -> Mapping[str, PoolUse]:
        """Say how much of each pool of connections is used; nothing where there are none."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
