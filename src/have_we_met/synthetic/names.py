"""Name tables: what people are called, how often, and how that is written in an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from anyascii import anyascii

from .draw import Bits, Floats, Index, Texts, cumulative, pick, texts

_BASE = 0x2545F4914F6CDD1D  # odd, so that multiplying by it loses nothing modulo 2**64
_WORD = 2**64 - 1
SEXES = ("male", "female")


@dataclass(frozen=True, slots=True)
class Lists:
    """The names of one language: name to weight, and Latin spellings that we would guess wrong.

    The two surname lists are the same one, or (in Russian) run in step: row for row the form of a
    man and of a woman of one family.
    """

    language: str
    share: float
    male: Mapping[str, float]
    female: Mapping[str, float]
    last_male: Mapping[str, float]
    last_female: Mapping[str, float]
    two_surnames: float = 0.0
    latin: Mapping[str, str] = field(default_factory=dict)


def latin_letters(name: str) -> str:
    """A name as the lower-case ASCII letters that stand in e-mail addresses.

    >>> latin_letters("D'Ávila Łuk"), latin_letters("Иван"), latin_letters("राम")
    ('davilaluk', 'ivan', 'ram')
    """
    return "".join(c for c in anyascii(name).lower() if "a" <= c <= "z")


def code(text: str) -> tuple[int, int]:
    """A text as (number, factor) such that codes join like the texts they stand for.

    The polynomial hash of Karp and Rabin (1987) modulo 2**64: the code of ``a + b`` is
    ``number(a) * factor(b) + number(b)``, so addresses can be compared before they are written.

    >>> (a, _), (b, factor), (whole, _) = code("ann."), code("lee"), code("ann.lee")
    >>> (a * factor + b) % 2**64 == whole
    True
    """
    number, factor = 0, 1
    for letter in text:
        number = (number * _BASE + ord(letter)) & _WORD
        factor = (factor * _BASE) & _WORD
    return number, factor


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a column of texts: ``number`` and ``factor``, both of its shape."""

    number: Bits
    factor: Bits

    @classmethod
    def of(cls, column: Iterable[str]) -> Codes:
        """The codes of each text."""
        pairs = np.array([code(text) for text in column], dtype=np.uint64).reshape(-1, 2)
        return cls(pairs[:, 0].copy(), pairs[:, 1].copy())

    def take(self, rows: Index) -> Codes:
        """The codes of some rows."""
        return Codes(self.number[rows], self.factor[rows])

    def join(self, after: Codes) -> Codes:
        """The codes of each text with another one written after it."""
        return Codes(self.number * after.factor + after.number, self.factor * after.factor)


@dataclass(frozen=True, slots=True)
class Spelling:
    """One column of texts with its codes."""

    text: Texts
    codes: Codes

    @classmethod
    def of(cls, column: Sequence[str]) -> Spelling:
        """A column of texts and their codes."""
        return cls(texts(list(column)), Codes.of(column))


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of name for all groups of people: rows of all groups in one table.

    A group is a language and a sex.  ``running`` is the group's number plus the running share in
    the group, so one search draws for everybody at once.
    """

    text: Texts
    full: Spelling
    initial: Spelling
    running: Floats
    last_row: Index

    @classmethod
    def of(cls, groups: Sequence[Mapping[str, float]], latin: Sequence[Mapping[str, str]]) -> Words:
        """The table of some groups' names and weights, with each group's known spellings."""
        names = [name for group in groups for name in group]
        spelled = [
            known.get(name) or latin_letters(name)
            for group, known in zip(groups, latin, strict=True)
            for name in group
        ]
        shares = [n + cumulative(np.array(list(g.values()))) for n, g in enumerate(groups)]
        return cls(
            text=texts(names),
            full=Spelling.of(spelled),
            initial=Spelling.of([word[:1] for word in spelled]),
            running=np.concatenate(shares),
            last_row=np.cumsum([len(g) for g in groups]).astype(np.int64) - 1,
        )

    def pick(self, group: Index, roll: Floats) -> Index:
        """A row for each person from the names of the person's group."""
        return np.minimum(pick(self.running, group + roll), self.last_row[group])


@dataclass(frozen=True, slots=True)
class Names:
    """All names that people are drawn from."""

    languages: tuple[str, ...]
    shares: Floats
    two_surnames: Floats
    first: Words
    last: Words
    fingerprint: str

    @classmethod
    def of(cls, lists: Sequence[Lists]) -> Names:
        """The tables of some languages, each with its share of the people.

        >>> one = Lists("en", 1.0, {"Al": 1}, {"Bo": 1}, {"Day": 3, "Fox": 1}, {"Day": 3, "Fox": 1})
        >>> names = Names.of([one])
        >>> rows = names.last.pick(np.array([0, 1]), np.array([0.7, 0.8]))
        >>> names.last.text[rows].tolist()
        ['Day', 'Fox']
        """
        latin = [each.latin for each in lists for _ in SEXES]
        first = [_spellable(group) for each in lists for group in (each.male, each.female)]
        last = [_spellable(g) for each in lists for g in (each.last_male, each.last_female)]
        return cls(
            languages=tuple(each.language for each in lists),
            shares=cumulative(np.array([each.share for each in lists])),
            two_surnames=np.array([each.two_surnames for each in lists]),
            first=Words.of(first, latin),
            last=Words.of(last, latin),
            fingerprint=_fingerprint(lists),
        )


def _spellable(group: Mapping[str, float]) -> Mapping[str, float]:
    """The names that leave something when written in ASCII letters."""
    return {name: weight for name, weight in group.items() if latin_letters(name)}


def _fingerprint(lists: Sequence[Lists]) -> str:
    """Eight hex digits that change when a name or a weight does."""
    return blake2b(repr(list(lists)).encode(), digest_size=4).hexdigest()
