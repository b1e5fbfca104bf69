"""Measures on sound: 1 where the codes are equal, else 0.

Codes are cut from the letters of the whole value, read as one word. A value without a sound (no
ASCII letters in it) has no code to agree on: it is like its equal, and like nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

import jellyfish
import numpy as np
from doublemetaphone import doublemetaphone
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from . import nysiis as _nysiis
from .base import NAN, OPTIONS, FloatArray
from .degrees import EXACT

_NOT_LETTERS = re.compile(r"[^A-Za-z]+")
_MISSING = -1
_Numbers = dict[str | None, int]
_SAME_SOUND = ("same_sound", "sounds alike")
_OTHER_SOUND = ("different", "sounds different")


def letters(text: str) -> str:
    """Keep the ASCII letters.

    >>> letters("o'brien jr")
    'obrienjr'
    """
    return text if text.isascii() and text.isalpha() else _NOT_LETTERS.sub("", text)


def soundex(text: str) -> str:
    """Code a text by American Soundex, as the National Archives define it; "" without letters.

    >>> soundex("ashcraft"), soundex("tymczak")
    ('A261', 'T522')
    """
    return jellyfish.soundex(letters(text))


def metaphone(text: str) -> str:
    """Code a text by Metaphone (Philips, Computer Language 7(12), 1990); "" without letters.

    >>> metaphone("knight"), metaphone("night")
    ('NT', 'NT')
    """
    return jellyfish.metaphone(letters(text))


def nysiis(text: str) -> str:
    """Code a text by NYSIIS; "" without letters.

    >>> nysiis("brown")
    'BRAN'
    """
    return _nysiis.nysiis(letters(text))


def double_metaphone(text: str) -> tuple[str, str]:
    """Code a text by Double Metaphone (Philips, C/C++ Users Journal 18(6), 2000).

    Gives the code of the first and of a second pronunciation, often the same; ("", "") without
    letters.

    >>> double_metaphone("schmidt"), double_metaphone("smith")
    (('XMT', 'SMT'), ('SM0', 'XMT'))
    """
    first, second = doublemetaphone(letters(text))
    return first, second


class _SameSound:
    """1 where the first code of one value is a code of the other, else 0."""

    levels: ClassVar[tuple[str, ...]] = ("exact", "same_sound", "different")

    def codes(self, text: str) -> tuple[str, ...]:
        """Give the codes of a value's sounds, the likelier first: one or two, never none."""
        raise NotImplementedError

    def similarity(self, left: str, right: str) -> float:
        """Compare two values: 1 or 0."""
        return 1.0 if left == right or _alike(self.codes(left), self.codes(right)) else 0.0

    def one_to_many(self, value: str, others: Sequence[str | None]) -> FloatArray:
        """Compare one value with n others: shape (n,), NaN where the other is missing."""
        codes, own = self.codes, self.codes(value)
        return np.array(
            [
                NAN
                if other is None
                else 1.0
                if other == value or _alike(own, codes(other))
                else 0.0
                for other in others
            ],
            dtype=np.float64,
        )

    def pairs(self, left: Sequence[str | None], right: Sequence[str | None]) -> FloatArray:
        """Compare n values with n values, row by row: shape (n,), NaN where one is missing."""
        if len(left) != len(right):
            raise ValueError("columns of different length cannot be compared row by row")
        first, last = self._numbered({*left, *right})
        a, b = _column(first, left), _column(first, right)
        c, d = _column(last, left), _column(last, right)
        result: FloatArray = ((a == b) | (a == d) | (c == b)).astype(np.float64)
        result[(a == _MISSING) | (b == _MISSING)] = NAN
        return result

    def _numbered(self, values: set[str | None]) -> tuple[_Numbers, _Numbers]:
        """Number the codes: for each value the number of its first code, and of its last."""
        numbers: dict[str, int] = {}
        first: _Numbers = {None: _MISSING}
        last: _Numbers = {None: _MISSING}
        for value in values:
            if value is not None:
                found = [numbers.setdefault(code, len(numbers)) for code in self.codes(value)]
                first[value], last[value] = found[0], found[-1]
        return first, last

    def describe(self, left: str, right: str, similarity: float) -> tuple[str, str]:
        """Name the level of agreement, and say it in words."""
        if left == right:
            return EXACT
        return _SAME_SOUND if similarity == 1.0 else _OTHER_SOUND


def _alike(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return left[0] in right or right[0] in left


def _column(numbers: _Numbers, values: Sequence[str | None]) -> NDArray[np.int64]:
    return np.fromiter(map(numbers.__getitem__, values), dtype=np.int64, count=len(values))


def _own_code(text: str) -> str:
    """Stand in for the code of a text without letters; no code is written like this."""
    return f"={text}"


@dataclass(frozen=True, config=OPTIONS)
class Soundex(_SameSound):
    """1 where the American Soundex codes are equal, else 0.

    Levels: ``exact``, ``same_sound``, ``different``.

    >>> Soundex().one_to_many("robert", ["rupert", "rubin"]).tolist()
    [1.0, 0.0]
    """

    def codes(self, text: str) -> tuple[str, ...]:
        """Give the code of a value's sound, or the value itself where it has none."""
        return (soundex(text) or _own_code(text),)


@dataclass(frozen=True, config=OPTIONS)
class Metaphone(_SameSound):
    """1 where the Metaphone codes are equal, else 0.

    Levels: ``exact``, ``same_sound``, ``different``.

    >>> Metaphone().one_to_many("knight", ["night", "knife"]).tolist()
    [1.0, 0.0]
    """

    def codes(self, text: str) -> tuple[str, ...]:
        """Give the code of a value's sound, or the value itself where it has none."""
        return (metaphone(text) or _own_code(text),)


@dataclass(frozen=True, config=OPTIONS)
class DoubleMetaphone(_SameSound):
    """1 where the first Double Metaphone code of one value is the first or second of the other.

    Two second codes that are equal say little ("aggie" and "jack"), and do not count.

    Levels: ``exact``, ``same_sound``, ``different``.

    >>> DoubleMetaphone().one_to_many("smith", ["schmidt", "smart"]).tolist()
    [1.0, 0.0]
    """

    def codes(self, text: str) -> tuple[str, ...]:
        """Give the codes of a value's sounds, or the value itself where it has none."""
        return tuple(filter(None, double_metaphone(text))) or (_own_code(text),)


@dataclass(frozen=True, config=OPTIONS)
class Nysiis(_SameSound):
    """1 where the NYSIIS codes are equal, else 0.

    Levels: ``exact``, ``same_sound``, ``different``.

    >>> Nysiis().one_to_many("brown", ["braun", "bruner"]).tolist()
    [1.0, 0.0]
    """

    def codes(self, text: str) -> tuple[str, ...]:
        """Give the code of a value's sound, or the value itself where it has none."""
        return (nysiis(text) or _own_code(text),)
