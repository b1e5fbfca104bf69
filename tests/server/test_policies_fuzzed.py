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
from have_we_met.server.disclosure import DISCLOSURES
from have_we_met.server.openapi_policy import under

from .apps import make_app
from .asking import Asker, asking
from .fuzzing import PERSONS, checked, known, revealed

DOCUMENT = make_app().openapi()


@pytest.fixture(scope="module", params=POLICIES)
def asker(request: pytest.FixtureRequest) -> Iterator[tuple[str, Asker]]:
    with asking(request.param) as one:
        yield request.param, one


def test_it_does_what_it_says(asker: tuple[str, Asker]) -> None:
    """Bodies that the description allows, and those that it forbids."""
    policy, one = asker
    schema = schemathesis.openapi.from_dict(under(DOCUMENT, DISCLOSURES[policy]))
    operations = [found.ok() for found in schema.get_all_operations()]
    cases = st.one_of([
        operation.as_strategy(generation_mode=mode)
        for operation in operations
        if operation.path.startswith("/api/")
        for mode in schemathesis.GenerationMode
    ])  # fmt: skip

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases, PERSONS)
    def fuzz(case: schemathesis.Case, person: dict | None) -> None:
        known(case, one, person)
        response = checked(case, one)
        assert revealed(policy, case, response) == []

    fuzz()


def test_the_description_is_served(asker: tuple[str, Asker]) -> None:
    """It is given without a key, to whoever writes a client."""
    policy, one = asker
    response = one.client.get(f"/openapi.json?policy={policy}")
    assert response.json()["components"]["securitySchemes"]
    wrong = one.client.get("/openapi.json?policy=pubic")
    assert "did you mean 'public'" in wrong.json()["detail"]
