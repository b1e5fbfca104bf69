"""What each key costs and brings, told by looking stored records up, one after the other.

Nothing of a record is kept: what is counted is a few numbers a key, whatever the sample's size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..decide import found
from ..model import Model
from ..record import Record

Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Under:
    """One bucket in which a record is: the key's place, its size, and whom it brings besides."""

    key: int
    size: int
    brought: Sequence[int]


@dataclass(frozen=True, slots=True)
class Looked:
    """A stored record that was looked up: its buckets, and who of those brought is a match.

    ``others`` has the values of each record that was brought, under its number; ``matches`` the
    numbers of those that are potential matches or better.
    """

    values: Values
    under: Sequence[Under]
    others: Mapping[int, Values]
    matches: frozenset[int]

    def by_key(self) -> dict[int, frozenset[int]]:
        """Say whom each key brings; a key that files nothing of the record is left out."""
        result: dict[int, frozenset[int]] = {}
        for bucket in self.under:
            result[bucket.key] = result.get(bucket.key, frozenset()).union(bucket.brought)
        return result


def looked(
    model: Model, values: Values, under: Sequence[Under], others: Mapping[int, Values]
) -> Looked:
    """Score a record against those whom its keys brought."""
    if not others:
        return Looked(values, under, others, frozenset())
    numbers, stored = list(others), list(others.values())
    scores = model.score(Record({}, values), stored)
    near = found(model.policy, scores, values, stored, numbers)
    return Looked(values, under, others, frozenset(numbers[one.at] for one in near))


@dataclass(frozen=True, slots=True)
class KeyWeight:
    """What one key costs and brings on the sample.

    ``filed`` is the share of records that it files, ``buckets`` how many distinct hashes there are
    for each record of the table, ``largest`` the size of the largest bucket that was seen. ``mean``
    and ``p99`` are the candidates that it brings to one lookup. ``pairs`` is how many matches it
    brings, ``only`` how many of them no other key brings.
    """

    filed: float
    buckets: float
    largest: int
    mean: float
    p99: int
    pairs: int
    only: int


@dataclass(slots=True)
class _Tally:
    filed: int = 0
    buckets: float = 0.0
    largest: int = 0
    candidates: list[int] = field(default_factory=list)
    pairs: int = 0
    only: int = 0

    def weight(self, records: int) -> KeyWeight:
        asked = sorted(self.candidates)
        return KeyWeight(
            filed=self.filed / max(records, 1),
            buckets=self.buckets / max(records, 1),
            largest=self.largest,
            mean=sum(asked) / max(len(asked), 1),
            p99=asked[int(0.99 * (len(asked) - 1))] if asked else 0,
            pairs=self.pairs,
            only=self.only,
        )


class Weighing:
    """Weighs so many keys, lookup by lookup."""

    def __init__(self, keys: int) -> None:
        self.records = 0
        self.pairs = 0
        self._tallies = [_Tally() for _ in range(keys)]

    def see(self, one: Looked) -> None:
        """Count one lookup."""
        self.records += 1
        self.pairs += len(one.matches)
        for bucket in one.under:
            tally = self._tallies[bucket.key]
            # A bucket is met in proportion to its size, so each time counts for that much less
            # (Horvitz & Thompson, JASA 47, 1952).
            tally.buckets += 1 / bucket.size
            tally.largest = max(tally.largest, bucket.size)
        brought = one.by_key()
        for key, numbers in brought.items():
            others = frozenset[int]().union(*(brought[other] for other in brought if other != key))
            matches = numbers & one.matches
            tally = self._tallies[key]
            tally.filed += 1
            tally.candidates.append(len(numbers))
            tally.pairs += len(matches)
            tally.only += len(matches - others)

    def weights(self) -> list[KeyWeight]:
        """Say what each key costs and brings, in the order of the keys."""
        return [tally.weight(self.records) for tally in self._tallies]
