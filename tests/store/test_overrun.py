"""What is remembered of overrun keys, and for how long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from have_we_met.store.overrun import Overrun

KEYS = st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), unique=True)


class Clock:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_later_it_is_found_out_anew() -> None:
    """What was known is forgotten after a minute, since records are written and deleted."""
    clock = Clock()
    known = Overrun(clock)
    known.note(1, overrun=True)
    known.note(2, overrun=False)

    clock.now = 59.0
    assert (known.lately(1), known.lately(2)) == (True, False)
    assert known.part([(0, 1), (1, 2)]) == ([(1, 2)], (0,))

    clock.now = 61.0
    assert (known.lately(1), known.lately(2)) == (None, None)
    assert known.part([(0, 1), (1, 2)]) == ([(0, 1), (1, 2)], ())


def test_what_is_known_stays_small() -> None:
    """However many keys are met, no more than some thousands are remembered."""
    known = Overrun()
    for key in range(25_000):
        known.note(key, overrun=True)

    assert sum(known.lately(key) is not None for key in range(25_000)) <= 10_000


@given(KEYS, st.dictionaries(st.integers(-3, 3), st.booleans()))
def test_each_key_is_read_or_passed_over(
    keys: list[tuple[int, int]], noted: dict[int, bool]
) -> None:
    """No key is lost: each is read, or named as passed over, as is known of it."""
    known = Overrun()
    for key, overrun in noted.items():
        known.note(key, overrun=overrun)

    read, passed = known.part(keys)

    assert [*read] == [one for one in keys if not noted.get(one[1])]
    assert [*passed] == [place for place, key in keys if noted.get(key)]
