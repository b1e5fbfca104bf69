"""The measure on given names: what people are called beside what they are named.

Letters alone find "jon" and "john" alike and miss "bill" and "william", "j" and "john", "ann" and
"mary ann". Each such relation is worth a similarity of its own; the better of it and Jaro-Winkler
counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from ..normalise.nicknames import formal, related
from .base import OPTIONS, FloatArray, Share
from .degrees import describe_degree
from .strings import JaroWinkler

_REASONS = {
    "nickname": "is another form of the same name",
    "part": "is the same, with a further name on one side",
    "initial": "agrees with the initial",
    "later_part": "is the same as a later name of the other",
}
_ALIKE = 0.85


@dataclass(frozen=True, config=OPTIONS)
class GivenName:
    """Jaro-Winkler, or what the relation of two given names is worth if that is more.

    The relations, and the options that say what each is worth:

    - ``nickname``: one name is a short or other form of the other ("bob", "robert");
    - ``part``: the words of one begin the other ("mary", "mary ann");
    - ``initial``: as these, with an initial for a name ("j", "john"; "jp", "jean pierre");
    - ``later_part``: the words of one are in the other, but do not begin it ("ann", "mary ann").

    Levels: ``exact``, ``nickname``, ``very_similar`` (0.92), ``part``, ``initial``,
    ``later_part``, ``similar`` (0.80), ``different``.

    >>> GivenName().one_to_many("robert", ["robert", "bob", "r", "roberto"]).round(2).tolist()
    [1.0, 0.95, 0.9, 0.97]
    """

    nickname: Share = 0.95
    part: Share = 0.92
    initial: Share = 0.9
    later_part: Share = 0.85
    prefix_weight: Annotated[float, Field(ge=0.0, le=0.25)] = 0.1

    levels: ClassVar[tuple[str, ...]] = (
        "exact",
        "nickname",
        "very_similar",
        "part",
        "initial",
        "later_part",
        "similar",
        "different",
    )

    @cached_property
    def _letters(self) -> JaroWinkler:
        return JaroWinkler(prefix_weight=self.prefix_weight)

    @cached_property
    def _worth(self) -> Mapping[str | None, float]:
        """What each relation is worth, and none."""
        return {None: 0.0, **{found: getattr(self, found) for found in _REASONS}}

    @cached_property
    def _best(self) -> float:
        """The most that a relation is worth."""
        return max(self._worth.values())

    def similarity(self, left: str, right: str) -> float:
        """Compare two given names; symmetric, in [0, 1]."""
        letters = self._letters.similarity(left, right)
        if letters >= self._best:
            return letters
        return max(letters, self._worth[relation(left, right)])

    def one_to_many(self, value: str, others: Sequence[str | None]) -> FloatArray:
        """Compare one value with n others: shape (n,), NaN where the other is missing."""
        result = self._letters.one_to_many(value, others)
        best = self._best
        for row, (letters, other) in enumerate(zip(result.tolist(), others, strict=True)):
            # NaN is not below anything.
            if letters < best and other is not None and (found := relation(value, other)):
                result[row] = max(letters, self._worth[found])
        return result

    def pairs(self, left: Sequence[str | None], right: Sequence[str | None]) -> FloatArray:
        """Compare n values with n values, row by row: shape (n,), NaN where one is missing."""
        result = self._letters.pairs(left, right)
        rows = np.flatnonzero(result < self._best)
        pairs = [(left[row] or "", right[row] or "") for row in rows.tolist()]
        known = {pair: self._worth[relation(*pair)] for pair in set(pairs)}
        worth = np.fromiter(map(known.__getitem__, pairs), dtype=np.float64, count=len(pairs))
        result[rows] = np.maximum(result[rows], worth)
        return result

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        found = relation(left, right)
        if found is not None and self._worth[found] == similarity:
            return found, _REASONS[found]
        return describe_degree(left, right, similarity)


@lru_cache(maxsize=16_384)  # few given names make up most pairs
def relation(name: str, other: str) -> str | None:
    """Name the relation of two given names; ``None`` where none is known, or they are the same.

    >>> [relation("robert", other) for other in ("bob", "r", "robert james", "william")]
    ['nickname', 'initial', 'part', None]
    """
    if other == name:
        return None
    if not formal(name).isdisjoint(formal(other)):
        return "nickname"
    return None if _is_plain(name) and _is_plain(other) else _relation_of_parts(name, other)


def _is_plain(name: str) -> bool:
    return len(name) > 1 and " " not in name


def _relation_of_parts(left: str, right: str) -> str | None:
    short, long = sorted((left.split(), right.split()), key=len)
    if len(short) == 1 < len(long) and short[0] == "".join(word[0] for word in long):
        return "initial"
    return _relation_of_words(short, long)


def _relation_of_words(short: list[str], long: list[str]) -> str | None:
    """Find the words of the one in the other, in order, each under one form or another."""
    found: list[tuple[int, str]] = []
    at = 0
    for place, word in enumerate(short):
        while at < len(long) and not (kind := _relation_of_word(word, long[at], at == place)):
            at += 1
        if at == len(long):
            return None
        found.append((at, kind or ""))
        at += 1
    return _whole_relation(found, shorter=len(short) < len(long))


def _whole_relation(found: list[tuple[int, str]], *, shorter: bool) -> str | None:
    kinds = {kind for _, kind in found}
    if "initial" in kinds:
        return "initial"
    if found and shorter:
        return "later_part" if found[0][0] else "part"
    return "nickname" if "nickname" in kinds else None


def _relation_of_word(left: str, right: str, in_place: bool) -> str | None:
    if len(left) == 1 or len(right) == 1:
        # Anybody has some later name with this initial.
        return "initial" if in_place and left[0] == right[0] else None
    if left == right:
        return "same"
    return "nickname" if related(left, right) else None


def clearly_different_given_names(
    a: str | None,
    b: str | None,
    *,
    family_a: str | None,
    family_b: str | None,
    below: float,
) -> bool:
    """Whether two people's given names speak against their being one person.

    So where the similarity is under ``below``, no relation is known, and given and family name are
    not in each other's place. A missing name says nothing.

    >>> clearly_different_given_names(
    ...     "maria", "ivan", family_a="silva", family_b="silva", below=0.7
    ... )
    True
    >>> clearly_different_given_names(
    ...     "maria", "silva", family_a="silva", family_b="maria", below=0.7
    ... )
    False
    """
    if not a or not b or _NAMES.similarity(a, b) >= below or relation(a, b):
        return False
    return not _swapped(a, b, family_a, family_b)


def _swapped(a: str, b: str, family_a: str | None, family_b: str | None) -> bool:
    """Whether each given name is the other's family name, as far as those are known."""
    heard = [(given, family) for given, family in ((a, family_b), (b, family_a)) if family]
    return bool(heard) and all(
        _NAMES.similarity(given, family) >= _ALIKE for given, family in heard
    )


_NAMES = GivenName()
