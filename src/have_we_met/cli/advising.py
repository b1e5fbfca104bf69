"""Gathering what ``have-we-met advise`` says: indexes, buckets, and a sample of lookups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from ..keys import Key
from ..tune import Composition, KeyWeight, Looked, Trial, Under, Weighing, best, looked, trials

if TYPE_CHECKING:
    from ..model import Model
    from ..store import SqlStore
    from ..store.advice import Advising, Bucket, Index
    from ..tune.weigh import Values

Progress = Callable[[int, int], None]
_SHOWN = 3
"""Largest buckets, and better compositions, that are shown of a key."""
_MEMBERS = 2_000
"""Records of a bucket that are read to say what would be left of it."""


@dataclass(frozen=True, slots=True)
class KeyAdvice:
    """What is said of one key; ``crowded`` is the share of all records in over-full buckets."""

    key: Key
    exact: bool
    weight: KeyWeight
    records: int
    hashes: int
    over_full: int
    crowded: float
    largest: Sequence[Bucket]
    better: Sequence[Composition]


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of a store: ``sample`` lookups brought ``pairs`` matches by all keys."""

    model: Model
    records: int
    sample: int
    pairs: int
    indexes: Sequence[Index]
    keys: Sequence[KeyAdvice]

    @property
    def idle(self) -> list[Key]:
        """The keys that bring nothing of their own, of those that could be left out."""
        if not self.pairs:
            return []
        return [one.key for one in self.keys if not one.exact and not one.weight.only]


async def advise(store: SqlStore, size: int, progress: Progress) -> Advice:
    """Look at a store's indexes and keys, and look ``size`` of its records up."""
    from ..store.advice import Advising

    async with store.survey(None) as unit:
        advising = Advising(store, unit)
        indexes = await advising.indexes()
        _, _, records = await advising.span()
        over_full = await advising.over_full()
        model, crowded = store.model, _by_key(over_full)
        tried = {at: trials(model, at) for at in crowded if at >= len(model.exact_keys)}
        weighing = await _weigh(advising, size, over_full, tried, progress)
        for at, several in tried.items():
            await _part(advising, crowded[at], several)
    keys = _keys(model, records, weighing, crowded, tried)
    return Advice(model, records, weighing.records, weighing.pairs, indexes, keys)


def _by_key(buckets: Sequence[Bucket]) -> dict[int, list[Bucket]]:
    found: dict[int, list[Bucket]] = defaultdict(list)
    for bucket in buckets:
        found[bucket.key].append(bucket)
    return dict(sorted(found.items()))


async def _weigh(
    advising: Advising,
    size: int,
    over_full: Sequence[Bucket],
    tried: Mapping[int, Sequence[Trial]],
    progress: Progress,
) -> Weighing:
    model = advising.store.model
    sizes = {bucket.hash: bucket.size for bucket in over_full}
    weighing = Weighing(len(model.all_keys))
    numbers = await _sample(advising, size)
    for done, number in enumerate(numbers):
        for found, values in await advising.after(number - 1, 1):
            one = await _look(advising, found, values, sizes)
            weighing.see(one)
            for trial in (trial for several in tried.values() for trial in several):
                trial.see(one)
        progress(done + 1, len(numbers))
    return weighing


async def _sample(advising: Advising, size: int) -> list[int]:
    """Choose numbers of records all over the table, the same ones each time."""
    low, high, records = await advising.span()
    if records <= size:
        return [number for number, _ in await advising.after(low - 1, size)] if records else []
    step, chance = (high + 1 - low) / size, Random(0)
    asked = (low + int((place + chance.random()) * step) for place in range(size))
    found = {number for at in asked for number, _ in await advising.after(at - 1, 1)}
    return sorted(found)


async def _look(
    advising: Advising, number: int, values: Values, sizes: Mapping[int, int]
) -> Looked:
    model = advising.store.model
    cut = list(dict.fromkeys(model.cut.one(values)))
    rows = await advising.brought([hashed for _, hashed in cut]) if cut else []
    held: dict[int, list[int]] = defaultdict(list)
    for place, record, _ in rows:
        held[place].append(record)
    under = [
        Under(
            key,
            max(sizes.get(hashed, 0), len(held[place]), 1),
            [record for record in held[place] if record != number],
        )
        for place, (key, hashed) in enumerate(cut)
    ]
    others = {record: stored for _, record, stored in rows if record != number}
    return looked(model, values, under, others)


async def _part(advising: Advising, crowded: Sequence[Bucket], several: Sequence[Trial]) -> None:
    for bucket in crowded[:_SHOWN]:
        members = await advising.members(bucket, _MEMBERS)
        for trial in several:
            trial.see_bucket(bucket.size, members)


def _keys(
    model: Model,
    records: int,
    weighing: Weighing,
    crowded: Mapping[int, Sequence[Bucket]],
    tried: Mapping[int, Sequence[Trial]],
) -> list[KeyAdvice]:
    result = []
    for at, (key, weight) in enumerate(zip(model.all_keys, weighing.weights(), strict=True)):
        buckets = crowded.get(at, [])
        largest = max([weight.largest, *(bucket.size for bucket in buckets)])
        better = best(
            [trial.result() for trial in tried.get(at, ())],
            mean=weight.mean,
            largest=largest,
            pairs=weighing.pairs,
            limit=model.key_limit,
            most=_SHOWN,
        )
        held = sum(bucket.size for bucket in buckets)
        result.append(
            KeyAdvice(
                key=key,
                exact=at < len(model.exact_keys),
                weight=weight,
                records=round(weight.filed * records),
                hashes=round(weight.buckets * records),
                over_full=len(buckets),
                crowded=min(1.0, held / max(records, 1)),
                largest=buckets[:_SHOWN],
                better=better,
            )
        )
    return result
