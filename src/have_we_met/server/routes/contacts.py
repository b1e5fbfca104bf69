"""``POST /api/contacts``: give the contact that we have met, or create one."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from ..asgi import PRIVATE, read_body, send_answer
from ..desk import Desk
from .lookup import timing

PATH = "/api/contacts"

_JSON = ((b"content-type", b"application/json"), *PRIVATE)


class ContactsRoute:
    """Answers sign-ups."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the contact, get or create it, answer."""
        desk = self.desk
        contact = desk.reader.read(await read_body(scope, receive, *self._limits))
        deadline = desk.settings.write_deadline
        registration = await desk.resolver.get_or_create(contact, deadline=deadline)
        status = 201 if registration.created else 200
        headers = (*_JSON, *timing(registration.lookup))
        await send_answer(send, status, desk.writer.registration(registration), headers)
