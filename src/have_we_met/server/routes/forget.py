"""``POST /api/contacts/forget``: erase a contact, where the server was told that it may."""

from __future__ import annotations

import msgspec
from starlette.types import Receive, Scope, Send

from ...errors import InputError, Problem
from ..asgi import PRIVATE, read_body, send_answer
from ..careful import parse
from ..decisions import id_of
from ..desk import Desk

PATH = "/api/contacts/forget"

_JSON = ((b"content-type", b"application/json"), *PRIVATE)


class ForgetRoute:
    """Erases one contact, and answers with the receipt. It is there only where that is allowed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the id, erase, answer."""
        whole = parse(await read_body(scope, receive, *self._limits))
        named = whole.get("id") if isinstance(whole, dict) and len(whole) == 1 else None
        if (record_id := id_of(named)) is None:
            raise InputError([Problem("id", "must be the id of a contact, and all of the body")])
        deadline = self.desk.settings.write_deadline
        receipt = await self.desk.resolver.forget(record_id, deadline=deadline)
        await send_answer(send, 200, msgspec.json.encode(receipt.as_json()), _JSON)
