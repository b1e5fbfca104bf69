"""The guide's own two metrics, for dashboards that are built on them: made of ours, when asked.

Its histogram counts milliseconds, and neither has any label of ours, so they cost lookups nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

DURATION, OUTCOME = "contact_lookup_duration_ms", "contact_lookup_outcome"
MILLISECONDS = frozenset({10.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, float("inf")})


@dataclass(frozen=True, slots=True)
class GuideMetrics(Collector):
    """Collects what a registry collects, and the guide's two metrics beside it."""

    registry: CollectorRegistry

    def collect(self) -> Iterator[Metric]:
        """Give every metric."""
        for metric in self.registry.collect():
            yield metric
            if metric.name == "have_we_met_lookup_duration_seconds":
                yield _duration(metric.samples)
            elif metric.name == "have_we_met_lookups":
                yield _outcome(metric.samples)


def _duration(samples: Iterable[Sample]) -> Metric:
    made = Metric(DURATION, "Contact lookup duration in milliseconds", "histogram")
    for sample in samples:
        part = sample.name.rpartition("_")[2]
        if part == "bucket":
            milliseconds = float(sample.labels["le"]) * 1000
            if milliseconds in MILLISECONDS:
                bound = "+Inf" if milliseconds == float("inf") else f"{milliseconds:g}"
                made.add_sample(f"{DURATION}_bucket", {"le": bound}, sample.value)
        elif part in ("sum", "count"):
            value = sample.value * 1000 if part == "sum" else sample.value
            made.add_sample(f"{DURATION}_{part}", {}, value)
    return made


def _outcome(samples: Iterable[Sample]) -> Metric:
    totals: Counter[str] = Counter()
    for sample in samples:
        if sample.name.endswith("_total"):
            totals[sample.labels["status"]] += sample.value  # type: ignore[assignment]
    made = Metric(OUTCOME, "Contact lookup outcomes", "counter")
    for status, value in totals.items():
        made.add_sample(f"{OUTCOME}_total", {"status": status}, value)
    return made
