"""What a release must hold to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .result import Result


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a result; ``None`` is no bound.

    ``p99`` is in milliseconds, ``rate`` in answers a second, ``failed`` a share of all questions.
    """

    p99: float | None = None
    rate: float | None = None
    failed: float | None = None

    def broken(self, result: Result) -> Iterator[str]:
        """Say which bounds a result does not keep, each in a sentence."""
        p99 = result.quantile(99)
        if self.p99 is not None and not p99 <= self.p99:
            yield f"p99 is {p99:.1f} ms; it may be {self.p99:g}"
        if self.rate is not None and result.rate < self.rate:
            yield f"{result.rate:,.0f} answers a second; it must be {self.rate:,g}"
        if self.failed is not None and result.failed_share > self.failed:
            yield f"{result.failed_share:.2%} failed; it may be {self.failed:.2%}"
