from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from have_we_met import Lack, Lookup, Status, preset
from have_we_met.answer import Registration
from have_we_met.late import Tally, Verdict
from have_we_met.resilience import Breaker, BreakerSettings
from have_we_met.store import Lag
from have_we_met.store.base import PoolUse
from have_we_met.telemetry import METRICS, Metrics, exposition
from have_we_met.telemetry.catalogue import SECONDS

MODEL = preset("contacts")
KEY = str(MODEL.all_keys[2])


def samples(metrics: Metrics, name: str, *, guide: bool = False) -> dict[str, float]:
    """A metric's samples that are not 0, by the values of their labels."""
    text = exposition(metrics.registry, guide=guide).decode()
    return {
        ",".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and sample.value
    }


def looked_up(*lookups: Lookup) -> Metrics:
    """Metrics that saw these."""
    metrics = Metrics("contacts", MODEL)
    metrics.looked_up(lookups)
    return metrics


def answer(status: Status = Status.FOUND, milliseconds: float = 1, **facts: object) -> Lookup:
    """An answer."""
    return Lookup(status, milliseconds, "0", **facts)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.builds(
            answer,
            st.sampled_from(Status),
            st.floats(0, 1e5),
            complete=st.booleans(),
            candidates=st.integers(0, 1000),
        ),
        max_size=20,
    )
)
def test_nothing_is_lost_and_nothing_is_counted_twice(lookups: list[Lookup]) -> None:
    """Whatever the answers are: counters, histogram and the guide's own say the same of them."""
    metrics = looked_up(*lookups)
    by_labels = Counter(
        f"{str(one.complete).lower()},contacts,{one.status.value}" for one in lookups
    )
    by_status = Counter(one.status.value for one in lookups)
    total = {"contacts": float(len(lookups))} if lookups else {}
    took = samples(metrics, "have_we_met_lookup_duration_seconds_sum")
    took_ms = samples(metrics, "contact_lookup_duration_ms_sum", guide=True)

    assert samples(metrics, "have_we_met_lookups_total") == by_labels
    assert samples(metrics, "have_we_met_lookup_duration_seconds_count") == total
    assert samples(metrics, "contact_lookup_outcome_total", guide=True) == by_status
    assert samples(metrics, "have_we_met_lookup_candidates_count") == total
    assert sum(samples(metrics, "have_we_met_lookup_candidates_sum").values()) == sum(
        one.candidates for one in lookups
    )
    assert sum(took.values()) == pytest.approx(sum(one.duration for one in lookups) / 1000)
    assert sum(took_ms.values()) == pytest.approx(sum(one.duration for one in lookups))


def test_the_guides_buckets_are_milliseconds() -> None:
    """A lookup of 300 ms stands between 200 and 500, not in the first bucket."""
    metrics = looked_up(answer(milliseconds=300))
    buckets = samples(metrics, "contact_lookup_duration_ms_bucket", guide=True)

    assert buckets == {"500": 1, "1000": 1, "2000": 1, "+Inf": 1}
    assert samples(metrics, "contact_lookup_duration_ms_bucket") == {}


@pytest.mark.parametrize(
    ("candidates", "first"), [(0, "0.0"), (1, "1.0"), (3, "4.0"), (32, "32.0"), (513, "+Inf")]
)
def test_candidates_stand_in_their_bucket(candidates: int, first: str) -> None:
    """Nobody has one of its own; a bound is in the bucket that it bounds."""
    metrics = looked_up(answer(candidates=candidates))
    buckets = samples(metrics, "have_we_met_lookup_candidates_bucket")

    assert next(labels.split(",")[1] for labels in buckets) == first


def test_the_guides_bounds_are_among_ours() -> None:
    """So that its histogram can be made of ours."""
    assert {0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0} <= set(SECONDS)


def test_what_lookups_lack() -> None:
    """Lacks count by kind, over-full keys by key; what nobody foresaw gets no series of its own."""
    lacks = (
        Lack("key", KEY, "holds more than 64 records"),
        Lack("key", "ada@example.org", "is no key"),
        Lack("store", "deadline", "was late"),
        Lack("ada@example.org", "is", "no kind"),
    )
    metrics = looked_up(answer(complete=False, degraded=lacks))

    assert samples(metrics, "have_we_met_lacks_total") == {
        "contacts,key": 2,
        "contacts,store": 1,
        "contacts,other": 1,
    }
    assert samples(metrics, "have_we_met_keys_over_full_total") == {
        f"contacts,{KEY}": 1,
        "contacts,other": 1,
    }
    assert b"ada" not in exposition(metrics.registry)


