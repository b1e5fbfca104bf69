from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator

from have_we_met.synthetic.edits import EDITS, NEIGHBOURS, OCR, SOUNDS, choose

NAMES = st.sampled_from(
    ["Smith", "Philip", "Nguyễn", "Björk", "van der Maath", "O'Neil", "张伟", "Наум", "Al", "X", ""]
)
SEEDS = st.integers(0, 10_000)


def rng(seed: int) -> Generator:
    """A generator for one example."""
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", EDITS)
@given(text=NAMES, seed=SEEDS)
def test_an_edit_changes_the_text_or_says_that_it_cannot(name: str, text: str, seed: int) -> None:
    """No edit gives back what it was given; the same generator gives the same edit."""
    edited = EDITS[name](text, rng(seed))

    assert edited != text
    assert edited == EDITS[name](text, rng(seed))


@given(st.text("abcdefgh", min_size=2, max_size=8), SEEDS)
def test_a_slip_hits_a_neighbouring_key(text: str, seed: int) -> None:
    """One letter differs, and its key touches the right one."""
    edited = EDITS["keyboard"](text, rng(seed))

    assert edited is not None
    (pair,) = [(a, b) for a, b in zip(text, edited, strict=True) if a != b]
    assert pair[1] in NEIGHBOURS[pair[0]]


@given(st.text("abcd", max_size=8), SEEDS)
def test_a_transposition_swaps_two_neighbours(text: str, seed: int) -> None:
    """Two letters side by side change places, and the first letter stays."""
    edited = EDITS["transposition"](text, rng(seed))
    swaps = {
        text[:n] + text[n + 1] + text[n] + text[n + 2 :]
        for n in range(1, len(text) - 1)
        if text[n] != text[n + 1]
    }

    assert edited in (swaps or {None})


@given(st.text("abcd", max_size=8), SEEDS)
def test_an_omission_drops_one_letter(text: str, seed: int) -> None:
    """One letter is gone, from a text that has three."""
    edited = EDITS["omission"](text, rng(seed))
    shorter = {text[:n] + text[n + 1 :] for n in range(len(text))} if len(text) > 2 else {None}

    assert edited in shorter


@given(st.text("abcd", max_size=8), SEEDS)
def test_a_doubling_repeats_one_letter(text: str, seed: int) -> None:
    """One letter stands twice."""
    edited = EDITS["doubling"](text, rng(seed))

    assert edited in ({text[:n] + text[n - 1 :] for n in range(1, len(text) + 1)} or {None})


@pytest.mark.parametrize(("name", "rows"), [("ocr", OCR), ("respelling", SOUNDS)])
@given(text=st.text("abcdehilmnoprstuwy", max_size=8), seed=SEEDS)
def test_a_confusion_is_one_row_of_its_table(
    name: str, rows: tuple[tuple[str, str], ...], text: str, seed: int
) -> None:
    """One place differs, by one row of the table."""
    edited = EDITS[name](text, rng(seed))
    confused = {
        text[:n] + new + text[n + len(old) :]
        for old, new in rows
        for n in range(len(text))
        if text[n:].startswith(old)
    }

    assert edited in (confused or {None})


def test_people_watch_the_first_letter() -> None:
    """One mistake in ten is in the first letter."""
    edited = [EDITS["keyboard"]("Smith", rng(seed)) or "" for seed in range(2000)]
    first = sum(1 for text in edited if text[0] != "S") / 2000

    assert first == pytest.approx(0.1, abs=0.025)


def test_capitals_stay_capitals() -> None:
    """A slip or a respelling at the start of a name keeps it a name."""
    slips = {EDITS["keyboard"]("Smith", rng(seed)) for seed in range(300)}
    heard = {EDITS["respelling"]("Philip", rng(seed)) for seed in range(50)}

    assert all(text and text[0].isupper() for text in slips)
    assert heard == {"Filip"}


@pytest.mark.parametrize(
    ("key", "neighbours"), [("q", "aw"), ("g", "bfhtvy"), ("m", "jkn"), ("5", "46"), ("p", "lo")]
)
def test_neighbours_are_those_of_the_keyboard(key: str, neighbours: str) -> None:
    """Letters touch letters, digits touch digits."""
    assert "".join(sorted(NEIGHBOURS[key])) == neighbours


def test_choices_are_even() -> None:
    """Each option is chosen as often."""
    generator = rng(0)
    counts = [[choose("abcd", generator) for _ in range(4000)].count(c) for c in "abcd"]

    assert all(abs(count - 1000) < 120 for count in counts)
