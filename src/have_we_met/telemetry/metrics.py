"""Counting what happens, in the instruments of the catalogue.

A lookup costs two observations, and its share in the increments of those that are told of with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, ProcessCollector

from ..answer import Lookup, Registration
from ..late import Tally, Verdict
from ..model import Model
from ..resilience import Change, State
from ..store.base import PoolUse
from ..store.drift import Lag
from ..verdict import Status
from .growth import Growth
from .instruments import instruments

LACKS = frozenset({"cache", "evidence", "index", "key", "server", "service", "store"})
"""The kinds of lacks that have a series of their own; any other is counted as ``other``."""
OTHER = "other"
_STATES: Mapping[State, int] = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}


class Metrics:
    """The metrics of one table in one process.

    ``entity`` is the table's name.
    """

    def __init__(self, entity: str, model: Model) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        made = instruments(self.registry)
        self._entity = entity
        self._keys = frozenset(map(str, model.all_keys))
        self._counters, self._gauges = made.counters, made.gauges
        self._took = made.histograms["lookup_duration_seconds"].labels(entity).observe
        self._compared = made.histograms["lookup_candidates"].labels(entity).observe
        self._cached = Growth(self._counters["cache_lookups_total"])
        self._asked = Growth(self._counters["service_calls_total"])
        self._canary = Growth(self._counters["canary_lookups_total"])
        self._answers: dict[tuple[Status, bool], Counter] = {}
        self._begin(model)

    def _begin(self, model: Model) -> None:
        """Have every series that alerts go by begin at 0: a first increase is one only then."""
        self._gauges["build_info"].labels(version("have-we-met"), model.fingerprint).set(1)
        for status in Status:
            for complete in (True, False):
                self._answer(status, complete)

    def _answer(self, status: Status, complete: bool) -> Counter:
        labels = self._entity, status.value, str(complete).lower()
        made = self._answers[status, complete] = self._counters["lookups_total"].labels(*labels)
        return made

    # --- what happens ---------------------------------------------------------------------------

    def looked_up(self, lookups: Sequence[Lookup]) -> None:
        """Count lookups; a watcher."""
        took, compared = self._took, self._compared
        answers: dict[tuple[Status, bool], int] = {}
        for lookup in lookups:
            took(lookup.duration / 1000)
            compared(lookup.candidates)
            answer = lookup.status, lookup.complete
            answers[answer] = answers.get(answer, 0) + 1
            if lookup.degraded:
                self._lacking(lookup)
        for answer, count in answers.items():
            self._answers[answer].inc(count)

    def _lacking(self, lookup: Lookup) -> None:
        for lack in lookup.degraded:
            kind = lack.kind if lack.kind in LACKS else OTHER
            self._counters["lacks_total"].labels(self._entity, kind).inc()
            if kind == "key":
                key = lack.name if lack.name in self._keys else OTHER
                self._counters["keys_over_full_total"].labels(self._entity, key).inc()

    def registered(self, registration: Registration) -> None:
        """Count what became of a sign-up."""
        outcome = _outcome(registration)
        self._counters["registrations_total"].labels(self._entity, outcome).inc()

    def refused(self, status: int) -> None:
        """Count a request that was refused or failed, by its HTTP status."""
        self._counters["problems_total"].labels(str(status)).inc()

    def breaker(self, change: Change) -> None:
        """Note a circuit breaker's new state; to be told of its changes."""
        self.breaker_is(change.breaker, change.state)
        self._counters["breaker_changes_total"].labels(change.breaker, change.state.value).inc()

    # --- what is --------------------------------------------------------------------------------

    def breaker_is(self, breaker: str, state: State) -> None:
        """Note in which state a circuit breaker is, before it is told of any change."""
        self._gauges["breaker_state"].labels(breaker).set(_STATES[state])

    def pools(self, pools: Mapping[str, PoolUse]) -> None:
        """Note how much of each pool of connections is used."""
        connections = self._gauges["pool_connections"]
        for name, use in pools.items():
            connections.labels(name, "lent").set(use.lent)
            connections.labels(name, "free").set(use.free)
            self._gauges["pool_connections_limit"].labels(name).set(use.limit)
            self._gauges["pool_waiting"].labels(name).set(use.waiting)

    def cached(self, counts: Mapping[str, int]) -> None:
        """Take a cache's own counts."""
        self._cached.told(counts, self._entity)

    def asked(self, service: str, counts: Mapping[str, int]) -> None:
        """Take the counts of who asks a service."""
        self._asked.told(counts, service)

    def canary(self, counts: Mapping[str, int]) -> None:
        """Take a canary's counts."""
        self._canary.told(counts, self._entity)

    def late(self, tally: Tally, *, telling: bool) -> None:
        """Note how many late verdicts there are; where they are told, also how many are not."""
        self._gauges["late_waiting"].labels(self._entity).set(tally.waiting)
        self._gauges["late_lag_seconds"].labels(self._entity).set(tally.lag)
        for verdict in Verdict:
            found = tally.found.get(verdict, 0)
            self._gauges["late_verdicts"].labels(self._entity, verdict.value).set(found)
        if telling:
            self._gauges["late_untold"].labels(self._entity).set(tally.untold)

    def lag(self, lag: Lag) -> None:
        """Note how far the side tables may be behind."""
        if lag.pending is not None:
            self._gauges["index_pending"].labels(self._entity).set(lag.pending)
        if lag.seconds is not None:
            self._gauges["index_lag_seconds"].labels(self._entity).set(lag.seconds)


def _outcome(registration: Registration) -> str:
    if registration.created:
        return "created"
    return "linked" if registration.linked else registration.lookup.status.value
