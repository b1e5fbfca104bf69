from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met.resilience.window import SLOTS, Window

STEPS = st.lists(st.tuples(st.sampled_from([0.0, 0.125, 0.5, 1.0, 2.0, 9.0]), st.booleans()))


@settings(max_examples=200, deadline=None)
@given(steps=STEPS, wait=st.sampled_from([0.0, 0.5, 1.0, 8.0, 9.5, 10.0, 50.0]))
def test_it_counts_what_a_list_of_all_calls_counts(
    steps: list[tuple[float, bool]], wait: float
) -> None:
    """Calls at the edge of a slot too, and after any pause."""
    window, now, calls = Window(float(SLOTS)), 100.0, []
    for step, failed in steps:
        now += step
        window.add(now, failed=failed)
        calls.append((int(now), failed))
    now += wait
    recent = [failed for slot, failed in calls if slot > int(now) - SLOTS]
    assert window.counts(now) == (len(recent), sum(recent))
