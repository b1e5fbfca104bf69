"""Changes that the database itself notes: what a store can have where its database has triggers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from .contacts import Row
from .unit import SqlUnit

Wait = Callable[[float], Awaitable[None]]
"""Waits until something was noted, or for so many seconds."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was written: its place in the queue and its key.

    No key says that all rows went at once.
    """

    seq: int
    key: Row | None


class Changes(Protocol):
    """A queue that is fed by triggers on the caller's table."""

    async def installed(self, unit: SqlUnit) -> bool:
        """Whether the triggers are there, for the columns that are read now."""
        ...

    async def install(self, unit: SqlUnit) -> None:
        """Create the queue and its triggers, or those that are missing."""
        ...

    async def uninstall(self, unit: SqlUnit) -> None:
        """Drop them."""
        ...

    async def pending(self, unit: SqlUnit, size: int) -> Sequence[Change]:
        """Take the next so many changes, but those that another unit has taken."""
        ...

    async def done(self, unit: SqlUnit, changes: Sequence[Change]) -> None:
        """Delete them, in the unit in which they were mended."""
        ...

    async def behind(self, unit: SqlUnit) -> tuple[int, float]:
        """How many changes wait, and for how many seconds the oldest."""
        ...

    def listen(self) -> AbstractAsyncContextManager[Wait]:
        """Have the database say when something is noted."""
        ...
