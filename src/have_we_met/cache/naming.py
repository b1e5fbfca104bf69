"""The names of questions: keyed hashes, which say nothing of what was asked.

A question has a *name* by its normalised values, under which its answer is kept for all who mean
the same; and, in one process, a *mark* by how it is spelt, which is had without normalising.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

import msgspec

Raw = Mapping[str, object]
Values = Sequence[str | None]

_BETWEEN = "\x1f"
"""No normalised value holds it, nor is one empty."""
_TEXT = frozenset((str,))
_PLAIN = frozenset((str, int, float, bool, type(None)))


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
    copy = _hasher(secret, b"hwm cache", scope)

    def name(values: Values) -> bytes:
        hashed = copy()
        said = _BETWEEN.join([value or "" for value in values])
        hashed.update(said.encode("utf-8", "surrogatepass"))
        return hashed.digest()

    return name


def marker(secret: bytes, *scope: str) -> Callable[[Raw], bytes | None]:
    """Make what marks questions by how they are spelt: names, values, their types and their order.

    So two questions with one mark are one question. There is none where anything is no plain text,
    number or nothing: what such a value says may hang on more than can be hashed.

    >>> mark = marker(b"a" * 16, "contacts")
    >>> mark({"zip": "1"}) == mark({"zip": 1}), mark({"zip": object()})
    (False, None)
    """
    copy = _hasher(secret, b"hwm cache marks", scope)
    encode = msgspec.msgpack.Encoder().encode

    def mark(raw: Raw) -> bytes | None:
        if not (_TEXT.issuperset(map(type, raw)) and _PLAIN.issuperset(map(type, raw.values()))):
            return None
        try:
            said = encode(raw)  # nothing but a mapping that is encoded whole, so no two look alike
        except (TypeError, ValueError, OverflowError):  # half of a surrogate pair, a huge number
            return None
        hashed = copy()
        hashed.update(said)
        return hashed.digest()

    return mark


def _hasher(secret: bytes, use: bytes, scope: Sequence[str]) -> Callable[[], blake2b]:
    """Give what begins a hash: keyed by the secret, for one use, on all that the scope says."""
    key = blake2b(secret, digest_size=32, person=use).digest()
    begun = blake2b(_BETWEEN.join(scope).encode(), digest_size=32, key=key).digest()
    return blake2b(key=begun, digest_size=16).copy
