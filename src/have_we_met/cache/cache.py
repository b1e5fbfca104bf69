"""The step that answers from what is kept, where that is known to hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic, time

from ..answer import Lack, Lookup
from ..asking import Ask, Question, Step
from ..errors import BreakerOpen, DeadlineExceeded, StoreError
from ..looking import late, new_lookup_id
from ..record import Record, RecordId
from ..resilience.flights import Flights
from ..store.base import Store
from ..store.stamps import Buckets, Stamps, Standing, depended_on, erasure_of
from .again import KeptLookup, again, shown
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
        return lambda ask: _Answering(self, name, ask).answer

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

    def at_hand(self, record: Record, started: float) -> KeptLookup | None:
        """Give again what is kept of a question that was read here, asking nobody.

        Nothing where it was not asked in these words, or anybody has committed anything since.
        """
        kept = record.kept if isinstance(record, Asked) else None
        return None if kept is None else self.still(kept, record, started)

    def still(self, kept: Kept, record: Record, started: float) -> KeptLookup | None:
        """Give an answer again where nothing at all was committed since it held."""
        version = self.store.version()
        if version is None or kept.version != version or self.is_too_old(kept):
            return None
        contacts = self.store.rows.get(kept.ids, version) if kept.ids else ()
        if contacts is None:
            return None
        self.counts[_MEMORY] += 1
        return again(kept.held, record, started, contacts, self.store.model)

    def is_too_old(self, kept: Kept) -> bool:
        """Whether an answer's time is over."""
        return self.clock() - kept.held.at > self.ttl

    def mark(self, kept: Kept, record: Record) -> None:
        """Keep an answer for who asks again in the same words."""
        mark = mark_of(record)
        if self.memory is not None and mark is not None:
            self.memory.mark(mark, kept)

    def keep_here(self, name: bytes, kept: Kept, record: Record) -> None:
        """Keep an answer in this process."""
        if self.memory is not None:
            self.memory.put(name, kept)
            self.mark(kept, record)

    def keep(self, name: bytes, kept: Kept, record: Record) -> None:
        """Keep an answer in this process, and for all others."""
        self.keep_here(name, kept, record)
        if self.redis is not None:
            self.redis.put(name, kept.held)

    async def hear(self, deadline: float | None) -> None:
        """Hear of what others did, where nothing was asked for a while.

        Rows that may have changed go; and where ``stale_for`` has a meaning, erasures are known.
        """
        self.store.rows.look()
        if self.stale_for:
            await self.standing(depended_on(()), (), deadline)

    async def standing(
        self, buckets: Buckets, ids: Sequence[RecordId], deadline: float | None
    ) -> Standing | None:
        """Ask the store how things stand; ``None`` where it cannot say."""
        try:
            standing = await self.store.standing(buckets, ids, deadline)
        except _UNKNOWN:
            return None
        if standing is not None:
            self.erasures.hear(erasure_of(standing.stamps))
        return standing

    async def close(self) -> None:
        """Let go of what it is kept in."""
        if self.redis is not None:
            await self.redis.close()


def _read(mark: Callable[[Raw], bytes | None], memory: Memory, read: Read, raw: Raw) -> Record:
    given = {**raw}  # the caller's may be changed before it is read
    marked = mark(given)
    return read(given) if marked is None else asked(given, marked, memory.marked(marked), read)


