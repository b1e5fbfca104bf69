"""Counters that grow as somebody's own counts do, which know nothing of metrics."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import Counter


class Growth:
    """Adds to a counter what counts have grown by since they were last told.

    >>> from prometheus_client import CollectorRegistry, generate_latest
    >>> registry = CollectorRegistry()
    >>> growth = Growth(Counter("calls", "calls", ["outcome"], registry=registry))
    >>> for counts in ({"ok": 2}, {"ok": 5}):
    ...     growth.told(counts)
    >>> registry.get_sample_value("calls_total", {"outcome": "ok"})
    5.0
    """

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._told: dict[tuple[str, ...], int] = {}

    def told(self, counts: Mapping[str, int], *labels: str) -> None:
        """Take counts as they stand now; their names are the counter's last label."""
        for name, count in counts.items():
            series = (*labels, name)
            self._counter.labels(*series).inc(count - self._told.get(series, 0))
            self._told[series] = count
