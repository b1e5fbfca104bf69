"""The catalogue's metrics as instruments of ``prometheus-client``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from .catalogue import METRICS


@dataclass(frozen=True, slots=True)
class Instruments:
    """One instrument a metric, by its name without ``have_we_met_``."""

    counters: Mapping[str, Counter]
    gauges: Mapping[str, Gauge]
    histograms: Mapping[str, Histogram]


def instruments(registry: CollectorRegistry) -> Instruments:
    """Make all instruments, and have a registry know them."""
    counters: dict[str, Counter] = {}
    gauges: dict[str, Gauge] = {}
    histograms: dict[str, Histogram] = {}
    for metric in METRICS:
        name, said = metric.name.removeprefix("have_we_met_"), (metric.says, metric.labels)
        if metric.kind == "counter":
            counters[name] = Counter(metric.name, *said, registry=registry)
        elif metric.kind == "gauge":
            gauges[name] = Gauge(
                metric.name, *said, registry=registry, multiprocess_mode=metric.merge
            )
        else:
            histograms[name] = Histogram(
                metric.name, *said, registry=registry, buckets=metric.buckets
            )
    return Instruments(counters, gauges, histograms)
