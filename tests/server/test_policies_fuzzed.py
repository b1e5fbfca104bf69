"""Every policy does what its description says, whatever is sent, and tells nobody's values.

A few hundred requests here; ``python -m benchmarks disclosure`` sends 20,000.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from have_we_met.access import POLICIES

from .asking import Asker
from .fuzzing import PERSONS, checked, fuzzed, known, revealed

Fuzzed = tuple[str, Asker, st.SearchStrategy[schemathesis.Case]]


@pytest.fixture(scope="module", params=POLICIES)
def asker(request: pytest.FixtureRequest) -> Iterator[Fuzzed]:
    with fuzzed(request.param) as (one, cases):
        yield request.param, one, cases


def test_it_does_what_it_says(asker: Fuzzed) -> None:
    """Bodies that the description allows, and those that it forbids."""
    policy, one, cases = asker

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases, PERSONS)
    def fuzz(case: schemathesis.Case, person: dict | None) -> None:
        known(case, one, person)
        response = checked(case, one)
        assert revealed(policy, case, response) == []

    fuzz()


def test_the_description_is_served(asker: Fuzzed) -> None:
    """It is given without a key, to whoever writes a client."""
    policy, one, _ = asker
    response = one.client.get(f"/openapi.json?policy={policy}")
    assert response.json()["components"]["securitySchemes"]
    wrong = one.client.get("/openapi.json?policy=pubic")
    assert "did you mean 'public'" in wrong.json()["detail"]


def test_what_a_policy_does_not_take_is_not_described(asker: Fuzzed) -> None:
    """Who may not do something by their policy is not told how."""
    policy, one, _ = asker
    paths = one.client.get(f"/openapi.json?policy={policy}").json()["paths"]
    described = {path.rpartition("/")[2] for path in paths if path.startswith("/api/")}

    assert described == {"contacts", "lookup"} | {
        "blind": set(),
        "public": {"decide"},
        "assisted": {"decide"},
        "desk": {"decide", "forget"},
        "backoffice": {"decide", "forget", "export"},
    }[policy]  # fmt: skip
