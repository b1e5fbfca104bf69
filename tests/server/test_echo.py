"""The yardstick for benchmarks."""

from __future__ import annotations

from have_we_met.server import mount_echo

from .apps import Client, make_app, running


def test_the_product_has_no_echo(shared_client: Client) -> None:
    """Without being asked for it is not there."""
    assert shared_client.post("/echo", {}).status_code == 404


def test_it_reads_and_writes_as_a_lookup_does() -> None:
    """It gives back the contact under its aliases, and refuses what a lookup refuses."""
    app = make_app()
    mount_echo(app)
    with running(app) as client:
        echo = client.post("/echo", {"first_name": "Ada", "email": "ada@example.org"})
        refused = client.post("/echo", {"emial": 1})

    assert echo.json() == {"id": None, "firstName": "Ada", "email": "ada@example.org"}
    assert refused.status_code == 422
