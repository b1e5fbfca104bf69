"""Keeping every time that was measured: exact quantiles cost 8 bytes an answer."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """What came back: the seconds that each answer took, and what went wrong how often.

    ``since`` is the moment from which on questions count. Times are kept one by one rather than in
    a histogram of bounded error: half a million answers are 4 MB.
    """

    since: float
    seconds: array[float] = field(default_factory=lambda: array("d"))
    errors: Counter[str] = field(default_factory=Counter)

    def answered(self, asked: float, now: float, status: int) -> None:
        """Count an answer to a question that was to be asked at ``asked``."""
        if asked < self.since:
            return
        self.seconds.append(now - asked)
        if status != 200:
            self.errors[f"status {status}"] += 1

    def failed(self, asked: float, now: float, why: str) -> None:
        """Count a question that was not answered; it waited until now."""
        if asked < self.since:
            return
        self.seconds.append(now - asked)
        self.errors[why] += 1
