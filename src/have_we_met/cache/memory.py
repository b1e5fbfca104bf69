"""Answers kept in this process: so many at most, those not asked for longest go first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from cachetools import LRUCache, TTLCache

from ..record import RecordId
from ..store.stamps import Buckets
from .held import Held


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept, what it depends on, and the store's version at which it was last known to hold.

    ``buckets`` are those of the question's keys; ``ids`` are the records that the answer names;
    ``version`` is ``None`` where the store cannot tell without being asked.
    """

    held: Held
    buckets: Buckets
    ids: tuple[RecordId, ...]
    version: object | None = None

    @classmethod
    def of(cls, held: Held, buckets: Buckets, version: object | None = None) -> Kept:
        """Keep an answer to a question with keys in these buckets."""
        return cls(held, buckets, tuple([match.id for match in held.matches]), version)


class Memory:
    """Up to ``size`` answers for ``seconds`` each; belongs to one event loop.

    Beside the name of a question stands its mark where it has one. Under marks, too, are ``size``
    answers at most; how old they are is for who asks to see.
    """

    def __init__(
        self, size: int, seconds: float, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._kept: TTLCache[bytes, Kept] = TTLCache(size, seconds, timer=clock)
        self._marked: LRUCache[bytes, Kept] = LRUCache(size)

    def get(self, name: bytes) -> Kept | None:
        """Give what is kept under a name."""
        found: Kept | None = self._kept.get(name)
        return found

    def marked(self, mark: bytes) -> Kept | None:
        """Give what is kept under a mark."""
        try:
            return self._marked[mark]
        except KeyError:
            return None

    def put(self, name: bytes, kept: Kept) -> None:
        """Keep it under a name, in place of what was."""
        self._kept[name] = kept

    def mark(self, mark: bytes, kept: Kept) -> None:
        """Keep it under a mark, in place of what was."""
        self._marked[mark] = kept
