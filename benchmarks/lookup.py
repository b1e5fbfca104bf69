"""Latency of one lookup beside its floor, and what the answers were worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from have_we_met import Lookup, Model, Resolver, Status, preset, synthetic

from .backends import Backend, Floor, backend
from .figures import percentiles, show
from .stores import SEED

WARM = 300
OF_KNOWN = ("right found", "right suggested", "wrong found", "known missed")


ROUNDS = 5
"""Sizes take turns, so that a slow minute of the machine falls on all of them."""


@dataclass(slots=True)
class Run:
    """What one size and key limit measured: seconds a query, road and floor side by side."""

    count: int
    limit: int
    resolver: Resolver
    under: Floor
    asked: list[synthetic.Query]
    road: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


async def run(
    folder: Path,
    counts: Sequence[int],
    queries: int,
    variant: str,
    db: str,
    limits: Sequence[int] = (),
) -> None:
    """Print latency and worth for each size, on the database named.

    ``limits`` are key limits to try; none stands for the preset's own.
    """
    model = preset(variant)
    models = [replace(model, key_limit=limit) for limit in limits or (model.key_limit,)]
    with backend(db, folder) as on:
        runs = [await _opened(on, one, count, queries) for count in counts for one in models]
        for turn in range(ROUNDS):
            for one in runs:
                await _round(one, one.asked[turn::ROUNDS])
        show(f"Lookup, preset {variant}, {on.name}, microseconds", *_latency(runs))
        for one in runs:
            await one.under.close()
            await one.resolver.close()
    show(f"What the answers were worth, preset {variant}, per cent", *_worth(runs))


async def _opened(on: Backend, model: Model, count: int, queries: int) -> Run:
    store = await on.filled(model, count)
    asked = list(synthetic.queries(queries, contacts=count, seed=SEED))
    return Run(count, model.key_limit, Resolver(store), await on.floor(store), asked)


async def _round(run: Run, asked: Sequence[synthetic.Query]) -> None:
    for query in synthetic.queries(WARM, contacts=run.count, seed=SEED, start=len(run.asked)):
        await _both(run, query, first=False)
    for turn, query in enumerate(asked):
        # Each goes first every other time, so that neither finds all pages warmed by the other.
        answer, took, bare = await _both(run, query, first=bool(turn % 2))
        run.road.append(took)
        run.floor.append(bare[0])
        run.candidates.append(answer.candidates)
        run.answers[_worth_of(answer, query.truth)] += 1
        run.answers["complete"] += answer.complete


async def _both(
    run: Run, query: synthetic.Query, *, first: bool
) -> tuple[Lookup, float, tuple[float, int]]:
    """Ask the floor and the road; the floor ``first`` or last."""
    record = run.resolver.model.record(query.raw)
    hashes = [key for _, key in run.resolver.model.cut.one(record.values)]
    if first:
        bare = await run.under.ask(record.values, hashes)
    began = perf_counter()
    answer = await run.resolver.lookup(query.raw)
    took = perf_counter() - began
    if not first:
        bare = await run.under.ask(record.values, hashes)
    return answer, took, bare


def _worth_of(answer: Lookup, truth: object) -> str:
    """Name what an answer was worth, given who it was (``None``: somebody new)."""
    ids = [match.record_id for match in answer.matches]
    if truth is None:
        return {Status.FOUND: "new found", Status.REVIEW: "new asked"}.get(answer.status, "new new")
    if answer.status is Status.FOUND:
        return "right found" if ids[0] == truth else "wrong found"
    return "right suggested" if truth in ids else "known missed"


def _latency(runs: Sequence[Run]) -> tuple[list[str], list[list[object]]]:
    heading = [
        "contacts",
        "key limit",
        "p50",
        "p95",
        "p99",
        "floor p50",
        "p95",
        "p99",
        "p50/floor",
        "p99/floor",
    ]
    rows = []
    for run in runs:
        road, floor = percentiles(run.road), percentiles(run.floor)
        rows.append([run.count, run.limit, *road, *floor, road[0] / floor[0], road[2] / floor[2]])
    if len(runs) > 1:
        ratio = percentiles(runs[-1].road)[0] / percentiles(runs[0].road)[0]
        rows.append(["p50, last / first", "", ratio, *[""] * 7])
    return heading, rows


def _worth(runs: Sequence[Run]) -> tuple[list[str], list[list[object]]]:
    heading = [
        "contacts",
        "key limit",
        "known",
        "right found",
        "right suggested",
        "wrong found",
        "missed",
    ]
    heading += ["new", "found wrongly", "asked about", "complete", "candidates p50", "p99"]
    return heading, [_worth_row(run) for run in runs]


def _worth_row(run: Run) -> list[object]:
    answers = run.answers
    known = sum(answers[k] for k in OF_KNOWN)
    new = sum(answers[k] for k in ("new found", "new asked", "new new"))

    def share(name: str, of: int) -> str:
        return f"{100 * answers[name] / max(of, 1):.1f}"

    candidates = sorted(run.candidates)
    return [
        run.count,
        run.limit,
        known,
        *(share(k, known) for k in OF_KNOWN),
        new,
        share("new found", new),
        share("new asked", new),
        share("complete", known + new),
        candidates[len(candidates) // 2],
        candidates[len(candidates) * 99 // 100],
    ]
