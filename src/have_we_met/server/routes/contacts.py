"""``POST /api/contacts``: give the contact that we have met, or create one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.types import Receive, Scope, Send

from ...answer import Registration
from ...errors import InputError, Problem, RecordExists
from ...once import LONGEST_KEY
from ...shown import NOT_KNOWN, Likenesses
from ..asgi import read_body, send_answer
from ..callers import Visit, visit_of
from ..desk import Desk

PATH = "/api/contacts"
KEY_HEADER = "Idempotency-Key"


class ContactsRoute:
    """Answers sign-ups."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the contact, get or create it, answer."""
        desk, visit = self.desk, visit_of(scope, self.desk.visit)
        key = idempotency_key(scope["headers"])
        contact = desk.reader.read(await read_body(scope, receive, *self._limits))
        await visit.asks_about(contact)
        try:
            registration = await desk.resolver.get_or_create(
                contact, idempotency_key=visit.own(key), deadline=desk.settings.write_deadline
            )
        except RecordExists:
            answer = visit.teller.exists()
            if answer is None:
                raise
            await send_answer(send, answer.status, answer.body, answer.headers)
        else:
            await send_registration(desk, visit, send, contact, registration)


def idempotency_key(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Read the key that a client gave its request, if any; raises :class:`InputError`.

    >>> idempotency_key([(b"idempotency-key", b"8e03978e")]), idempotency_key([])
    ('8e03978e', None)
    """
    keys = [value for name, value in headers if name == b"idempotency-key"]
    if not keys:
        return None
    if len(keys) > 1 or not 0 < len(keys[0]) <= LONGEST_KEY:
        raise InputError([Problem(KEY_HEADER, f"must be one of 1 to {LONGEST_KEY} characters")])
    return keys[0].decode("latin-1")


async def send_registration(
    desk: Desk,
    visit: Visit,
    send: Send,
    contact: Mapping[str, object],
    registration: Registration,
    *,
    suggested_before: Likenesses = NOT_KNOWN,
) -> None:
    """Answer what became of a sign-up; a review answer brings a token to decide by."""
    desk.telemetry.registered(registration)
    token, suggested = None, {**suggested_before}
    if registration.contact is None:
        suggested |= _shown(desk, registration)
        token = desk.tokens.make(desk.asked(contact), suggested)
    answer = visit.teller.registration(registration, token, (*suggested,))
    await send_answer(send, answer.status, answer.body, answer.headers)


def _shown(desk: Desk, registration: Registration) -> Likenesses:
    """What the suggestions say as they are shown."""
    lookup, likeness = registration.lookup, desk.resolver.likeness
    pairs = zip(lookup.matches, lookup.suggestions, strict=False)
    return {
        match.record_id: likeness(contact)
        for match, contact in pairs
        if match.record_id is not None
    }
