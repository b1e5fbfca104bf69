"""The token that leads on from "maybe": sealed, it says what was asked and who was suggested.

It holds a number of its own, a mark of the contact that was asked about, and the suggestions' ids
with what each of them said then (:mod:`have_we_met.shown`): a database may give an id again.
It is encrypted and filled up to one length, so it gives away neither ids nor how many there are.
"""

from __future__ import annotations

import json
import logging
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_urlsafe

from cryptography.fernet import Fernet, InvalidToken

from ..shown import Likenesses
from ..store.lasting import read_id, spelt_id
from .problems import ExpiredToken, OtherContact, UnknownToken
from .settings import Settings

log = logging.getLogger("have_we_met.server")

SECRET = "HAVE_WE_MET_SECRET"  # noqa: S105  # the variable's name
"""The variable that holds the secret where the settings do not."""
_LENGTH = 512
"""Bytes to whose multiple a token is filled up: all that five suggestions with UUIDs need."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: its own id, and who was suggested so far, as they were shown."""

    id: str
    suggested: Likenesses


class Tokens:
    """Makes tokens for one table of contacts, and reads them back for ``seconds``.

    >>> tokens = Tokens("a secret of this server", "contacts", seconds=900)
    >>> tokens.read(tokens.make("what was asked", {7: "c0ffee"}), "what was asked").suggested
    {7: 'c0ffee'}
    """

    def __init__(
        self,
        secret: str,
        entity: str,
        *,
        seconds: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._key = blake2b(secret.encode(), person=b"hwm contact").digest()
        sealing = blake2b(entity.encode(), digest_size=32, key=self._key, person=b"hwm token")
        self._seal = Fernet(urlsafe_b64encode(sealing.digest()))

    def make(self, asked: str, suggested: Likenesses) -> str:
        """Seal who was suggested for what was asked."""
        shown = [(spelt_id(record_id), said) for record_id, said in suggested.items()]
        said = json.dumps([token_urlsafe(12), self._mark(asked), shown]).encode()
        return self._seal.encrypt(said.ljust(-(-len(said) // _LENGTH) * _LENGTH)).decode()

    def read(self, token: str, asked: str) -> Token:
        """Read a token that was made for what is asked now.

        Raises :class:`UnknownToken`, :class:`ExpiredToken` or :class:`OtherContact`.
        """
        try:
            sealed = token.encode()
            own_id, mark, shown = json.loads(self._seal.decrypt(sealed))
            suggested = {read_id(spelt): said for spelt, said in shown}
        except (InvalidToken, ValueError):  # not ours, or of an earlier release
            raise UnknownToken from None
        if self._clock().timestamp() - self._seal.extract_timestamp(sealed) > self._seconds:
            raise ExpiredToken
        if not compare_digest(mark, self._mark(asked)):
            raise OtherContact
        return Token(own_id, suggested)

    def _mark(self, asked: str) -> str:
        return blake2b(asked.encode(), digest_size=16, key=self._key).hexdigest()


def with_secret(settings: Settings) -> Settings:
    """Give settings a secret: their own, the environment's, or a new one, with a warning."""
    if settings.secret:
        return settings
    if given := os.environ.get(SECRET):
        return replace(settings, secret=given)
    log.warning(
        "no secret is set, so decision tokens are good for this server only, until it stops;"
        " set %s to one and the same for all",
        SECRET,
    )
    return replace(settings, secret=token_urlsafe(32))