@dataclass(frozen=True, slots=True)
class _Answering:
    """One resolver's way: ``name`` names its questions, and ``ask`` asks the store."""

    cache: Cache
    name: Callable[[Values], bytes]
    ask: Ask

    async def answer(self, question: Question) -> Lookup:
        """Give what is kept, where it holds; or ask, and keep it."""
        if hit := self.cache.at_hand(question.record, question.started):
            return hit
        answer = await self._marked_or_named(self.cache.store.version(), question)
        if self.cache.stale_for and _is_no_answer(answer):
            return await self._stale(question, answer)
        return answer

    async def _marked_or_named(self, version: object | None, question: Question) -> Lookup:
        record = question.record
        marked = record.kept if isinstance(record, Asked) else None
        if marked is None:
            return await self._named(None, version, question)
        standing = await self.cache.standing(marked.buckets, marked.ids, question.until)
        if standing is None:
            return await self._past(question)
        if hit := self._still(marked, standing, version, question, _MEMORY):
            self.cache.mark(replace(marked, version=version), record)
            return hit
        return await self._named(standing.stamps, version, question)

    async def _named(
        self, stamps: Stamps | None, version: object | None, question: Question
    ) -> Lookup:
        """What is kept for all who mean the same; ``stamps`` are those of now, where known."""
        name = self.name(question.record.values)
        kept, layer = await self._kept(name, question)
        if kept and (hit := self.cache.still(kept, question.record, question.started)):
            self.cache.mark(kept, question.record)
            return hit
        buckets = self._buckets(question) if kept is None else kept.buckets
        if stamps is None or (kept is not None and kept.held.stamps == stamps):
            # Before the answer is looked for: a write in between makes it one that never held.
            ids = () if kept is None else kept.ids
            standing = await self.cache.standing(buckets, ids, question.until)
            if standing is None:
                return await self._past(question)
            if kept and (hit := self._still(kept, standing, version, question, layer)):
                self.cache.keep_here(name, replace(kept, version=version), question.record)
                return hit
            stamps = standing.stamps
        return await self._asked(name, stamps, buckets, version, question)

    def _still(
        self,
        kept: Kept,
        standing: Standing,
        version: object | None,
        question: Question,
        layer: str,
    ) -> KeptLookup | None:
        """The answer again, of contacts read now; nothing where it holds no more or one is gone."""
        cache, (stamps, contacts) = self.cache, standing
        if kept.held.stamps != stamps or contacts is None or cache.is_too_old(kept):
            return None
        cache.store.rows.put(zip(kept.ids, contacts, strict=True), version)
        cache.counts[layer] += 1
        return again(kept.held, question.record, question.started, contacts, cache.store.model)

    async def _kept(self, name: bytes, question: Question) -> tuple[Kept | None, str]:
        memory = self.cache.memory
        if memory is not None and (kept := memory.get(name)) is not None:
            return kept, _MEMORY
        held = await self._shared(name, question)
        return None if held is None else Kept.of(held, self._buckets(question)), _REDIS

    async def _shared(self, name: bytes, question: Question) -> Held | None:
        redis = self.cache.redis
        if redis is None:
            return None
        with question.budget.part("cache"):
            return await redis.get(name, question.until)

    def _buckets(self, question: Question) -> Buckets:
        keys = self.cache.store.model.cut.one(question.record.values)
        return depended_on([key for _, key in keys])

    async def _past(self, question: Question) -> Lookup:
        self.cache.counts["past"] += 1
        return await self.ask(question)

    async def _asked(
        self,
        name: bytes,
        stamps: Stamps,
        buckets: Buckets,
        version: object | None,
        question: Question,
    ) -> Lookup:
        """Ask the store, once for all who ask the same now, and keep what it answers."""
        cache = self.cache

        async def work() -> Lookup:
            answer = await self.ask(question)
            held = held_of(answer, stamps, cache.clock())
            if held is not None:
                kept = Kept.of(held, buckets, version)
                cache.store.rows.put(zip(kept.ids, shown(answer), strict=True), version)
                cache.keep(name, kept, question.record)
            return answer

        try:
            answer, shared = await cache.flights.share((name, stamps), work, question.until)
        except TimeoutError:
            return late(question.started, question.until)
        cache.counts["shared" if shared else "miss"] += 1
        if not shared:
            return answer
        duration = (monotonic() - question.started) * 1000
        return replace(answer, duration=duration, lookup_id=new_lookup_id())

    async def _stale(self, question: Question, answer: Lookup) -> Lookup:
        """What was known last, in place of no answer; whom it names, but not what they say."""
        cache = self.cache
        kept, _ = await self._kept(self.name(question.record.values), question)
        age = 0.0 if kept is None else cache.clock() - kept.held.at
        if kept is None or age > cache.ttl + cache.stale_for:
            return answer
        if not cache.erasures.stands(erasure_of(kept.held.stamps)):
            return answer
        cache.counts["stale"] += 1
        return replace(
            again(kept.held, question.record, question.started, (), cache.store.model),
            message=f"Answered from what was known {age:.0f} seconds ago",
            complete=False,
            degraded=(*answer.degraded, Lack("cache", "answer", f"is {age:.0f} seconds old")),
        )


def _is_everybodys(answer: Lookup) -> bool:
    """Whether those may have it who asked the same: who began earlier had to end earlier."""
    return all(lack.kind != "store" for lack in answer.degraded)


def _is_no_answer(answer: Lookup) -> bool:
    return not answer.complete and any(lack.kind == "store" for lack in answer.degraded)
