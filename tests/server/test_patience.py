"""Waiting with a deadline."""

from __future__ import annotations

import asyncio
import time

import pytest

from have_we_met.server.patience import in_time


async def at_once() -> int:
    """Work without a pause."""
    return 7


async def with_pauses(pauses: int) -> int:
    """Work with pauses of several kinds."""
    for place in range(pauses):
        await asyncio.sleep(0.001 * (place % 2))
    return pauses


async def failing(pause: float) -> int:
    """Work that fails, perhaps after a pause."""
    if pause:
        await asyncio.sleep(pause)
    raise KeyError


async def test_work_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing to wait for, no deadline is set."""
    monkeypatch.setattr(asyncio, "timeout", None)

    assert await in_time(at_once(), 1) == 7


@pytest.mark.parametrize("pauses", [1, 2, 5])
async def test_work_with_pauses(pauses: int) -> None:
    """Work that pauses gives its result."""
    assert await in_time(with_pauses(pauses), 5) == pauses


@pytest.mark.parametrize("pause", [0, 0.001])
async def test_work_that_fails(pause: float) -> None:
    """What the work raises is raised."""
    with pytest.raises(KeyError):
        await in_time(failing(pause), 5)


async def test_too_late() -> None:
    """Past the deadline the work is cancelled where it is."""
    cleaned = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        await in_time(work(), 0.01)
    assert cleaned == [True]
    assert time.monotonic() - started < 2


async def test_work_that_only_lets_others_by() -> None:
    """Work that waits for nothing in particular is called off too."""

    async def work() -> None:
        for _ in range(200_000):
            await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await in_time(work(), 0.01)


async def test_work_that_survives_a_failure_of_what_it_waits_for() -> None:
    """Work may handle what its pause raises, and go on."""
    waited_for: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def work() -> str:
        try:
            await waited_for
        except KeyError:
            await asyncio.sleep(0)
            return "went on"
        return "was not told"

    asyncio.get_running_loop().call_soon(waited_for.set_exception, KeyError())

    assert await in_time(work(), 5) == "went on"


async def test_called_off() -> None:
    """Who calls the waiting off calls the work off, and it is not taken for a deadline."""
    task = asyncio.create_task(in_time(asyncio.Event().wait(), 60))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
