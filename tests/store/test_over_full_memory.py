"""What is remembered of over-full keys, and for how long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from have_we_met.store.over_full import OverFull

KEYS = st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), unique=True)


class Clock:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_later_it_is_found_out_anew() -> None:
    """What was known is forgotten after a minute, since records are written and deleted."""
    clock = Clock()
    known = OverFull(clock)
    known.note(1)

    clock.now = 59.0
    assert known.part([(0, 1), (1, 2)]) == ([(1, 2)], (0,))

    clock.now = 61.0
    assert known.part([(0, 1), (1, 2)]) == ([(0, 1), (1, 2)], ())


def test_what_is_known_stays_small() -> None:
    """However many keys are met, no more than some thousands are remembered."""
    known = OverFull()
    for key in range(25_000):
        known.note(key)

    _, passed = known.part([(key, key) for key in range(25_000)])
    assert 0 < len(passed) <= 10_000


@given(KEYS, st.sets(st.integers(-3, 3)))
def test_each_key_is_read_or_passed_over(keys: list[tuple[int, int]], noted: set[int]) -> None:
    """No key is lost: each is read, or named as passed over, as is known of it."""
    known = OverFull()
    for key in noted:
        known.note(key)

    read, passed = known.part(keys)

    assert [*read] == [one for one in keys if one[1] not in noted]
    assert [*passed] == [place for place, key in keys if key in noted]
