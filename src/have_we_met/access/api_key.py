"""The text that a caller brings: a prefix, the credential's id, and a secret.

The secret is 256 bits of chance, so nobody finds it by trying, and a fast hash of it is as hard to
turn back as a slow one. (A slow hash is for passwords, which people make up.) The hash is salted
with the id, and compared in constant time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

PREFIX = "hwm"
"""What every key begins with, so that scanners for leaked secrets know ours."""
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in the clear; the secret stays out of ``repr``.

    >>> key = ApiKey.new()
    >>> ApiKey.read(key.text) == key, key.is_of(key.mark), key.is_of(ApiKey.new().mark)
    (True, True, False)
    """

    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls, of: str = "") -> ApiKey:
        """Make one, for a new credential or for one that there is."""
        return cls(of or token_hex(6), token_urlsafe(32))

    @classmethod
    def read(cls, text: str) -> ApiKey | None:
        """Read one; ``None`` for what is none.

        >>> ApiKey.read("hwm_0123456789ab"), ApiKey.read("x" * 4000)
        (None, None)
        """
        if len(text) > _LONGEST:
            return None
        prefix, _, rest = text.partition("_")
        own_id, _, secret = rest.partition("_")
        return cls(own_id, secret) if prefix == PREFIX and own_id and secret else None

    @property
    def text(self) -> str:
        """The key as it is handed out and brought."""
        return f"{PREFIX}_{self.id}_{self.secret}"

    @property
    def mark(self) -> str:
        """What is stored in the secret's stead (BLAKE2b, RFC 7693)."""
        salt = self.id.encode()[:16]
        hashed = blake2b(self.secret.encode(), digest_size=32, salt=salt, person=b"hwm api key")
        return hashed.hexdigest()

    def is_of(self, *marks: str | None) -> bool:
        """Tell whether one of these marks is of this key; takes as long whichever it is."""
        own = self.mark
        equal = [compare_digest(own, mark or "") for mark in marks]
        return any(equal)
