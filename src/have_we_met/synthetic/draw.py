"""Draws that belong to an index, so that person 7 is the same person in every chunk.

A generator with a state would make each person depend on all people drawn before. Here a draw is
a function of (seed, what is drawn, index): the finaliser of SplitMix64 (Steele, Lea and Flood,
"Fast splittable pseudorandom number generators", OOPSLA 2014) over whole columns of indices. It is
integer arithmetic only, so it gives the same people under every release of numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
Bits = NDArray[np.uint64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_TO_UNIT = 2.0**-53


def key(seed: int, what: str) -> int:
    """64 bits that stand for one kind of draw under one seed.

    >>> key(0, "first name") == key(0, "first name"), key(0, "first name") == key(1, "first name")
    (True, False)
    """
    return int.from_bytes(blake2b(f"{seed}:{what}".encode(), digest_size=8).digest(), "big")


def mix(bits: Bits) -> Bits:
    """Scatter 64-bit integers, one to one (SplitMix64's finaliser).  Shape kept.

    >>> int(mix(np.array([1], np.uint64))[0]) == 0x5692161D100B05E5
    True
    """
    for shift, factor in _MIX:
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    return bits ^ (bits >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Dice:
    """Everything that is drawn under one seed.

    >>> dice = Dice(7)
    >>> whole = dice.roll("age", np.arange(10))
    >>> bool((whole[4:6] == dice.roll("age", np.array([4, 5]))).all())
    True
    """

    seed: int = 0

    def bits(self, what: str, index: Index) -> Bits:
        """64 scattered bits for each index."""
        start = np.uint64(key(self.seed, what))
        return mix(start + index.astype(np.uint64) * _STEP)

    def roll(self, what: str, index: Index) -> Floats:
        """A number in [0, 1) for each index, uniform."""
        return (self.bits(what, index) >> np.uint64(11)).astype(np.float64) * _TO_UNIT

    def chance(self, what: str, index: Index, share: float) -> Flags:
        """True for this share of all indices."""
        return self.roll(what, index) < share

    def below(self, what: str, index: Index, limit: int) -> Index:
        """An integer in [0, limit) for each index, uniform."""
        return (self.roll(what, index) * limit).astype(np.int64)

    def pick(self, what: str, index: Index, cumulative: Floats) -> Index:
        """A row of a table for each index, in proportion to the table's weights."""
        return pick(cumulative, self.roll(what, index))


def cumulative(weights: Floats) -> Floats:
    """The running share of weights; the last is 1.

    >>> cumulative(np.array([2.0, 1.0, 1.0])).tolist()
    [0.5, 0.75, 1.0]
    """
    running = np.cumsum(weights)
    return np.asarray(running / running[-1], np.float64)


def zipf(count: int, shift: float) -> Floats:
    """Weights falling as 1 / (rank + shift) (Zipf's law with Mandelbrot's shift), best first.

    >>> zipf(3, 1.0).tolist()
    [1.0, 0.5, 0.3333333333333333]
    """
    return 1.0 / (np.arange(count, dtype=np.float64) + shift)


def pick(cumulative: Floats, roll: Floats) -> Index:
    """The row where each roll falls in a table of running shares.

    >>> pick(np.array([0.5, 0.75, 1.0]), np.array([0.1, 0.5, 0.99])).tolist()
    [0, 1, 2]
    """
    row = np.searchsorted(cumulative, roll, side="right")
    return np.minimum(row, len(cumulative) - 1).astype(np.int64)


def texts(values: list[str]) -> Texts:
    """A column of Python strings, so that taking rows costs no copy of text."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
