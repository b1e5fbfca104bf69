"""Keys that so many records are under that reading the first of them is of no use.

Of a key that is just over-full the first records are read: the right one may well be among them.
Of one that a third of the table is under it hardly ever is, and reading and comparing them would
take longer than all the rest of a lookup. Which keys these are is found out when one is first met,
and remembered for a minute in each process; for the hashes alone, which say nothing about anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

Keys = Sequence[tuple[int, int]]
"""Keys of a record: each its place in the model, and its hash."""

TIMES = 16
"""How often the limit must go into what is under a key for the key to be overrun."""
_SECONDS = 60.0
_MOST = 10_000


class Overrun:
    """What is known of over-full keys: which of them are overrun.

    >>> known = Overrun()
    >>> known.note(7, overrun=True)
    >>> known.note(8, overrun=False)
    >>> known.part([(0, 7), (1, 8), (2, 9)])
    ([(1, 8), (2, 9)], (0,))
    >>> known.lately(8), known.lately(9)
    (False, None)
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[int, tuple[float, bool]] = {}

    def part(self, keys: Keys) -> tuple[Keys, tuple[int, ...]]:
        """Part the keys that are worth reading from the places of those that are overrun."""
        known = self._known
        if not known or known.keys().isdisjoint([key for _, key in keys]):
            return keys, ()
        passed = [one for one in keys if self.lately(one[1])]
        return [one for one in keys if one not in passed], tuple(place for place, _ in passed)

    def lately(self, key: int) -> bool | None:
        """Whether this over-full key was overrun within the last minute, where that is known."""
        found = self._known.get(key)
        if found is None or found[0] + _SECONDS < self._clock():
            return None
        return found[1]

    def note(self, key: int, *, overrun: bool) -> None:
        """Remember of an over-full key whether it is overrun."""
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = (self._clock(), overrun)
