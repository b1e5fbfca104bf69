"""What is told to a webhook's receiver, and how it is signed: Standard Webhooks.

https://www.standardwebhooks.com: an id that stays the same however often an event is sent, the
moment of sending, and a signature over both and the body, so that nobody else can send one and none
can be sent again later.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..errors import Problem, ProblemsError
from ..store.lasting import spelt_moment
from ..store.late_note import Note

SECRET = "HAVE_WE_MET_WEBHOOK_SECRET"  # noqa: S105  # its name, not itself
"""The variable that holds the secret, or several while one takes another's place."""
URL = "HAVE_WE_MET_WEBHOOK"
"""The variable that says where to send."""

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64
"""Bytes of a secret, as the specification has them."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where verdicts are sent, and the secrets by which they are signed.

    ``seconds`` is what a delivery may take. Raises :class:`~have_we_met.errors.ProblemsError`.

    >>> Webhook("https://hooks.example.com/met", ("whsec_" + "QUFB" * 8,)).seconds
    15.0
    """

    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    seconds: float = 15.0

    def __post_init__(self) -> None:
        if problems := [*_url_problems(self.url), *_secret_problems(self.secrets)]:
            raise ProblemsError(problems)

    @classmethod
    def from_environment(
        cls, url: str | None = None, environment: Mapping[str, str] = os.environ
    ) -> Webhook | None:
        """Read where to send, if anywhere, and the secret; several are parted by spaces."""
        url = url or environment.get(URL)
        return cls(url, tuple(environment.get(SECRET, "").split())) if url else None

    def headers(self, event: str, moment: int, body: bytes) -> dict[str, str]:
        """The headers of one delivery; ``moment`` is in seconds since 1970."""
        said = b"%b.%d.%b" % (event.encode(), moment, body)
        return {
            "content-type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": str(moment),
            "webhook-signature": " ".join(_signature(secret, said) for secret in self.secrets),
        }


def event_of(table: str, note: Note) -> bytes:
    """Write a verdict as JSON: ids, numbers and moments, nothing about anybody."""
    assert note.finding is not None
    found = note.finding
    data = {
        "table": table,
        "recordId": note.record_id,
        "lookupId": note.doubt.lookup_id,
        "lacked": [{"kind": lack.kind, "name": lack.name} for lack in note.doubt.lacks],
        "notedAt": spelt_moment(note.at),
        "verdict": found.verdict.value,
        "matches": [
            {"recordId": near.record_id, "confidence": near.confidence} for near in found.near
        ],
        "model": found.model,
    }
    event = {"type": f"late_verdict.{found.verdict.value}", "timestamp": spelt_moment(found.at)}
    return json.dumps({**event, "data": data}, separators=(",", ":")).encode()


def _signature(secret: str, said: bytes) -> str:
    made = hmac.digest(_decoded(secret), said, "sha256")
    return f"v1,{base64.b64encode(made).decode()}"


def _decoded(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)


def _url_problems(url: str) -> Iterator[Problem]:
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:  # no address at all
        is_right = False
    if not is_right:
        yield Problem(URL, "must be an address that begins with https:// or http://")


def _secret_problems(secrets: tuple[str, ...]) -> Iterator[Problem]:
    if not secrets:
        yield Problem(SECRET, "must be set where verdicts are sent to a webhook")
    for secret in secrets:
        try:
            is_right = _LEAST <= len(_decoded(secret)) <= _MOST
        except ValueError:  # no base64
            is_right = False
        if not is_right:
            must = f"must be {_PREFIX} and {_LEAST} to {_MOST} random bytes in base64"
            yield Problem(SECRET, must)
