"""What a process has heard of erasures, for the time in which it can hear nothing."""

from __future__ import annotations


class Erasures:
    """The stamp of the latest erasure that was heard of; none before anything was.

    Stamps are drawn by chance, so which of two is the later one cannot be seen: one that has been
    followed by another never comes back, and who says so was asked before that.

    >>> erasures = Erasures()
    >>> erasures.hear(7), erasures.hear(8), erasures.hear(7)
    (None, None, None)
    >>> erasures.stands(8), erasures.stands(7)
    (True, False)
    """

    def __init__(self) -> None:
        self._latest: int | None = None
        self._passed: set[int] = set()

    def hear(self, stamp: int) -> None:
        """Hear what the store says now."""
        if stamp != self._latest and stamp not in self._passed:
            self.pass_by()
            self._latest = stamp

    def pass_by(self) -> None:
        """Somebody is erased by this process itself: what was heard so far is the past."""
        if self._latest is not None:
            self._passed.add(self._latest)
        self._latest = None

    def stands(self, stamp: int) -> bool:
        """Tell whether nobody was erased, as far as was heard, since something had this stamp."""
        return stamp == self._latest