@pytest.mark.parametrize(
    ("registration", "outcome"),
    [
        (Registration(True, answer(Status.NOT_FOUND)), "created"),
        (Registration(False, answer(Status.FOUND)), "found"),
        (Registration(False, answer(Status.REVIEW)), "review"),
        (Registration(False, answer(Status.FOUND), linked=True), "linked"),
    ],
)
def test_registrations(registration: Registration, outcome: str) -> None:
    """Each has one outcome."""
    metrics = Metrics("contacts", MODEL)
    metrics.registered(registration)

    assert samples(metrics, "have_we_met_registrations_total") == {f"contacts,{outcome}": 1}


def test_pools_and_lag() -> None:
    """Numbers that are read show what they are now; what is not known has no series."""
    metrics = Metrics("contacts", MODEL)
    metrics.pools({"reading": PoolUse(limit=8, lent=3, free=2, waiting=1)})
    metrics.pools({"reading": PoolUse(limit=8, lent=8, free=0, waiting=5)})
    metrics.lag(Lag("time", None))

    assert samples(metrics, "have_we_met_pool_connections") == {"reading,lent": 8}
    assert samples(metrics, "have_we_met_pool_connections_limit") == {"reading": 8}
    assert samples(metrics, "have_we_met_pool_waiting") == {"reading": 5}
    assert samples(metrics, "have_we_met_index_pending") == {}

    metrics.lag(Lag("changes", 2.5, 7))

    assert samples(metrics, "have_we_met_index_pending") == {"contacts": 7}
    assert samples(metrics, "have_we_met_index_lag_seconds") == {"contacts": 2.5}


def test_a_caches_counts_grow() -> None:
    """They are told whole, again and again, and counted once."""
    metrics = Metrics("contacts", MODEL)
    for counts in ({"hit": 3}, {"hit": 3, "miss": 1}, {"hit": 5, "miss": 1}):
        metrics.cached(counts)

    assert samples(metrics, "have_we_met_cache_lookups_total") == {
        "contacts,hit": 5,
        "contacts,miss": 1,
    }


def test_breakers() -> None:
    """A gauge says how each one stands, a counter how often it came there."""
    metrics = Metrics("contacts", MODEL)
    breaker = Breaker("mail", BreakerSettings(minimum_calls=1), tell=[metrics.breaker])
    with breaker.attempt() as attempt:
        attempt.fail()

    assert samples(metrics, "have_we_met_breaker_state") == {"mail": 2}
    assert samples(metrics, "have_we_met_breaker_changes_total") == {"mail,open": 1}


def test_series_that_alerts_go_by_begin_at_0() -> None:
    """The first error of all is an increase, since there was a 0 before it."""
    text = exposition(Metrics("contacts", MODEL).registry).decode()

    assert 'lookups_total{complete="false",entity="contacts",status="error"} 0.0' in text


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_names_are_as_prometheus_wants_them(metric: object) -> None:
    """Counters end in total, others do not; whatever has a unit names it."""
    from have_we_met.telemetry import Metric

    assert isinstance(metric, Metric)
    assert metric.name.startswith("have_we_met_")
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert bool(metric.buckets) == (metric.kind == "histogram")


def test_what_services_were_asked() -> None:
    """Their own counts are taken as they stand, each time; each service is a series."""
    metrics = Metrics("contacts", MODEL)
    for counts in ({"ok": 2}, {"ok": 5, "late": 1}, {"ok": 5, "late": 1}):
        metrics.asked("mail", counts)
    metrics.asked("register", {"ok": 1})

    assert samples(metrics, "have_we_met_service_calls_total") == {
        "ok,mail": 5,
        "late,mail": 1,
        "ok,register": 1,
    }


@pytest.mark.parametrize("telling", [False, True])
def test_late_verdicts(telling: bool) -> None:
    """How many wait, what was found, and, where somebody is told, who was not."""
    metrics = Metrics("contacts", MODEL)
    metrics.late(Tally(3, 2, 61.0, {Verdict.DUPLICATE: 4, Verdict.CLEAR: 9}), telling=telling)

    assert samples(metrics, "have_we_met_late_waiting") == {"contacts": 3}
    assert samples(metrics, "have_we_met_late_lag_seconds") == {"contacts": 61}
    assert samples(metrics, "have_we_met_late_verdicts") == {
        "contacts,duplicate": 4,
        "contacts,clear": 9,
    }
    assert samples(metrics, "have_we_met_late_untold") == ({"contacts": 2} if telling else {})


def test_a_canary() -> None:
    """What became of its lookups."""
    metrics = Metrics("contacts", MODEL)
    metrics.canary({"found": 8, "missed": 0})
    metrics.canary({"found": 9, "missed": 1})

    assert samples(metrics, "have_we_met_canary_lookups_total") == {
        "contacts,found": 9,
        "contacts,missed": 1,
    }
