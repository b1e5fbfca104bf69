"""The metrics on a port of their own: what is there, who may read it, and that it ends."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from have_we_met.server import Settings, SettingsError, serve

from .apps import LOOKUP, Client, free_port, make_app, running
from .asking import Asker

TOKEN = "sixteen and more"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}
JOHN = {"email": "john@example.com"}


def get(client: Client, path: str = "/metrics", **headers: str) -> httpx.Response:
    """Ask the metrics' own port."""
    port = client.desk.settings.metrics_port
    return httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers)


def test_they_are_there_and_not_beside_the_api() -> None:
    """And nothing else is: no lookup, no description."""
    with running(make_app(metrics_port=free_port())) as client:
        client.post(LOOKUP, JOHN)
        metrics, beside = get(client), client.get("/metrics")
        others = [get(client, path).status_code for path in ("/", LOOKUP, "/readyz")]

    assert metrics.status_code == 200
    assert 'lookups_total{complete="true",entity="contacts",status="found"} 1.0' in metrics.text
    assert "server" not in metrics.headers
    assert beside.status_code == 404
    assert others == [404, 404, 404]


def test_the_port_is_free_again_at_the_end() -> None:
    """With a connection that is kept alive, as Prometheus keeps one."""
    port = free_port()
    with httpx.Client() as prometheus:
        for _ in range(2):
            with running(make_app(metrics_port=port)):
                assert prometheus.get(f"http://127.0.0.1:{port}/metrics").status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, ELSEWHERE, 401),
        ({}, {"Host": "rebound.example"}, 421),
        ({"hosts": ("metrics.internal",)}, {"Host": "metrics.internal"}, 401),
        ({"metrics_token": TOKEN}, {}, 401),
        ({"metrics_token": TOKEN}, BEARER | ELSEWHERE, 200),
        ({"metrics_token": TOKEN}, {"Authorization": "Bearer another one again"}, 401),
    ],
)
def test_who_may_see_them(
    settings: Mapping[str, object], headers: dict[str, str], status: int
) -> None:
    """As beside the API: who brings the token, or without one whoever is on this machine."""
    with running(make_app(metrics_port=free_port(), **settings)) as client:
        answer = get(client, **headers)

    assert answer.status_code == status
    assert ("have_we_met" in answer.text) == (status == 200)


def test_a_host_that_others_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers under any name, and lets in nobody who brings nothing."""
    monkeypatch.setattr("have_we_met.server.own_port.is_loopback", lambda host: False)
    with running(make_app(metrics_port=free_port(), metrics_token=TOKEN)) as client:
        statuses = [
            get(client, Host="metrics.internal", **more).status_code for more in ({}, BEARER)
        ]

    assert statuses == [401, 200]


def test_a_key_opens_them() -> None:
    """One that is good for metrics, and no other; who guesses is sent away for a while."""
    with running(make_app(metrics_port=free_port(), bad_keys_minute=1)) as client:
        good = Asker(client, "blind", operations=["metrics"])
        other = Asker(client, "blind", operations=["lookup"])
        statuses = [
            get(client, **one.headers(ELSEWHERE)).status_code for one in (good, other, other, good)
        ]

    assert statuses == [200, 401, 429, 200]


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """It is said in words, before anything is opened."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = Settings(url=f"sqlite:///{tmp_path / 'no.db'}", metrics_port=port)
        with pytest.raises(SettingsError, match=f"metrics_port: {port} on 127.0.0.1 cannot be"):
            serve(settings)
        with pytest.raises(SettingsError), running(make_app(metrics_port=port)):
            pass


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"metrics_port": 0}, "metrics_port: must be between 1 and 65535, or left out"),
        ({"metrics_port": 8000}, "metrics_port: must be another than port"),
        ({"metrics_port": 9464, "metrics": False}, "metrics_port: is of no use where metrics"),
        ({"metrics_host": ""}, "metrics_host: must be an address"),
    ],
)
def test_settings_that_cannot_be(settings: Mapping[str, object], said: str) -> None:
    """Each is told."""
    with pytest.raises(SettingsError, match=said):
        Settings(url="sqlite://", **settings)  # type: ignore[arg-type]
