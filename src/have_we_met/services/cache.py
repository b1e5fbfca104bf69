"""What a service said, kept in memory for a while."""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping
from hashlib import blake2b
from os import urandom
from time import monotonic
from typing import Any

from ..errors import require
from ..model.services import Cache
from ..resilience.flights import Flights
from .reply import Asked, Failure, Reply


class Replies:
    """The latest replies of one service: so many at most, and for so long.

    They are found by a mark: a hash, made with a secret of this process, of all that the service
    was told. No mark gives anybody away, and no two questions share one. Belongs to one event loop.
    """

    def __init__(self, settings: Cache, *, clock: Callable[[], float] = monotonic) -> None:
        caches: Any = require("cachetools", extra="services")
        self._replies: MutableMapping[bytes, Reply] = caches.TTLCache(
            settings.entries, settings.seconds, timer=clock
        )
        self._secret = urandom(32)
        self.flights: Flights[Reply | Failure] = Flights()

    def get(self, mark: bytes) -> Reply | None:
        """What was said to this, if that is known still."""
        return self._replies.get(mark)

    def keep(self, mark: bytes, reply: Reply) -> None:
        """Remember what was said."""
        self._replies[mark] = reply

    def mark(self, asked: Asked) -> bytes:
        """Give what stands for a question."""
        told = json.dumps([dict(asked.values), dict(asked.raw)], sort_keys=True, default=str)
        spelt = told.encode(errors="surrogatepass")
        return blake2b(spelt, digest_size=16, key=self._secret).digest()
