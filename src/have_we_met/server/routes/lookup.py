"""``POST /api/contacts/lookup``: have we met this person?

The hot route: bare ASGI, so that what stands between the socket and the resolver is a decoder and
an encoder. A well-formed question is always answered with 200, whatever happens behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.types import Receive, Scope, Send

from ...answer import Lack, Lookup
from ...errors import HaveWeMetError, InputError, Problem
from ...verdict import Status
from ..asgi import read_body, send_answer
from ..callers import visit_of
from ..desk import Desk
from ..doors import log_mistake

PATH = "/api/contacts/lookup"

_ANSWERS: Mapping[str, bool] = {"true": True, "1": True, "false": False, "0": False}


class LookupRoute:
    """Answers lookups."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._limits = desk.settings.max_body, desk.settings.body_deadline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the question, look, answer."""
        query = scope["query_string"]
        reasons = bool(query) and wants_reasons(query)
        question = self.desk.reader.read(await read_body(scope, receive, *self._limits))
        visit = visit_of(scope, self.desk.visit)
        await visit.asks_about(question)
        answer = visit.teller.lookup(await self._look(question), reasons=reasons)
        await send_answer(send, answer.status, answer.body, answer.headers)

    async def _look(self, question: dict[str, object]) -> Lookup:
        started = monotonic()
        try:
            return await self.desk.resolver.lookup(question)
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001  # a lookup never stands in the caller's way
            log_mistake(error)
            failed = _failed(error, started)
            self.desk.telemetry.looked_up(failed)
            return failed


def _failed(error: Exception, started: float) -> Lookup:
    ours = isinstance(error, HaveWeMetError)
    return Lookup(
        Status.ERROR,
        (monotonic() - started) * 1000,
        uuid4().hex,
        message="Lookup service unavailable",
        complete=False,
        degraded=(Lack("store" if ours else "server", type(error).__name__, "failed"),),
    )


def wants_reasons(query: bytes) -> bool:
    """Read ``explain`` out of a query string; raises :class:`InputError` for what is no answer.

    >>> wants_reasons(b"explain=true"), wants_reasons(b"explain=0"), wants_reasons(b"other=1")
    (True, False, False)
    """
    asked = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("explain", ["false"])[-1]
    if asked not in _ANSWERS:
        raise InputError([Problem("explain", "must be true or false")])
    return _ANSWERS[asked]
