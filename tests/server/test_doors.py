"""Who may come in, and how a mistake goes out."""

from __future__ import annotations

import pytest
from starlette.types import Message, Receive, Scope, Send

from have_we_met.server.asgi import ClientGone
from have_we_met.server.doors import Mistakes

from .apps import LOOKUP, Client, make_app, running

HTTP: Scope = {"type": "http", "headers": []}


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:9", "127.8.9.1", "[::1]:8000"]
)
def test_our_own_names(shared_client: Client, host: str) -> None:
    """This machine's own names are answered."""
    assert shared_client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["example.org", "localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "", "[::2]"],
)
def test_other_names(shared_client: Client, host: str) -> None:
    """A page that points a name of its own at this machine reads nothing."""
    response = shared_client.post(LOOKUP, {"email": "john@example.com"}, headers={"host": host})

    assert response.status_code == 421
    assert "john" not in response.text


def test_a_proxys_name() -> None:
    """A name that the settings list is answered."""
    with running(make_app(hosts=("API.example.org",))) as client:
        response = client.get("/healthz", headers={"host": "api.example.ORG:443"})

    assert response.status_code == 200


async def answered(error: Exception, *, begin: bool) -> list[Message]:
    """What goes out when an app raises, before or after it has begun to answer."""
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if begin:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    async def send(message: Message) -> None:
        sent.append(message)

    await Mistakes(app, {}, lambda status: None)(HTTP, send, send)
    return sent


async def test_a_mistake_before_the_answer() -> None:
    """A mistake before the answer has begun is the answer."""
    assert [message.get("status") for message in await answered(KeyError(), begin=False)] == [
        500,
        None,
    ]


async def test_a_mistake_amid_the_answer() -> None:
    """A mistake after the answer has begun ends it."""
    assert len(await answered(KeyError(), begin=True)) == 1


async def test_nobody_to_answer() -> None:
    """A client that has hung up gets nothing."""
    assert await answered(ClientGone(), begin=False) == []
