"""``/metrics``: what it says, of one process and of several, and to whom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from have_we_met import StoreError, create_store, preset
from have_we_met.server import Settings, SettingsError

from .apps import CONTACTS, LOOKUP, Client, free_port, make_app, running, wait_for
from .processes import make_store, serving

TOKEN = "sixteen and more"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
JOHN = {"email": "john@example.com"}


def value(text: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples that have these labels."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def read(client: Client, **headers: str) -> str:
    """What Prometheus reads."""
    return client.get("/metrics", headers=headers).text


def test_what_happens_is_counted(client: Client) -> None:
    """Lookups by their answer, sign-ups by what became of them, refusals by their status."""
    client.post(LOOKUP, JOHN)
    client.post(LOOKUP, {"email": "nobody@example.org"})
    client.post(LOOKUP, {"firstName": "Nobody can be asked about by that"})
    client.post(CONTACTS, JOHN)
    client.post(CONTACTS, {"email": "nia@example.com", "firstName": "Nia"})
    client.post(LOOKUP, content=b"{")
    client.get("/nowhere")
    text = read(client)

    assert value(text, "have_we_met_lookups_total") == 2
    assert value(text, "have_we_met_lookups_total", status="found", complete="true") == 1
    assert value(text, "have_we_met_lookup_duration_seconds_count", entity="contacts") == 2
    assert value(text, "have_we_met_lookup_candidates_sum") == 1
    assert value(text, "have_we_met_registrations_total", outcome="found") == 1
    assert value(text, "have_we_met_registrations_total", outcome="created") == 1
    assert value(text, "have_we_met_problems_total", status="400") == 1
    assert value(text, "have_we_met_problems_total", status="404") == 1
    assert value(text, "have_we_met_build_info", model=client.desk.model.fingerprint) == 1
    assert "contact_lookup" not in text


def test_a_store_that_fails_is_an_error_that_counts(client: Client) -> None:
    """So does one that fails in a way that nobody foresaw."""

    def broken(error: Exception) -> object:
        def read(deadline: float | None) -> None:
            raise error

        return read

    for error in (StoreError("no"), KeyError("a bug")):
        client.desk.resolver.store.read = broken(error)
        assert client.post(LOOKUP, JOHN).json()["exists"] is False
    text = read(client)

    assert value(text, "have_we_met_lookups_total", status="error", complete="false") == 2
    assert value(text, "have_we_met_lacks_total", kind="store") == 1
    assert value(text, "have_we_met_lacks_total", kind="server") == 1


def test_the_guides_own_names() -> None:
    """They are there when asked for."""
    with running(make_app(guide_metrics=True)) as client:
        client.post(LOOKUP, JOHN)
        text = read(client)

    assert value(text, "contact_lookup_outcome_total", status="found") == 1
    assert value(text, "contact_lookup_duration_ms_bucket", le="2000") == 1


def test_a_canary_counts_apart(capfd: pytest.CaptureFixture[str]) -> None:
    """What it finds is in its own metric, and nothing of it in those of lookups or in the log."""
    calls = "have_we_met_canary_lookups_total"
    with running(make_app(canary=0.01, log_format="json")) as client:
        wait_for(lambda: value(read(client), calls) >= 1)
        text = read(client)

    assert value(text, calls, status="found") + value(text, calls, status="review") >= 1
    assert f'{calls}{{entity="contacts",status="unknown"}} 0.0' in text
    assert value(text, "have_we_met_lookups_total") == 0
    assert value(text, "have_we_met_lookup_duration_seconds_count") == 0
    assert value(text, "have_we_met_lookup_candidates_sum") == 0
    assert "lookup_id" not in capfd.readouterr().err


def test_no_canary() -> None:
    """Unless it is asked for."""
    with running(make_app()) as client:
        assert value(read(client), "have_we_met_canary_lookups_total") == 0
        assert "have_we_met_canary_lookups_total{" not in read(client)
    with pytest.raises(SettingsError, match="canary: must be 0 or more"):
        Settings(url="sqlite://", canary=-1)


def test_no_metrics() -> None:
    """They can be left out."""
    with running(make_app(metrics=False)) as client:
        assert client.post(LOOKUP, JOHN).json()["exists"] is True
        assert client.get("/metrics").status_code == 404


# --- for whom -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, {"X-Forwarded-For": "192.0.2.7"}, 401),
        ({}, {"Forwarded": "for=192.0.2.7"}, 401),
        ({"hosts": ("contacts.internal",)}, {"Host": "contacts.internal"}, 401),
        ({"metrics_token": TOKEN}, {}, 401),
        ({"metrics_token": TOKEN}, {"Authorization": "Bearer another one again"}, 401),
        ({"metrics_token": TOKEN}, BEARER, 200),
        ({"metrics_token": TOKEN}, {"Authorization": TOKEN}, 401),
        ({"metrics_token": TOKEN}, BEARER | {"X-Forwarded-For": "192.0.2.7"}, 200),
    ],
)
def test_who_may_see_them(
    settings: Mapping[str, object], headers: dict[str, str], status: int
) -> None:
    """Whoever brings the token; without one, whoever is on this machine, and no proxy's clients."""
    with running(make_app(**settings)) as client:
        answer = client.get("/metrics", headers=headers)

    assert answer.status_code == status
    assert ("have_we_met" in answer.text) == (status == 200)
    assert (answer.headers.get("www-authenticate") == "Bearer") == (status == 401)


