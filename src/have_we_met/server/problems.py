"""Every error as an HTTP answer: one table, rendered as problem+json (RFC 9457).

An answer names fields, limits and what to do. It never quotes a value that was sent or stored, and
of an error that is not the client's it says no more than the table does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import msgspec
from starlette.exceptions import HTTPException

from ..errors import (
    BreakerOpen,
    DeadlineExceeded,
    HaveWeMetError,
    IdempotencyConflict,
    InputError,
    Problem,
    ProblemsError,
    RecordChanged,
    RecordExists,
    RecordNotFound,
    RecordRejected,
    ServiceUnavailable,
    StillReferenced,
    StoreBusy,
    StoreError,
)

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
"""How many mistakes one answer lists; a body can hold thousands."""
_LONGEST_NAME = 64


class RequestError(HaveWeMetError):
    """A request that cannot be read, whatever it asks."""


class MalformedBody(RequestError):
    """The body is not JSON."""


class WrongMediaType(RequestError):
    """The body is sent as something else than JSON."""


class BodyTooLarge(RequestError):
    """The body is larger than this server reads."""


class BodyTooSlow(RequestError):
    """The body did not arrive in time."""


class UnknownHost(RequestError):
    """The request is for another host than this server answers for."""


class NotForEverybody(RequestError):
    """The metrics are asked for by somebody who may not see them."""


class NoKey(RequestError):
    """The request brings no key that is good."""


class NotAllowed(RequestError):
    """The key is not good for this, or not for the page that asks."""


class TooMany(RequestError):
    """The caller asks too often, or about too many people; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__()


class UnknownToken(RequestError):
    """The decision token is not one that we made for this table."""


class ExpiredToken(RequestError):
    """The decision token was made too long ago."""


class OtherContact(RequestError):
    """The decision token was made for another contact than is sent with it."""


class NotSuggested(RequestError):
    """The record that is confirmed was not among the suggestions."""


class AlreadyDecided(RequestError):
    """The decision token was used for another decision."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of error means in HTTP. ``told`` lets the error's own sentence out."""

    status: int
    title: str
    detail: str = ""
    told: bool = False
    headers: tuple[tuple[str, str], ...] = ()


_SOON = (("Retry-After", "1"),)
_AGAIN = "Send the contact again; the answer brings a new token if one is needed."
_CLOSE = (("Connection", "close"),)

KINDS: Mapping[type[Exception], Kind] = {
    MalformedBody: Kind(400, "The body is not JSON", told=True),
    NotForEverybody: Kind(
        401,
        "The metrics are not for everybody",
        "Bring the metrics' token, or ask on this machine where none is set.",
        headers=(("WWW-Authenticate", "Bearer"),),
    ),
    NoKey: Kind(
        401,
        "A key is needed",
        "Send one that is good: Authorization: Bearer hwm_...",
        headers=(("WWW-Authenticate", 'Bearer realm="have we met"'),),
    ),
    NotAllowed: Kind(403, "The key is not good for this", told=True),
    UnknownToken: Kind(403, "The decision token is not ours", _AGAIN),
    RecordNotFound: Kind(404, "No such record", "There is no record with this id."),
    BodyTooSlow: Kind(408, "The body did not arrive in time", told=True, headers=_CLOSE),
    RecordExists: Kind(409, "The record exists", "The table holds such a record already."),
    StillReferenced: Kind(
        409, "Other tables hold on to the record", "Let go of it there; nothing was erased."
    ),
    RecordChanged: Kind(409, "The suggestion says something else now", _AGAIN),
    AlreadyDecided: Kind(409, "The token was used for another decision", _AGAIN),
    ExpiredToken: Kind(410, "The decision token has expired", _AGAIN),
    BodyTooLarge: Kind(413, "The body is too large", told=True),
    WrongMediaType: Kind(415, "The body is not sent as JSON", told=True),
    UnknownHost: Kind(421, "Not this server's name", told=True),
    InputError: Kind(422, "The record cannot be read"),
    RecordRejected: Kind(422, "A service rejects the record"),
    OtherContact: Kind(422, "The token is for another contact", "Send the contact as before."),
    NotSuggested: Kind(422, "That record was not suggested", "Confirm one of the suggestions."),
    IdempotencyConflict: Kind(
        422,
        "The idempotency key was used for another request",
        "Send another request under another key.",
    ),
    TooMany: Kind(429, "Too many requests", "Ask again later, less often."),
    StoreBusy: Kind(503, "The store is busy", "Another writer holds it; try again.", headers=_SOON),
    StoreError: Kind(
        503,
        "The store cannot answer",
        "What was asked may be done or not: ask again, under the same Idempotency-Key.",
        headers=_SOON,
    ),
    BreakerOpen: Kind(503, "The store is left alone for a while", "Nothing was written."),
    ServiceUnavailable: Kind(
        503,
        "A service that must be heard did not answer",
        "Nothing was written; try again.",
        headers=_SOON,
    ),
    DeadlineExceeded: Kind(504, "The answer did not come in time", "Nothing was written."),
    Exception: Kind(500, "This server made a mistake", "Nothing is wrong with the request."),
}
"""The nearest class of an error that is listed here counts."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A problem as it is sent."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def kind_of(error: Exception) -> Kind:
    """Say what an error means in HTTP.

    >>> kind_of(StoreBusy()).status, kind_of(KeyError()).status
    (503, 500)
    """
    if isinstance(error, HTTPException):
        headers = tuple((error.headers or {}).items())
        return Kind(error.status_code, error.detail, headers=headers)
    return next(KINDS[cls] for cls in type(error).__mro__ if cls in KINDS)


def render(error: Exception, aliases: Mapping[str, str]) -> Rendered:
    """Render an error as problem+json; ``aliases`` gives the fields' names on the wire."""
    kind = kind_of(error)
    answer: dict[str, object] = {"type": "about:blank", "title": kind.title, "status": kind.status}
    if isinstance(error, ProblemsError):
        answer["detail"] = _sentence(error.problems)
        answer["errors"] = [_mistake(one, aliases) for one in error.problems[:MOST_ERRORS]]
    elif detail := str(error) if kind.told else kind.detail:
        answer["detail"] = detail
    headers = {"Content-Type": MEDIA_TYPE, **dict(kind.headers)}
    if isinstance(error, BreakerOpen | TooMany):
        headers["Retry-After"] = str(max(1, ceil(error.retry_after)))
    return Rendered(kind.status, msgspec.json.encode(answer), tuple(_encoded(headers)))


def _encoded(headers: Mapping[str, str]) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers.items():
        yield name.lower().encode("latin-1"), value.encode("latin-1")


def _sentence(problems: tuple[Problem, ...]) -> str:
    if len(problems) == 1:
        return str(Problem(shortened(problems[0].path), problems[0].message))
    more = f", the first {MOST_ERRORS} of which are listed" if len(problems) > MOST_ERRORS else ""
    return f"There are {len(problems)} mistakes{more}."


def _mistake(problem: Problem, aliases: Mapping[str, str]) -> dict[str, str]:
    field = shortened(aliases.get(problem.path, problem.path))
    return {"field": field, "detail": problem.message}


def shortened(name: str) -> str:
    """Cut a name that a client made up to a length that can be shown.

    >>> len(shortened("x" * 1_000_000))
    65
    """
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
