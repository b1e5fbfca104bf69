"""The step that answers from what is kept, where that is known to hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from os import urandom
from time import monotonic, time
from typing import TypeGuard

from ..answer import Contact, Lack, Lookup
from ..asking import Ask, Question, Step
from ..errors import BreakerOpen, DeadlineExceeded, StoreError
from ..looking import late
from ..record import Record
from ..resilience.flights import Flights
from ..store.base import Store
from ..store.stamps import Stamps, erasure_of
from .again import again
from .asked import Asked, Read, asked, mark_of
from .erasures import Erasures
from .held import Held, held_of
from .memory import Kept, Memory
from .naming import Raw, Values, marker, namer
from .redis import Redis

_UNKNOWN = (StoreError, BreakerOpen, DeadlineExceeded)
"""What a store raises that cannot say what holds; asking it for the answer says why."""
_MEMORY, _REDIS = "memory", "redis"


@dataclass(frozen=True, slots=True)
class Cache:
    """Answers kept in memory, in Redis, or in both; made by :func:`have_we_met.cache.open_cache`.

    An answer is given again for ``ttl`` seconds at most, and only while its stamps are those that
    the store has now. ``stale_for`` seconds longer, and whatever its stamps, it is given where the
    store does not answer; then it says so. ``counts`` says how often an answer came from
    ``memory`` or ``redis``, was a ``miss``, was ``shared`` with who asked the same at that moment,
    was ``stale``, or a lookup went ``past`` the cache, since nobody could say what holds. Where
    anybody was erased since, as far as ``erasures`` heard, no answer is given as stale.
    """

    store: Store
    secret: bytes = field(repr=False)
    ttl: float
    stale_for: float
    memory: Memory | None
    redis: Redis | None
    clock: Callable[[], float] = time
    counts: Counter[str] = field(default_factory=Counter)
    flights: Flights[Lookup] = field(default_factory=lambda: Flights(_is_everybodys))
    erasures: Erasures = field(default_factory=Erasures)

    def step(self, suggestions: int) -> Step:
        """The step for a resolver that shows so many; it belongs next to the store."""
        name = namer(self.secret, *self._scope(suggestions))
        return lambda ask: partial(self._answer, name, ask)

    def reader(self, suggestions: int) -> Read:
        """Give what reads the questions of such a resolver, in place of its model.

        One that was asked before in the same words is not normalised. Only for a resolver whose
        services do not change what is asked.
        """
        read = self.store.model.record
        if self.memory is None:
            return read
        mark = marker(self.secret, *self._scope(suggestions))
        return partial(_read, mark, self.memory, read)

    def _scope(self, suggestions: int) -> tuple[str, ...]:
        """All that an answer hangs on but for the question."""
        model, side = self.store.model, self.store.side
        return side.keys.fullname, model.fingerprint, str(suggestions)

    async def hear(self, deadline: float | None) -> None:
        """Hear of erasures, where nothing was asked for a while and ``stale_for`` has a meaning."""
        await self._read_stamps((), deadline)

    async def close(self) -> None:
        """Let go of what it is kept in."""
        if self.redis is not None:
            await self.redis.close()

    async def _answer(
        self, namer: Callable[[Values], bytes], ask: Ask, question: Question
    ) -> Lookup:
        version, record = self.store.version(), question.record
        kept = record.kept if isinstance(record, Asked) else None
        if _holds(kept, version) and (hit := await self._hit(kept.held, question, _MEMORY)):
            return hit
        name = namer(record.values)
        answer = await self._known_or_asked(name, version, ask, question)
        if self.stale_for and _is_no_answer(answer):
            return await self._stale(name, question, answer)
        return answer

    async def _known_or_asked(
        self, name: bytes, version: object | None, ask: Ask, question: Question
    ) -> Lookup:
        kept = None if self.memory is None else self.memory.get(name)
        if _holds(kept, version) and (hit := await self._hit(kept.held, question, _MEMORY)):
            self._keep_here(name, kept, question)
            return hit
        # Before the answer is looked for: a write in between makes it one that never held.
        stamps = await self._stamps(question)
        if stamps is None:
            self.counts["past"] += 1
            return await ask(question)
        held = kept.held if kept is not None else await self._shared(name, question)
        if held is not None and held.stamps == stamps:
            layer = _MEMORY if kept is not None else _REDIS
            hit = await self._hit(held, question, layer)
            if hit is not None:
                self._keep_here(name, Kept(held, version), question)
                return hit
        return await self._ask(name, stamps, version, ask, question)

    async def _stamps(self, question: Question) -> Stamps | None:
        keys = self.store.model.cut.one(question.record.values)
        return await self._read_stamps([key for _, key in keys], question.until)

    async def _read_stamps(self, keys: Sequence[int], deadline: float | None) -> Stamps | None:
        try:
            stamps = await self.store.stamps(keys, deadline)
        except _UNKNOWN:
            return None
        if stamps is not None:
            self.erasures.hear(erasure_of(stamps))
        return stamps

    async def _shared(self, name: bytes, question: Question) -> Held | None:
        if self.redis is None:
            return None
        with question.budget.part("cache"):
            return await self.redis.get(name, question.until)

    async def _hit(self, held: Held, question: Question, layer: str) -> Lookup | None:
        """The answer again, of contacts read anew; nothing where it is too old or one is gone."""
        if self.clock() - held.at > self.ttl:
            return None
        contacts = await self._contacts(held, question.until) if held.matches else ()
        if contacts is None:
            return None
        self.counts[layer] += 1
        return again(held, question, contacts, self.store.model)

    async def _contacts(self, held: Held, until: float) -> tuple[Contact, ...] | None:
        try:
            return await self.store.contacts([match.id for match in held.matches], until)
        except _UNKNOWN:
            return None

    async def _ask(
        self, name: bytes, stamps: Stamps, version: object, ask: Ask, question: Question
    ) -> Lookup:
        """Ask the store, once for all who ask the same now, and keep what it answers."""

        async def work() -> Lookup:
            answer = await ask(question)
            held = held_of(answer, stamps, self.clock())
            if held is not None:
                self._keep(name, Kept(held, version), question)
            return answer

        try:
            answer, shared = await self.flights.share((name, stamps), work, question.until)
        except TimeoutError:
            return late(question.started, question.until)
        self.counts["shared" if shared else "miss"] += 1
        if not shared:
            return answer
        duration = (monotonic() - question.started) * 1000
        return replace(answer, duration=duration, lookup_id=urandom(16).hex())

    def _keep_here(self, name: bytes, kept: Kept, question: Question) -> None:
        if self.memory is not None:
            self.memory.put(name, kept, mark_of(question.record))

    def _keep(self, name: bytes, kept: Kept, question: Question) -> None:
        self._keep_here(name, kept, question)
        if self.redis is not None:
            self.redis.put(name, kept.held)

    async def _stale(self, name: bytes, question: Question, answer: Lookup) -> Lookup:
        """What was known last, in place of no answer; whom it names, but not what they say."""
        kept = None if self.memory is None else self.memory.get(name)
        held = kept.held if kept is not None else await self._shared(name, question)
        age = 0.0 if held is None else self.clock() - held.at
        if held is None or age > self.ttl + self.stale_for:
            return answer
        if not self.erasures.stands(erasure_of(held.stamps)):
            return answer
        self.counts["stale"] += 1
        return replace(
            again(held, question, (), self.store.model),
            message=f"Answered from what was known {age:.0f} seconds ago",
            complete=False,
            degraded=(*answer.degraded, Lack("cache", "answer", f"is {age:.0f} seconds old")),
        )


def _holds(kept: Kept | None, version: object | None) -> TypeGuard[Kept]:
    """Whether nothing at all was committed since an answer was known to hold."""
    return kept is not None and version is not None and kept.version == version


def _is_everybodys(answer: Lookup) -> bool:
    """Whether those may have it who asked the same: who began earlier had to end earlier."""
    return all(lack.kind != "store" for lack in answer.degraded)


def _is_no_answer(answer: Lookup) -> bool:
    return not answer.complete and any(lack.kind == "store" for lack in answer.degraded)


def _read(mark: Callable[[Raw], bytes | None], memory: Memory, read: Read, raw: Raw) -> Record:
    given = {**raw}  # the caller's may be changed before it is read
    marked = mark(given)
    return read(given) if marked is None else asked(given, marked, memory.marked(marked), read)
