from __future__ import annotations

import asyncio

from have_we_met.telemetry.sampling import sampled


async def test_a_reading_that_fails_is_tried_again() -> None:
    """What cannot be read now may be read later; the others go on meanwhile."""
    failing, reading, both = 0, 0, asyncio.Event()

    async def fails() -> None:
        nonlocal failing
        failing += 1
        raise OSError

    async def reads() -> None:
        nonlocal reading
        reading += 1
        if failing > 2 and reading > 2:
            both.set()

    async with sampled({fails: 0.001, reads: 0.001}):
        await asyncio.wait_for(both.wait(), 20)
    at_the_end = failing, reading
    await asyncio.sleep(0.01)

    assert (failing, reading) == at_the_end
