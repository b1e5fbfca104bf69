"""Pages of other origins in a browser (CORS, the Fetch standard): those that a key lists."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

Header = tuple[bytes, bytes]

VARY: Header = (b"vary", b"Origin")
_SHOWN = b"X-Lookup-Duration, Server-Timing, Retry-After, RateLimit, RateLimit-Policy"
_ASKED = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key"),
    (b"access-control-max-age", b"600"),
)


def is_same(origin: str, host: str) -> bool:
    """Tell whether a page is our own; a proxy may have taken TLS off on the way.

    >>> is_same("https://api.example", "api.example"), is_same("null", "api.example")
    (True, False)
    """
    return bool(host) and urlsplit(origin).netloc.lower() == host.lower()


def shown_to(origin: str) -> tuple[Header, ...]:
    """The headers that let a page read an answer. Never ``*``, and no cookies."""
    allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
    return (allowed, (b"access-control-expose-headers", _SHOWN), VARY)


def preflight(origin: str, origins: Collection[str]) -> tuple[Header, ...]:
    """Answer a browser that asks beforehand, without a key, whether a page may ask at all."""
    return (*shown_to(origin), *_ASKED) if origin in origins else (VARY,)
