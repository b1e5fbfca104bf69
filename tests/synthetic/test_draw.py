from __future__ import annotations

from bisect import bisect_right

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.synthetic.draw import Dice, cumulative, key, mix, pick, zipf

WORD = 2**64 - 1


def splitmix(word: int) -> int:
    """SplitMix64's finaliser in Python's own integers."""
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
    return word ^ (word >> 31)


@given(st.lists(st.integers(0, WORD), min_size=1))
def test_mix_is_splitmix(words: list[int]) -> None:
    """Columns are mixed as the paper mixes one word."""
    expected = [splitmix(word) for word in words]

    assert expected == mix(np.array(words, np.uint64)).tolist()


@given(st.integers(0, 2**32), st.integers(0, 2**40))
def test_bits_follow_the_sequence_of_the_seed(seed: int, index: int) -> None:
    """The draw for an index is the word that many steps behind the key."""
    expected = splitmix((key(seed, "x") + index * 0x9E3779B97F4A7C15) & WORD)

    assert [expected] == Dice(seed).bits("x", np.array([index])).tolist()


@given(st.lists(st.integers(0, 10**9), min_size=1), st.integers(0, 50))
def test_draws_belong_to_the_index(indices: list[int], cut: int) -> None:
    """A column cut in two gives the same draws."""
    index, dice = np.array(indices), Dice(3)
    whole = dice.roll("x", index)

    parts = [dice.roll("x", index[:cut]), dice.roll("x", index[cut:])]

    assert whole.tolist() == np.concatenate(parts).tolist()


def test_rolls_are_uniform_and_unrelated() -> None:
    """Rolls lie evenly in [0, 1); seeds, kinds and neighbours do not show in each other."""
    index = np.arange(100_000)
    rolls = Dice(0).roll("x", index)
    others = (Dice(1).roll("x", index), Dice(0).roll("y", index), Dice(0).roll("x", index + 1))

    counts = np.histogram(rolls, bins=20, range=(0.0, 1.0))[0]

    assert counts.sum() == len(index)
    assert np.all(np.abs(counts - 5000) < 350)
    assert all(abs(np.corrcoef(rolls, other)[0, 1]) < 0.015 for other in others)


@given(
    st.lists(st.floats(0.01, 100.0), min_size=1, max_size=20),
    st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=1),
)
def test_pick_is_a_search_row_by_row(weights: list[float], rolls: list[float]) -> None:
    """Each roll falls in the row whose share of the weights covers it."""
    running = cumulative(np.array(weights))
    rolls = [*rolls, *running.tolist()]  # the edges too: a row ends before its share
    expected = [min(bisect_right(running.tolist(), roll), len(weights) - 1) for roll in rolls]

    assert expected == pick(running, np.array(rolls)).tolist()


def test_zipf_falls_with_rank() -> None:
    """The second is half as common as the first; with a large shift, nearly as common."""
    assert zipf(4, 1.0)[[0, 1, 3]].tolist() == [1.0, 0.5, 0.25]
    assert 0.99 < zipf(2, 100.0)[1] / zipf(2, 100.0)[0] < 1.0
