"""Every metric that there is, in one table: code, documentation, dashboard and alerts go by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SECONDS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Upper bounds of a lookup's duration; the guide's own eight, in milliseconds, are among them."""
CANDIDATES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
"""Upper bounds of a lookup's candidates: nobody, and on by doubling, as over-full keys are set."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, kind, meaning, and labels, none of which grows without bound.

    ``merge`` is how a gauge's values of several processes become one.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    says: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    merge: Literal["livesum", "livemax"] = "livesum"


METRICS = (
    Metric(
        "have_we_met_lookup_duration_seconds",
        "histogram",
        "how long lookups took",
        ("entity",),
        SECONDS,
    ),
    Metric(
        "have_we_met_lookups_total",
        "counter",
        "lookups, by their answer and by whether they looked everywhere",
        ("entity", "status", "complete"),
    ),
    Metric(
        "have_we_met_lookup_candidates",
        "histogram",
        "how many stored records lookups compared",
        ("entity",),
        CANDIDATES,
    ),
    Metric(
        "have_we_met_lacks_total",
        "counter",
        "what lookups could not look at, by its kind",
        ("entity", "kind"),
    ),
    Metric(
        "have_we_met_keys_over_full_total",
        "counter",
        "lookups that met an over-full key, by the key",
        ("entity", "key"),
    ),
    Metric(
        "have_we_met_registrations_total",
        "counter",
        "what became of sign-ups: `created`, `found`, `review` or `linked`",
        ("entity", "outcome"),
    ),
    Metric(
        "have_we_met_problems_total",
        "counter",
        "requests that were refused or failed, by their HTTP status",
        ("status",),
    ),
    Metric(
        "have_we_met_pool_connections",
        "gauge",
        "connections to the database: `lent` or `free`",
        ("pool", "state"),
    ),
    Metric(
        "have_we_met_pool_connections_limit",
        "gauge",
        "connections to the database that there may be",
        ("pool",),
    ),
    Metric(
        "have_we_met_pool_waiting",
        "gauge",
        "callers that wait for a connection",
        ("pool",),
    ),
    Metric(
        "have_we_met_index_pending",
        "gauge",
        "changes made elsewhere that are not yet in the side tables, where they can be counted",
        ("entity",),
        merge="livemax",
    ),
    Metric(
        "have_we_met_index_lag_seconds",
        "gauge",
        "how long ago the side tables were true for sure, where writes are made elsewhere",
        ("entity",),
        merge="livemax",
    ),
    Metric(
        "have_we_met_cache_lookups_total",
        "counter",
        "lookups by where the cache had the answer: `memory`, `redis`, nowhere (`miss`), `shared`"
        " with who asked the same, `stale`, or not asked (`past`)",
        ("entity", "result"),
    ),
    Metric(
        "have_we_met_service_calls_total",
        "counter",
        "questions to a service: answered `ok`, `invalid`, `not_found`, as before (`kept`), or as"
        " who asked the same (`shared`); or not: `refused`, `late`, `failed`, or `left_alone` by"
        " its breaker",
        ("service", "outcome"),
    ),
    Metric(
        "have_we_met_late_waiting",
        "gauge",
        "records created upon an incomplete answer that wait to be looked at again",
        ("entity",),
        merge="livemax",
    ),
    Metric(
        "have_we_met_late_lag_seconds",
        "gauge",
        "for how long the oldest of these looks has been due",
        ("entity",),
        merge="livemax",
    ),
    Metric(
        "have_we_met_late_verdicts",
        "gauge",
        "what such looks found: `duplicate`, `review`, `clear` (for a month) or `unknown`",
        ("entity", "verdict"),
        merge="livemax",
    ),
    Metric(
        "have_we_met_late_untold",
        "gauge",
        "verdicts that the webhook's receiver has not taken, where there is a webhook",
        ("entity",),
        merge="livemax",
    ),
    Metric(
        "have_we_met_canary_lookups_total",
        "counter",
        "lookups of known people with small changes: `found`, to `review`, taken for `other`,"
        " `missed`, or `unknown` where the look was incomplete",
        ("entity", "status"),
    ),
    Metric(
        "have_we_met_breaker_state",
        "gauge",
        "0 where a circuit breaker is closed, 1 half-open, 2 open",
        ("breaker",),
        merge="livemax",
    ),
    Metric(
        "have_we_met_breaker_changes_total",
        "counter",
        "a circuit breaker's changes, by its new state",
        ("breaker", "state"),
    ),
    Metric(
        "have_we_met_build_info",
        "gauge",
        "always 1; the version and the model's fingerprint",
        ("version", "model"),
        merge="livemax",
    ),
)
