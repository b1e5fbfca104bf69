"""``POST /api/contacts/export``: everything known of a contact, where the server was told so."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from ..asgi import read_body, send_answer
from ..callers import visit_of
from ..decisions import named_in
from ..desk import Desk
from ..telling import JSON

PATH = "/api/contacts/export"


class ExportRoute:
    """Gives all that is known of one contact. It is there only where that is allowed.

    Asked by POST, since an id in an address would stand in the logs of every proxy.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the id, read all, answer."""
        desk, visit = self.desk, visit_of(scope, self.desk.visit)
        record_id = named_in(await read_body(scope, receive, *self._limits))
        await visit.asks_about({"id": record_id})
        known = await desk.resolver.everything(record_id, deadline=desk.settings.write_deadline)
        aliases = desk.writer.aliases
        answer = known.as_json() | {
            "contact": desk.writer.contact(known.contact, known.record_id),
            "normalised": {aliases[name]: value for name, value in known.normalised.items()},
        }
        await send_answer(send, 200, desk.writer.plain(answer), JSON)
