"""What a server says under each policy to whatever schemathesis makes up: nothing that it may not.

Needs schemathesis, and the tests' store of invented people.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from tests.server.asking import Asker
from tests.server.fuzzing import PERSONS, checked, fuzzed, known, revealed

from have_we_met.access import POLICIES

BATCH = 500
"""Requests between two servers: what one created does not pile up."""


def fuzz(policy: str, requests: int, seed: int = 1) -> Counter[int]:
    """Send so many requests or a few more; count the answers by status.

    Raises what a check raises: of a 5xx, of an answer that is not as described, or of a stored
    value in an answer under a policy that shows none.
    """
    statuses: Counter[int] = Counter()
    while statuses.total() < requests:
        with _quiet(), fuzzed(policy) as (asker, cases):
            _batch(policy, asker, cases, statuses, seed + statuses.total())
    return statuses


def _batch(
    policy: str,
    asker: Asker,
    cases: st.SearchStrategy[schemathesis.Case],
    statuses: Counter[int],
    seed: int,
) -> None:
    @seeded(seed)
    @settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, PERSONS)
    def one(case: schemathesis.Case, person: dict[str, object] | None) -> None:
        known(case, asker, person)
        response = checked(case, asker)
        statuses[response.status_code] += 1
        assert revealed(policy, case, response) == []

    one()


def fuzz_all(requests: int, policies: Sequence[str] = ()) -> Iterator[tuple[str, Counter[int]]]:
    """Share requests among the policies, all where none is named."""
    some = policies or POLICIES
    for policy in some:
        yield policy, fuzz(policy, -(-requests // len(some)))


@contextmanager
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
