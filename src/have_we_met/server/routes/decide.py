"""``POST /api/contacts/decide``: the way on from "maybe"."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from ...answer import Registration
from ...errors import IdempotencyConflict, RecordNotFound
from ...record import RecordId
from ..asgi import read_body
from ..callers import Visit, visit_of
from ..decisions import Request
from ..desk import Desk
from ..problems import AlreadyDecided, NotSuggested
from ..tokens import Token
from .contacts import send_registration

PATH = "/api/contacts/decide"


class DecideRoute:
    """Acts on what somebody decided about the suggestions for a contact."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the decision, check its token, link or create, answer."""
        request = self.desk.decisions.read(await read_body(scope, receive, *self._limits))
        visit = visit_of(scope, self.desk.visit)
        token = self.desk.tokens.read(request.token, self.desk.asked(request.contact))
        registration = await self._act(request, token, visit)
        await send_registration(
            self.desk, visit, send, request.contact, registration, suggested_before=token.suggested
        )

    async def _act(self, request: Request, token: Token, visit: Visit) -> Registration:
        """Link or create, once a token: its id is an idempotency key."""
        resolver, deadline = self.desk.resolver, self.desk.settings.write_deadline
        key = f"decision {token.id}"
        try:
            if request.confirmed is None:
                return await resolver.create_apart(
                    request.contact,
                    token.suggested,
                    shown=token.suggested,
                    idempotency_key=key,
                    deadline=deadline,
                )
            return await resolver.confirm(
                request.contact,
                _meant(visit, request.confirmed, token),
                shown=token.suggested,
                idempotency_key=key,
                deadline=deadline,
            )
        except IdempotencyConflict:
            raise AlreadyDecided from None


def _meant(visit: Visit, given: RecordId, token: Token) -> RecordId:
    try:
        return visit.teller.named(given, (*token.suggested,))
    except RecordNotFound:
        raise NotSuggested from None
