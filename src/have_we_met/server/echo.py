"""A yardstick: the same app, the same body read and written, and no lookup between.

Not part of the API. A benchmark mounts it to learn what the server alone costs.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from .asgi import PRIVATE, read_body, send_answer
from .desk import Desk

_JSON = ((b"content-type", b"application/json"), *PRIVATE)


class EchoRoute:
    """Reads a contact as the lookup does and writes it back."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, write."""
        contact = self.desk.reader.read(await read_body(scope, receive, *self._limits))
        body = self.desk.writer.plain(self.desk.writer.contact(contact, None))
        await send_answer(send, 200, body, _JSON)


def mount_echo(app: FastAPI, path: str = "/echo") -> None:
    """Add the yardstick to an app made by :func:`have_we_met.server.create_app`.

    It goes the short way, as a lookup does.
    """
    app.state.posts[path] = EchoRoute(app.state.desk)
