"""Keys that were over-full when they were last read, and bring nobody for a minute.

The first of many records under a key are no better than the others: they are not compared, and
the answer says which key was over-full. Reading them to leave them out would take longer than all
the rest of a lookup, so which keys these are is remembered in each process; for the hashes alone,
which say nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

Keys = Sequence[tuple[int, int]]
"""Keys of a record: each its place in the model, and its hash."""

_SECONDS = 60.0
_MOST = 10_000


class OverFull:
    """What is known of over-full keys.

    >>> known = OverFull()
    >>> known.note(7)
    >>> known.part([(0, 7), (1, 8)])
    ([(1, 8)], (0,))
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}

    def part(self, keys: Keys) -> tuple[Keys, tuple[int, ...]]:
        """Part the keys that are worth reading from the places of those that are over-full."""
        until = self._until
        if not until or until.keys().isdisjoint([key for _, key in keys]):
            return keys, ()
        now = self._clock()
        passed = [one for one in keys if until.get(one[1], now) > now]
        return [one for one in keys if one not in passed], tuple(place for place, _ in passed)

    def note(self, key: int) -> None:
        """Remember that a key is over-full."""
        if len(self._until) >= _MOST:
            self._until.clear()
        self._until[key] = self._clock() + _SECONDS
