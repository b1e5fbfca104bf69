"""Latency of one lookup beside its floor, and what the answers were worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from have_we_met import Lookup, Model, Resolver, Status, preset, synthetic

from .backends import Backend, backend
from .figures import percentiles, show
from .stores import SEED

WARM = 300
OF_KNOWN = ("right found", "right suggested", "wrong found", "known missed")


@dataclass(frozen=True, slots=True)
class Run:
    """What one size measured: seconds a query, road and floor side by side."""

    count: int
    road: list[float]
    floor: list[float]
    candidates: list[int]
    answers: Counter[str]


async def run(folder: Path, counts: Sequence[int], queries: int, variant: str, db: str) -> None:
    """Print latency and worth for each size, on the database named."""
    model = preset(variant)
    with backend(db, folder) as on:
        runs = [await _measure(on, model, count, queries) for count in counts]
        show(f"Lookup, preset {variant}, {on.name}, microseconds", *_latency(runs))
    show(f"What the answers were worth, preset {variant}, per cent", *_worth(runs))


async def _measure(on: Backend, model: Model, count: int, queries: int) -> Run:
    store = await on.filled(model, count)
    resolver, floor = Resolver(store), await on.floor(store)
    result = Run(count, [], [], [], Counter())
    asked = synthetic.queries(queries + WARM, contacts=count, seed=SEED)
    for turn, query in enumerate(asked):
        record = model.record(query.raw)
        hashes = [key for _, key in model.cut.one(record.values)]
        # Each goes first every other time, so that neither finds all pages warmed by the other.
        if turn % 2:
            bare = await floor.ask(record.values, hashes)
        began = perf_counter()
        answer = await resolver.lookup(query.raw)
        took = perf_counter() - began
        if not turn % 2:
            bare = await floor.ask(record.values, hashes)
        if turn >= WARM:
            result.road.append(took)
            result.floor.append(bare[0])
            result.candidates.append(bare[1])
            result.answers[_worth_of(answer, query.truth)] += 1
            result.answers["complete"] += answer.complete
    await floor.close()
    await store.close()
    return result


def _worth_of(answer: Lookup, truth: object) -> str:
    """Name what an answer was worth, given who it was (``None``: somebody new)."""
    ids = [match.record_id for match in answer.matches]
    if truth is None:
        return {Status.FOUND: "new found", Status.REVIEW: "new asked"}.get(answer.status, "new new")
    if answer.status is Status.FOUND:
        return "right found" if ids[0] == truth else "wrong found"
    return "right suggested" if truth in ids else "known missed"


def _latency(runs: Sequence[Run]) -> tuple[list[str], list[list[object]]]:
    heading = ["contacts", "p50", "p95", "p99", "floor p50", "p95", "p99", "p50/floor", "p99/floor"]
    rows = []
    for run in runs:
        road, floor = percentiles(run.road), percentiles(run.floor)
        rows.append([run.count, *road, *floor, road[0] / floor[0], road[2] / floor[2]])
    if len(runs) > 1:
        ratio = percentiles(runs[-1].road)[0] / percentiles(runs[0].road)[0]
        rows.append([f"p50 of {runs[-1].count:,} / {runs[0].count:,}", ratio, *[""] * 7])
    return heading, rows


def _worth(runs: Sequence[Run]) -> tuple[list[str], list[list[object]]]:
    heading = ["contacts", "known", "right found", "right suggested", "wrong found", "missed"]
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
        known,
        *(share(k, known) for k in OF_KNOWN),
        new,
        share("new found", new),
        share("new asked", new),
        share("complete", known + new),
        candidates[len(candidates) // 2],
        candidates[len(candidates) * 99 // 100],
    ]
