"""Keys made narrower by a part more, tried on a sample before anybody cuts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..keys import TRANSFORMS, Key, Part
from ..model import Model
from .weigh import Looked, Under, Values

_TRIED: Sequence[tuple[str, int | None]] = (
    ("letter", None),
    ("first", 3),
    ("soundex", None),
    ("called", None),
    ("year", None),
    ("domain", None),
)
"""Parts that are worth a try, the wider ones first."""

_OF_TYPE: Mapping[str, frozenset[str]] = {
    "name": frozenset({"letter", "first", "soundex", "called"}),
    "string": frozenset({"letter", "first"}),
    "address": frozenset({"letter", "first"}),
    "date": frozenset({"year"}),
    "number": frozenset({"first"}),
    "email": frozenset({"domain"}),
}
"""What is tried of which type. Phones and identifiers are left out: who agrees in them meets by
their exact keys, and everybody else would be lost."""

_NARROWER = 0.8
"""A composition must bring at most this share of the candidates, and of the largest bucket."""

_MUCH = 0.3
"""Matches and records that are no longer filed, as shares: more than this hardly anybody wants."""


def parts_for(model: Model, key: Key) -> Iterator[Part]:
    """List the parts that could make a key narrower, of fields that are not in it.

    >>> from have_we_met import preset
    >>> model = preset("contacts")
    >>> key = Key.parse("soundex(last_name) + letter(first_name)")
    >>> [str(part) for part in parts_for(model, key)]
    ['domain(email)', 'letter(company)', 'first(company, 3)']
    """
    for field in model.fields:
        if field.name in key.fields:
            continue
        for name, count in _TRIED:
            fits = field.type in TRANSFORMS[name].says and name in _OF_TYPE.get(field.type, ())
            if fits:
                yield Part(field.name, name, count)


@dataclass(frozen=True, slots=True)
class Composition:
    """A narrower key, and what it would cost and lose.

    ``largest`` is the size that its largest bucket would have, ``mean`` the candidates that it
    would bring to a lookup, ``filed`` the share of the records filed under the old key that would
    still be filed, ``lost`` the matches that only the old key brings and this one would not.
    """

    key: Key
    largest: int
    mean: float
    filed: float
    lost: int


class Trial:
    """Tries one part more on one key, lookup by lookup."""

    def __init__(self, model: Model, at: int, part: Part) -> None:
        old = model.all_keys[at]
        self.key = Key((*old.parts, part), old.unordered)
        self._at = at
        self._limit = model.key_limit
        self._position = model.position(part.field)
        self._cut = part.cut()
        self._asked = self._filed = self._lost = 0
        self._candidates = 0.0
        self._largest = 0

    def see(self, one: Looked) -> None:
        """Count one lookup."""
        buckets = [bucket for bucket in one.under if bucket.key == self._at]
        if not buckets:
            return
        mine = self._texts(one.values)
        self._asked += 1
        self._filed += bool(mine)
        self._candidates += min(self._limit, sum(self._left(mine, one, b) for b in buckets))
        brought = one.by_key()
        others = frozenset[int]().union(*(brought[key] for key in brought if key != self._at))
        only = (brought[self._at] & one.matches) - others
        self._lost += sum(mine.isdisjoint(self._texts(one.others[number])) for number in only)

    def _left(self, mine: frozenset[str], one: Looked, bucket: Under) -> float:
        """Estimate how many of a bucket would be left, by those of it that were brought."""
        if not bucket.brought:
            return 0.0
        same = (not mine.isdisjoint(self._texts(one.others[n])) for n in bucket.brought)
        return sum(same) / len(bucket.brought) * (bucket.size - 1)

    def see_bucket(self, size: int, members: Sequence[Values]) -> None:
        """Count the largest bucket that would be left of one, given some of its members."""
        texts = Counter(text for values in members for text in self._texts(values))
        most = max(texts.values(), default=0)
        self._largest = max(self._largest, round(most / max(len(members), 1) * size))

    def _texts(self, values: Values) -> frozenset[str]:
        value = values[self._position]
        return frozenset() if value is None else frozenset(self._cut(value))

    def result(self) -> Composition:
        """Say what it would cost and lose."""
        asked = max(self._asked, 1)
        return Composition(
            self.key, self._largest, self._candidates / asked, self._filed / asked, self._lost
        )


def trials(model: Model, at: int) -> list[Trial]:
    """Everything that is worth a try on the key at this place."""
    return [Trial(model, at, part) for part in parts_for(model, model.all_keys[at])]


def best(
    tried: Iterable[Composition], *, mean: float, largest: int, pairs: int, limit: int, most: int
) -> list[Composition]:
    """Keep the best few of those that are narrower than a key as it is.

    Those that lose much come last, and those that would be over-full again before them; among the
    others, those that lose the least come first. ``pairs`` is how many matches the sample had.
    """

    def order(one: Composition) -> tuple[bool, bool, float, float]:
        lost = one.lost / max(pairs, 1) + (1 - one.filed)
        return lost > _MUCH, one.largest > limit, round(lost, 2), one.mean

    narrower = (
        one
        for one in tried
        if one.filed and one.mean <= _NARROWER * mean and one.largest <= _NARROWER * largest
    )
    return sorted(narrower, key=order)[:most]
