"""Marks: keyed hashes that stand for what people said, where what they said must not stand.

Whoever has the secret can tell whether a mark is of a value that he has. Nobody can read a value
out of a mark, and without the secret nobody can try values out. The secret has to last as long as
what is marked with it: under another one nothing is recognised any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

from ..errors import InputError, Problem

SHORTEST = 16
"""Characters of a secret."""


@dataclass(frozen=True)
class Marks:
    """Makes marks with a secret of 16 characters or more; raises :class:`InputError` for a shorter.

    >>> marks = Marks("a secret that lasts")
    >>> one = marks.of("email", "1")
    >>> one == marks.of("email", "1"), one == marks.of("id", "1")
    (True, False)
    """

    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < SHORTEST:
            raise InputError([Problem("secret", f"must be {SHORTEST} characters or more")])

    def of(self, kind: str, text: str) -> str:
        """Mark a text of a kind: 128 bits in hexadecimal digits."""
        spelt = f"{kind}\x1f{text}".encode(errors="surrogatepass")
        return blake2b(spelt, digest_size=16, key=self._key, person=b"hwm mark").hexdigest()

    def seal(self, text: str) -> str:
        """Seal a text: 256 bits that nobody makes without the secret."""
        spelt = text.encode(errors="surrogatepass")
        return blake2b(spelt, digest_size=32, key=self._key, person=b"hwm seal").hexdigest()

    @cached_property
    def name(self) -> str:
        """What tells this secret from another one, and says nothing of it."""
        return blake2b(b"", digest_size=8, key=self._key, person=b"hwm name").hexdigest()

    @cached_property
    def _key(self) -> bytes:
        return blake2b(self.secret.encode(), digest_size=64, person=b"hwm lasting").digest()
