"""The name under which the answer to a question is kept: a keyed hash, which says nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

Values = Sequence[str | None]

_BETWEEN = "\x1f"
"""No normalised value holds it, nor is one empty."""


def namer(secret: bytes, *scope: str) -> Callable[[Values], bytes]:
    """Make what names questions: 16 bytes of BLAKE2b (RFC 7693) under a secret.

    ``scope`` is all else that an answer hangs on: the table, the model, how many are shown. Without
    the secret nobody can try out whether somebody was asked about.

    >>> one, other = namer(b"a" * 16, "contacts"), namer(b"b" * 16, "contacts")
    >>> len(one(["ada@example.org", None])), one(["a", None]) == other(["a", None])
    (16, False)
    >>> one(["a", None]) == one([None, "a"])
    False
    """
    key = blake2b(secret, digest_size=32, person=b"hwm cache").digest()
    begun = blake2b(_BETWEEN.join(scope).encode(), digest_size=32, key=key).digest()
    copy = blake2b(key=begun, digest_size=16).copy

    def name(values: Values) -> bytes:
        hashed = copy()
        said = _BETWEEN.join([value or "" for value in values])
        hashed.update(said.encode("utf-8", "surrogatepass"))
        return hashed.digest()

    return name