def test_the_token_is_kept_out_of_sight() -> None:
    """It stands in no repr, and a short one is refused."""
    assert TOKEN not in repr(Settings(url="sqlite://", metrics_token=TOKEN))
    with pytest.raises(Exception, match="metrics_token: must be 16 characters or more"):
        Settings(url="sqlite://", metrics_token="short")


# --- several processes ----------------------------------------------------------------------------


def counted(text: str) -> float:
    """Lookups of nobody."""
    return value(text, "have_we_met_lookups_total", status="not_found")


def test_two_processes_count_together(tmp_path: Path) -> None:
    """Whoever of them is asked tells of both; and nothing is left when they end."""
    (shared := tmp_path / "shared").mkdir()
    url = asyncio.run(make_store(tmp_path / "contacts.db"))
    settings = Settings(url=url, port=free_port(), workers=2)
    with serving(settings, tmp_path / "said", TMPDIR=str(shared)) as address:
        for _ in range(20):
            httpx.post(address + LOOKUP, json=JOHN)
        wait_for(lambda: counted(httpx.get(address + "/metrics").text) == 20)
        texts = [httpx.get(address + "/metrics").text for _ in range(5)]
        (folder,) = shared.iterdir()

    assert folder.name.startswith("have-we-met-metrics-")
    assert {counted(text) for text in texts} == {20}
    assert {value(t, "have_we_met_build_info") for t in texts} == {1}
    assert not list(shared.iterdir())


async def test_connections_to_postgresql(database: str) -> None:
    """How many there may be, and how many there are."""
    store = await create_store(database, preset("contacts"))
    await store.close()
    settings = Settings(url=database)

    def there(client: Client) -> bool:
        # One that is lent at the moment of a reading is not free until the next one.
        free = {"pool": "reading", "state": "free"}
        return value(read(client), "have_we_met_pool_connections", **free) > 0

    def served() -> str:
        from have_we_met.server import create_app

        with running(create_app(settings)) as client:
            client.post(LOOKUP, JOHN)
            wait_for(lambda: there(client))
            return read(client)

    text = await asyncio.to_thread(served)

    assert value(text, "have_we_met_pool_connections_limit", pool="reading") == 8
    assert value(text, "have_we_met_pool_connections", pool="reading", state="free") == 1


# --- nobody's data --------------------------------------------------------------------------------

MARK = "zqxjkv"
MARKED = {
    "email": f"{MARK}@example.org",
    "phone": "+1 212 555 0199",
    "firstName": f"F{MARK}",
    "lastName": f"L{MARK}",
    "company": f"C{MARK}",
}


@pytest.mark.parametrize("form", ["json", "console"])
def test_logs_and_metrics_tell_nothing_of_anybody(form: str, tmp_path: Path) -> None:
    """Values that can be told from all others go through every route, in every wrong way too."""
    url = asyncio.run(make_store(tmp_path / "contacts.db"))
    settings = Settings(url=url, port=free_port(), log_level="debug", log_format=form)  # type: ignore[arg-type]
    with serving(settings, tmp_path / "said") as address, httpx.Client(base_url=address) as http:
        for _ in range(2):
            http.post(CONTACTS, json=MARKED, headers={"Idempotency-Key": MARK})
            http.post(LOOKUP, json=MARKED, params={"explain": "true"})
        http.post(CONTACTS, json={**MARKED, "company": "x"}, headers={"Idempotency-Key": MARK})
        review = http.post(CONTACTS, json={**MARKED, "email": f"other.{MARK}@example.com"}).json()
        token = review.get("decisionToken", MARK)
        decision = {"decisionToken": token, "contact": MARKED, "decision": {"confirm": MARK}}
        http.post("/api/contacts/decide", json=decision)
        http.post(LOOKUP, json={MARK: MARK})
        http.post(LOOKUP, content=f'{{"email": "{MARK}', headers={"content-type": "text/json"})
        http.post(LOOKUP, json={"email": [MARK]}, params={"explain": MARK})
        http.get(f"/{MARK}", params={MARK: MARK}, headers={"Cookie": MARK, "User-Agent": MARK})
        metrics = http.get("/metrics").text
    said = (tmp_path / "said").read_text()

    assert value(metrics, "have_we_met_registrations_total") >= 2
    assert "lookup_id" in said
    for text in (said, metrics):
        assert MARK not in text.lower()
        assert "5550199" not in text
    if form == "json":
        assert all(json.loads(line)["event"] for line in said.splitlines())
