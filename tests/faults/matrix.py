"""One cell of the matrix: a fault begins, some ask, it ends; what they heard, and what is left."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from time import monotonic

from have_we_met import HaveWeMetError, Lack, Lookup, Registration, Resolver, Status

from ..store.conformance import ADA
from .parts import DEADLINE, Part

AT_ONCE = 12
"""How many ask at the same moment: more than a store has connections."""
PATIENCE = 10.0
"""Seconds within which what happens in the background has happened, on any machine."""

Raw = Mapping[str, object]
Said = Lookup | Registration | HaveWeMetError

ASKED = {name: ADA[name] for name in ("email", "phone", "first_name", "last_name")}
_numbers = count()


@dataclass(frozen=True)
class Cell:
    """What came of a fault: who heard what, the seconds of the slowest answer, and until all was
    well again; and what was wrong with that, if anything."""

    part: str
    fault: str
    road: str
    answers: tuple[str, ...]
    worst: float
    back: float
    wrong: tuple[str, ...]

    @property
    def late(self) -> float:
        """By how many seconds the slowest answer missed the deadline."""
        return max(0.0, self.worst - DEADLINE)


@dataclass
class Asker:
    """Asks along one road, and remembers about whom, and what was said."""

    resolver: Resolver
    heard: list[tuple[Raw, Said]] = field(default_factory=list)
    worst: float = 0.0

    async def ask(self) -> Said:
        began, raw = monotonic(), self.somebody()
        try:
            said = await self.said(raw)
        except HaveWeMetError as error:
            said = error
        self.worst = max(self.worst, monotonic() - began)
        self.heard.append((raw, said))
        return said

    async def many(self) -> None:
        """Ask so many times at the same moment."""
        await asyncio.gather(*(self.ask() for _ in range(AT_ONCE)))

    def somebody(self) -> Raw:
        """Whom to ask about."""
        raise NotImplementedError

    async def said(self, raw: Raw) -> Said:
        """What the resolver says."""
        raise NotImplementedError

    async def wrong(self) -> AsyncIterator[str]:
        """What was said and was not so."""
        raise NotImplementedError
        yield ""


class LooksUp(Asker):
    """Looks Ada up, who is there."""

    def somebody(self) -> Raw:
        return ASKED

    async def said(self, raw: Raw) -> Said:
        return await self.resolver.lookup(raw)

    async def wrong(self) -> AsyncIterator[str]:
        for _, said in self.heard:
            if not isinstance(said, Lookup):
                yield f"a lookup raised {type(said).__name__}"
            elif said.complete != (not said.degraded) or said.complete > is_right(said):
                yield f"{spelt(said)} is not honest"


class SignsUp(Asker):
    """Creates somebody new each time."""

    def somebody(self) -> Raw:
        name = sha256(str(next(_numbers)).encode()).hexdigest()[:12]
        return {"email": f"{name}@example.org"}

    async def said(self, raw: Raw) -> Said:
        return await self.resolver.get_or_create(raw, deadline=DEADLINE)

    async def wrong(self) -> AsyncIterator[str]:
        for raw, said in self.heard:
            if isinstance(said, Registration) and not await self._is_there(raw):
                yield "who was created is not there"
            # Whether an error left nothing or everything: to ask again makes one whole person.
            await self.resolver.get_or_create(raw)
            if not await self._is_there(raw):
                yield "half of somebody was written"
        if await self.resolver.store.count() != 1 + len(self.heard):
            yield "somebody was written twice"

    async def _is_there(self, raw: Raw) -> bool:
        return (await self.resolver.lookup(raw, deadline=PATIENCE)).status is Status.FOUND


ROADS: Mapping[str, Callable[[Resolver], Asker]] = {"lookup": LooksUp, "get_or_create": SignsUp}


async def run(name: str, part: Part, fault: str, road: str) -> Cell:
    """Measure one cell."""
    tasks, files = asyncio.all_tasks(), open_files()
    async with closing(await part.open()) as resolver:
        asker = ROADS[road](resolver)
        await asker.many()  # so that connections are open
        await part.rest()
        await asker.ask()
        before, asker.worst = len(asker.heard), 0.0
        part.faults[fault].begin()
        for _ in range(2):
            await asker.ask()
        await asker.many()
        answers = dict.fromkeys(spelt(said) for _, said in asker.heard[before:])
        worst = asker.worst
        part.faults[fault].end()
        await part.rest()
        back = await _back(asker)
        wrong = [one async for one in asker.wrong()]
        wrong += await _left(
            {
                "tasks": lambda: len(asyncio.all_tasks() - tasks),
                "connections lent": lambda: _lent(resolver),
                "statements": lambda: part.left()["statements"],
            }
        )
    wrong += await _left(
        {
            "tasks": lambda: len(asyncio.all_tasks() - tasks),
            "connections at the proxy": lambda: part.proxy.open,
            "connections at the server": lambda: part.left()["connections"],
            "files": lambda: max(0, open_files() - files),
        }
    )
    return Cell(name, fault, road, tuple(answers), worst, back, tuple(dict.fromkeys(wrong)))


@asynccontextmanager
async def closing(resolver: Resolver) -> AsyncIterator[Resolver]:
    """Close a resolver at the end."""
    try:
        yield resolver
    finally:
        await resolver.close()


async def _back(asker: Asker) -> float:
    """Ask until all is well, and say how long that took."""
    began = monotonic()
    while not is_right(await asker.ask()):
        if monotonic() - began > PATIENCE:
            break
        await asyncio.sleep(0.02)
    return monotonic() - began


async def _left(counts: Mapping[str, Callable[[], int]]) -> list[str]:
    """Wait until nothing is left; say what is, where that does not happen."""
    until = monotonic() + PATIENCE
    while any(count() for count in counts.values()) and monotonic() < until:
        await asyncio.sleep(0.02)
    return [f"{left} {name} left" for name, count in counts.items() if (left := count())]


def _lent(resolver: Resolver) -> int:
    return sum(pool.lent for pool in resolver.store.pools().values())


def open_files() -> int:
    """How many files and connections this process has open."""
    return len(os.listdir("/proc/self/fd"))


def is_right(said: Said) -> bool:
    """Whether somebody was found, or created, and nothing was missing."""
    if isinstance(said, Registration):
        return said.lookup.complete and (said.created or said.contact is not None)
    return isinstance(said, Lookup) and said.complete and said.status is Status.FOUND


def spelt(said: Said) -> str:
    """Say what was said, as the table does."""
    if isinstance(said, HaveWeMetError):
        return type(said).__name__
    lookup = said.lookup if isinstance(said, Registration) else said
    what = "created" if isinstance(said, Registration) and said.created else lookup.status.value
    return "; ".join([what, *map(_lack, lookup.degraded)])


def _lack(lack: Lack) -> str:
    return f"{lack.kind} {lack.reason if lack.kind == 'service' else lack.name}"
