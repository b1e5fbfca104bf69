"""How many calls of the last seconds failed."""

from __future__ import annotations

from collections import deque
from math import inf

SLOTS = 10
"""Into how many slots a window is cut; the oldest is dropped as a whole."""


class Window:
    """Counts calls and failures of the last ``seconds``, in constant space.

    A call counts until ``SLOTS - 1`` to ``SLOTS`` slots have passed: between 9 and 10 seconds of
    a window of ten.

    >>> window = Window(10.0)
    >>> window.add(0.0, failed=True)
    >>> window.add(5.0, failed=False)
    >>> window.counts(9.9), window.counts(10.0)
    ((2, 1), (1, 0))
    """

    __slots__ = ("_newest", "_newest_ends", "_slots", "_width")

    def __init__(self, seconds: float) -> None:
        self._width = seconds / SLOTS
        self.clear()

    def add(self, now: float, *, failed: bool) -> None:
        """Count a call that ended now, which is no earlier than those before."""
        if now >= self._newest_ends:
            self._begin_slot(int(now / self._width))
        self._newest[1] += 1
        if failed:
            self._newest[2] += 1

    def counts(self, now: float) -> tuple[int, int]:
        """Give the calls of the window, and how many of them failed."""
        self._drop(int(now / self._width))
        return sum(slot[1] for slot in self._slots), sum(slot[2] for slot in self._slots)

    def clear(self) -> None:
        """Forget all."""
        self._slots: deque[list[int]] = deque()  # [which slot, calls, failures]
        self._newest_ends = -inf

    def _begin_slot(self, which: int) -> None:
        self._newest = [which, 0, 0]
        self._newest_ends = (which + 1) * self._width
        self._slots.append(self._newest)
        self._drop(which)

    def _drop(self, which: int) -> None:
        while self._slots and self._slots[0][0] <= which - SLOTS:
            self._slots.popleft()
