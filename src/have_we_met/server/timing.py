"""The headers that say how long a lookup and its parts took."""

from __future__ import annotations

import re

from ..answer import Lookup
from ..resilience import Spent

_NO_TOKEN = re.compile(r"[^\w.-]", re.ASCII)


def timing(lookup: Lookup) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """Give the headers that say how long a lookup and its parts took, in milliseconds."""
    duration = b"%.3f" % lookup.duration
    parts = b"".join(map(_timed, lookup.spent)) if lookup.spent else b""
    return (b"x-lookup-duration", duration), (b"server-timing", b"lookup;dur=" + duration + parts)


def _timed(spent: Spent) -> bytes:
    """Write a part's time as a further metric of Server-Timing, its name as a token.

    >>> _timed(Spent("address (UK)", 0.0125))
    b', address--UK-;dur=12.500'
    """
    name = _NO_TOKEN.sub("-", spent.part).encode()
    return b", %s;dur=%.3f" % (name, spent.seconds * 1000)
