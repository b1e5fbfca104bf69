"""Over HTTP: a lookup is answered with 200 whatever fails, and says that nobody looked."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from have_we_met import Model, Resolver
from have_we_met.server import Settings, create_app

from ..server.apps import CONTACTS, LOOKUP, listening
from .matrix import ASKED
from .parts import Part

PARTS = {"PostgreSQL": "in_postgres", "Redis": "in_redis", "HTTP service": "service"}
GUEST = {"email": "grace@example.org"}
LATE, GONE = "Lookup timed out (timeout of 500 ms)", "Lookup service unavailable"


@pytest.fixture
def part(request: pytest.FixtureRequest, name: str) -> Part:
    found: Part = request.getfixturevalue(PARTS[name])
    return found


@pytest.fixture
def client(part: Part) -> Iterator[httpx.Client]:
    """A client of a real server, which has answered already."""

    async def opener(settings: Settings, model: Model) -> Resolver:
        return await part.open()

    app = create_app(Settings(url="sqlite://", late_every=0, write_deadline=0.5), opener=opener)
    with listening(app) as address, httpx.Client(base_url=address) as client:
        assert client.post(LOOKUP, json=ASKED).json()["exists"]
        yield client


@pytest.mark.parametrize(
    ("name", "fault", "exists", "warning", "lacks", "signed_up"),
    [
        ("PostgreSQL", "hang", False, LATE, ["deadline"], 504),
        ("PostgreSQL", "refused", False, GONE, ["StoreUnreachable"], 503),
        ("Redis", "hang", True, None, None, 201),
        ("HTTP service", "hang", True, None, ["register"], 201),
        ("HTTP service", "500", True, None, ["register"], 201),
    ],
)
def test_a_fault(
    client: httpx.Client,
    part: Part,
    fault: str,
    exists: bool,
    warning: str | None,
    lacks: list[str] | None,
    signed_up: int,
) -> None:
    part.faults[fault].begin()
    try:
        found = client.post(LOOKUP, json=ASKED)
        created = client.post(CONTACTS, json=GUEST)
    finally:
        part.faults[fault].end()
    answer = found.json()
    assert found.status_code == 200
    assert (answer["exists"], answer.get("warning")) == (exists, warning)
    assert answer["complete"] is not bool(lacks)
    assert [lack["name"] for lack in answer.get("degraded", [])] == (lacks or [])
    assert created.status_code == signed_up

    assert client.post(CONTACTS, json=GUEST).status_code in (200, 201)
    assert client.post(LOOKUP, json=ASKED).json()["exists"]
