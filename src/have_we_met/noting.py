"""Remembering incomplete answers for a while, in case that somebody creates a record upon them.

Whoever looks up and then adds says so in two calls. Between them stands this: the keyed hashes of
what was asked, in this process's memory. The key is drawn when the process starts and kept nowhere,
so the hashes say nothing to anybody else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from hashlib import blake2b
from os import urandom
from time import monotonic

from .answer import Lookup
from .model import Model
from .record import Record
from .store.late_note import Doubt
from .verdict import Status

KEEP_SECONDS = 600.0
"""For how long an answer counts as what the caller acts upon."""
MOST = 10_000
"""How many marks are kept; the oldest make room."""


def doubt_of(lookup: Lookup) -> Doubt | None:
    """Say what an answer lacked; ``None`` where it was complete."""
    return None if lookup.complete else Doubt(lookup.lookup_id, lookup.degraded)


class Doubts:
    """The incomplete answers of the last minutes that found nobody for sure."""

    def __init__(
        self,
        model: Model,
        *,
        keep: float = KEEP_SECONDS,
        most: int = MOST,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._model, self._keep, self._most, self._now = model, keep, most, now
        self._secret = urandom(32)
        self._doubts: OrderedDict[bytes, tuple[float, Doubt]] = OrderedDict()

    def heed(self, record: Record, lookup: Lookup) -> None:
        """Keep an incomplete answer in mind; whoever was found needs no second look."""
        doubt = doubt_of(lookup)
        if doubt is None or lookup.status is Status.FOUND:
            return
        for mark in self._marks(record):
            self._doubts.pop(mark, None)
            self._doubts[mark] = self._now(), doubt
        while len(self._doubts) > self._most:
            self._doubts.popitem(last=False)

    def about(self, record: Record) -> Doubt | None:
        """Recall what was lacking when somebody asked about this person, if that was lately."""
        if not self._doubts:
            return None
        since = self._now() - self._keep
        for mark in self._marks(record):
            at, doubt = self._doubts.get(mark, (since, None))
            if at > since:
                return doubt
        return None

    def _marks(self, record: Record) -> Iterator[bytes]:
        """Hash each exact key: an e-mail asked about alone is that of the whole record added then.

        A record without any is known by all its values.
        """
        exact = self._model.cut.one(record.values, 0, len(self._model.exact_keys))
        for said in exact or (record.values,):
            yield blake2b(repr(said).encode(), digest_size=16, key=self._secret).digest()
