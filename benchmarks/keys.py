"""A key that a third of the table is under: what it does to lookups, and when it is reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from have_we_met import Lookup, Resolver, Status, preset, synthetic

from .backends import Backend, backend
from .figures import percentiles, show
from .stores import SEED


def host(email: str) -> str:
    """The host of an address, free mail or not: what ``domain(email)`` wisely leaves out.

    >>> host("ada@gmail.com")
    'gmail.com'
    """
    return email.rpartition("@")[2]


WARM = 300
CROWDED = "benchmarks.keys:host(email)"
PLAIN = preset("contacts")
MODELS = {"without it": PLAIN, "with it": replace(PLAIN, keys=[*map(str, PLAIN.keys), CROWDED])}


@dataclass(slots=True)
class Group:
    """The lookups of one model: those for which the key is read, or all others."""

    seconds: list[float] = field(default_factory=list)
    reported: int = 0

    def add(self, seconds: float, answer: Lookup) -> None:
        """Note one lookup."""
        self.seconds.append(seconds)
        self.reported += any(lack.name == CROWDED for lack in answer.degraded)


Groups = dict[tuple[str, bool], Group]


async def run(folder: Path, counts: Sequence[int], queries: int, db: str) -> None:
    """Print what the key does to lookups, for each size, on the database named."""
    with backend(db, folder) as on:
        rows = [row for count in counts for row in _rows(count, await _ask(on, count, queries))]
    heading = ["contacts", "key of a third", "asked for", "p50", "p95", "p99", "p50/p50 without"]
    heading += ["lookups", "reported"]
    show(f"A key that a third is under, {on.name}, microseconds", heading, rows)


async def _ask(on: Backend, count: int, queries: int) -> Groups:
    """Ask each question of both models, one after the other, each first every other time."""
    stores = {name: await on.filled(model, count) for name, model in MODELS.items()}
    resolvers = {name: Resolver(store) for name, store in stores.items()}
    groups: Groups = {(name, read): Group() for read in (True, False) for name in MODELS}
    for turn, query in enumerate(synthetic.queries(queries + WARM, contacts=count, seed=SEED)):
        heard = {}
        for name in sorted(resolvers, reverse=bool(turn % 2)):
            began = perf_counter()
            answer = await resolvers[name].lookup(query.raw)
            heard[name] = perf_counter() - began, answer
        read = _is_at_gmail(query.raw) and not _is_found_at_once(answer)
        for name, one in heard.items():
            if turn >= WARM:
                groups[name, read].add(*one)
    for store in stores.values():
        await store.close()
    return groups


def _is_at_gmail(raw: Mapping[str, object]) -> bool:
    return str(raw.get("email") or "").lower().endswith("@gmail.com")


def _is_found_at_once(answer: Lookup) -> bool:
    """Whether the exact keys of email and phone answered, so that no other key was asked."""
    return answer.status is Status.FOUND and any(answer.matches[0].credit[:2])


def _rows(count: int, groups: Groups) -> Iterator[list[object]]:
    for (name, read), group in groups.items():
        figures = percentiles(group.seconds)
        (without, *_) = percentiles(groups["without it", read].seconds)
        shown = (len(group.seconds), group.reported)
        yield [count, name, "yes" if read else "no", *figures, figures[0] / without, *shown]
