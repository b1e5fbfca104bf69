"""``POST /api/contacts/forget``: erase a contact, where the server was told that it may."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from ..asgi import read_body, send_answer
from ..callers import visit_of
from ..decisions import named_in
from ..desk import Desk
from ..telling import JSON

PATH = "/api/contacts/forget"


class ForgetRoute:
    """Erases one contact, and answers with the receipt. It is there only where that is allowed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the id, erase, answer."""
        desk, visit = self.desk, visit_of(scope, self.desk.visit)
        record_id = named_in(await read_body(scope, receive, *self._limits))
        await visit.asks_about({"id": record_id})
        receipt = await desk.resolver.forget(record_id, deadline=desk.settings.write_deadline)
        await send_answer(send, 200, desk.writer.plain(receipt.as_json()), JSON)
