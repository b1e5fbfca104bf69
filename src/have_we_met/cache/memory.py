"""Answers kept in this process: so many at most, those not asked for longest go first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from cachetools import LRUCache, TTLCache

from .held import Held


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept, and the store's version at which it was last known to hold, if it has one."""

    held: Held
    version: object | None = None


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

    def put(self, name: bytes, kept: Kept, mark: bytes | None = None) -> None:
        """Keep it, in place of what was."""
        self._kept[name] = kept
        if mark is not None:
            self._marked[mark] = kept
