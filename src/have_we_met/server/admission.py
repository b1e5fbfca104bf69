"""Who may ask what, pure ASGI: keys, operations, origins, limits, and the beat of answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..audit import acting
from .addresses import Addresses
from .asgi import PRIVATE, send_answer
from .beat import Beat
from .callers import VISIT, Caller, Callers, Visit
from .counting import MINUTE, Budget, Spent
from .doors import Mistakes, is_from_here
from .origins import Header, is_same, preflight, shown_to
from .problems import NoKey, NotAllowed, TooMany

GUARDED = "/api/"
_OPERATIONS: Mapping[tuple[str, str], str] = {
    ("POST", "/api/contacts/lookup"): "lookup",
    ("POST", "/api/contacts"): "create",
    ("POST", "/api/contacts/decide"): "decide",
    ("POST", "/api/contacts/forget"): "forget",
    ("POST", "/api/contacts/export"): "export",
}


class Admission:
    """Lets in who brings a key that is good for what they ask; costs nothing where no key exists.

    What goes out is dressed here: limits, and the origin that may read it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        callers: Callers,
        addresses: Addresses,
        beat: Beat,
        keyless: bool,
        mistakes: Callable[[ASGIApp], Mistakes],
    ) -> None:
        self.app = app
        self._callers = callers
        self._addresses = addresses
        self._beat = beat
        self._keyless = keyless
        self._mistakes = mistakes
        self._inside = mistakes(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        is_open = not self._callers.required or scope["type"] != "http"
        if is_open or not scope["path"].startswith(GUARDED):
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)
        origin = headers.get(b"origin", "")
        if scope["method"] == "OPTIONS":
            dressed = preflight(origin.lower(), self._callers.origins)
            await send_answer(send, 204, b"", (*PRIVATE, *dressed))
        elif self._keyless and b"authorization" not in headers and is_from_here(scope):
            await self.app(scope, receive, send)
        else:
            await self._guarded(scope, receive, send, headers)

    async def _guarded(
        self, scope: Scope, receive: Receive, send: Send, headers: Mapping[bytes, str]
    ) -> None:
        came = self._beat.clock()
        dress: list[Header] = []
        app, caller = self._inside, None
        try:
            address = self._addresses.mark_of(scope, headers.get(b"x-forwarded-for", ""))
            caller = await self._caller(headers, address)
            _admit(caller, scope, headers, dress)
            await self._within_limits(caller, address, dress)
            scope[VISIT] = Visit(caller, self._callers.prober, address)
        except (NoKey, NotAllowed, TooMany) as refusal:
            app = self._mistakes(_raising(refusal))
            admitted = False
        else:
            admitted = True
        held = caller is not None and caller.policy.uniform
        going_out = self._dressed(send, dress, came if held else None) if dress or held else send
        if caller is None or not admitted:
            await app(scope, receive, going_out)
            return
        caller.under_way += 1
        policy = caller.credential.policy if caller.credential else "none"
        try:
            with acting(f"key {caller.id}", policy):
                await app(scope, receive, going_out)
        finally:
            caller.under_way -= 1

    async def _caller(self, headers: Mapping[bytes, str], address: str) -> Caller:
        """Say who brings these headers; raises :class:`NoKey`, or :class:`TooMany` after some."""
        try:
            return self._callers.known_by(headers.get(b"authorization", ""))
        except NoKey:
            await self._callers.refuse(address)
            raise

    def _dressed(self, send: Send, dress: list[Header], came: float | None) -> Send:
        """Send with further headers, and at the beat where a request came at a moment."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                if came is not None:
                    await self._beat.wait(came)
                message = {**message, "headers": [*message["headers"], *dress]}
            await send(message)

        return dressed

    async def _within_limits(self, caller: Caller, address: str, dress: list[Header]) -> None:
        """Count a request, and say how much is left; raises :class:`TooMany`."""
        limits = caller.limits
        if limits.at_once is not None and caller.under_way >= limits.at_once:
            raise TooMany(1)
        budgets = []
        if limits.address_minute is not None:
            budgets.append(Budget(f"a{caller.id} {address}", limits.address_minute, MINUTE))
        if limits.key_minute is not None:
            budgets.append(Budget(f"k{caller.id}", limits.key_minute, MINUTE))
        if not budgets:
            return
        counted = await self._callers.counter.hit(budgets)
        if limits.address_minute is not None:
            dress += told(counted[0])
        for spent in counted:
            if spent.over:
                raise TooMany(spent.reset)


def told(spent: Spent) -> list[Header]:
    """Say how much of a budget is left, as draft-ietf-httpapi-ratelimit-headers-10 does.

    Told is what is the address's own. What all who bring a key do is nobody's business, and neither
    is whether somebody was asked about before: of such budgets nothing is told.
    """
    budget = spent.budget
    left = f'"minute";r={spent.left};t={ceil(spent.reset)}'
    policy = f'"minute";q={budget.limit};w={budget.seconds}'
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())]


def _admit(caller: Caller, scope: Scope, headers: Mapping[bytes, str], dress: list[Header]) -> None:
    """Check what is asked, and by which page; raises :class:`NotAllowed`."""
    credential = caller.credential
    assert credential is not None
    origin = headers.get(b"origin", "")
    if origin and not is_same(origin, headers.get(b"host", "")):
        if origin.lower() not in credential.origins:
            raise NotAllowed("The key is not for pages of this origin.")
        dress += shown_to(origin)
    operation = operation_of(scope["method"], scope["path"])
    if not credential.allows(operation):
        raise NotAllowed(f"The key does not allow: {operation}.")


def operation_of(method: str, path: str) -> str:
    """Say what a request does.

    >>> operation_of("POST", "/api/contacts"), operation_of("GET", "/api/contacts/7")
    ('create', 'this')
    """
    return _OPERATIONS.get((method, path), "this")


def _headers(scope: Scope) -> dict[bytes, str]:
    """The headers that matter here; of X-Forwarded-For all, as if it were one."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for" and name in found:
            found[name] += "," + value.decode("latin-1")
        elif name in (b"authorization", b"origin", b"host", b"x-forwarded-for"):
            found[name] = value.decode("latin-1")
    return found


def _raising(error: Exception) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    return app
