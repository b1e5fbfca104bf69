"""What a load came to, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .plan import Plan
from .tally import Tally

QUANTILES: Mapping[str, float] = {"p50": 50, "p95": 95, "p99": 99, "p99.9": 99.9}


@dataclass(frozen=True, slots=True)
class Result:
    """Answers a second, the times that they took in milliseconds, and what went wrong.

    ``milliseconds`` holds every time, sorted. ``repeated`` is how many questions had been asked
    before, since there were not enough different ones.
    """

    connections: int
    duration: float
    asked_rate: float | None
    answers: int
    errors: Mapping[str, int]
    repeated: int
    milliseconds: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of(cls, plan: Plan, tally: Tally, *, distinct: int) -> Result:
        """Sum up."""
        times = np.sort(np.frombuffer(tally.seconds, dtype=np.float64)) * 1000
        return cls(
            plan.connections,
            plan.duration,
            plan.rate,
            len(times),
            dict(sorted(tally.errors.items())),
            max(0, len(times) - distinct),
            times,
        )

    @property
    def rate(self) -> float:
        """Questions that were answered well, a second."""
        return (self.answers - self.failed) / self.duration

    @property
    def failed(self) -> int:
        """Questions that were answered badly, or not at all."""
        return sum(self.errors.values())

    @property
    def failed_share(self) -> float:
        """The same as a share of all questions."""
        return self.failed / self.answers if self.answers else 1.0

    def quantile(self, percent: float) -> float:
        """The least time in milliseconds that so many of a hundred did not pass; NaN for none.

        It is one of the times that were measured; nothing is interpolated.
        """
        if not self.answers:
            return float("nan")
        return float(np.percentile(self.milliseconds, percent, method="inverted_cdf"))

    def data(self) -> dict[str, object]:
        """All of it as plain values, without the single times."""
        times = {name: round(self.quantile(percent), 3) for name, percent in QUANTILES.items()}
        return {
            "connections": self.connections,
            "duration": self.duration,
            "asked_rate": self.asked_rate,
            "answers": self.answers,
            "rate": round(self.rate, 1),
            "milliseconds": {**times, "max": round(self.quantile(100), 3)},
            "failed": self.failed,
            "errors": dict(self.errors),
            "repeated": self.repeated,
        }
