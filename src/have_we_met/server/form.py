"""A registration form in an application of your own: its page and its routes, in process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..access import Credential, Limits
from ..model import Model
from ..resolver import Resolver
from .admission import Admission
from .beat import Beat
from .callers import Caller, Callers, Visit
from .desk import Desk
from .doors import Mistakes, Shortcut
from .routes import contacts, decide, lookup
from .routes.page import register_routes
from .settings import Settings
from .telling import Answer


class _Anybody(Callers):
    """Whoever asks is the one caller that there is, and brings no key."""

    def __init__(self, desk: _FormDesk) -> None:
        super().__init__(desk.settings, desk.model, desk.writer, desk.same_id)
        self._one = self._caller(replace(desk.credential, id="form"))
        self.here = Visit(self._one, self.prober)
        self.required = True

    def known_by(self, authorization: str) -> Caller:
        """The one, whatever is brought."""
        return self._one


@dataclass(slots=True, kw_only=True)
class _FormDesk(Desk):
    """A desk where everybody has the same credential."""

    credential: Credential

    def who_may_ask(self) -> Callers:
        """Everybody."""
        return _Anybody(self)


class Form:
    """A registration form over a resolver of your own: an ASGI app, or answers where there is none.

    It answers ``/register``, a page and what it loads, and below ``/api/contacts`` what the page
    asks, as a server answers a key of ``policy``: masked, at its beat, within ``limits``, or those
    that such a key has. Decision tokens are sealed with ``secret``, 16 characters or more, the same
    in all processes. ``settings`` are others of :class:`Settings`, such as ``proxies``, ``limits``
    under the name ``counted_in``, and ``beat``.

    Raises :class:`SettingsError`, or :class:`InputError` where there is no such policy.

    >>> from have_we_met import preset
    >>> form = Form(preset("contacts"), secret="sixteen and more")
    >>> form.policy
    'public'
    """

    def __init__(
        self,
        model: Model,
        *,
        secret: str,
        policy: str = "public",
        limits: Limits | None = None,
        counted_in: str = "",
        **settings: Any,
    ) -> None:
        self.policy = policy
        quiet = {"metrics": False, "log_level": "warning", "limits": counted_in, **settings}
        given = Settings(url="", secret=secret, **quiet)
        credential = Credential.checked(policy=policy, limits=limits)
        self._desk = _FormDesk(settings=given, model=model, credential=credential)
        self._app = _assembled(self._desk)

    def open(self, resolver: Resolver) -> None:
        """Answer over this resolver from now on; before, all that writes is 503."""
        self._desk.open = resolver

    async def close(self) -> None:
        """Let go of what counts; the resolver is its owner's to close."""
        self._desk.open = None
        await self._desk.callers.counter.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer below whatever path the form is mounted at."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        await self._app({**scope, "path": path, "root_path": ""}, receive, send)

    async def answer(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        client: str = "",
    ) -> Answer:
        """Answer one request that a framework has read; ``client`` is the address it came from."""
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [*_raw(headers)],
            "client": (client, 0),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            sent.append(message)

        await self(scope, receive, send)
        start, *parts = sent
        whole = b"".join(part.get("body", b"") for part in parts)
        return Answer(start["status"], whole, start["headers"])


def _raw(headers: Mapping[str, str]) -> Sequence[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def _assembled(desk: Desk) -> ASGIApp:
    """The page's routes, then those of contacts, behind what every caller of a server meets."""
    mistakes = partial(Mistakes, aliases=desk.writer.aliases, refused=desk.telemetry.refused)
    posts: Mapping[str, ASGIApp] = {
        lookup.PATH: lookup.LookupRoute(desk),
        contacts.PATH: contacts.ContactsRoute(desk),
        decide.PATH: decide.DecideRoute(desk),
    }
    admission = Admission(
        Shortcut(Router(register_routes(desk)), posts),
        callers=desk.callers,
        addresses=desk.addresses,
        beat=Beat(desk.settings.beat),
        keyless=False,
        mistakes=mistakes,
    )
    return mistakes(admission)
