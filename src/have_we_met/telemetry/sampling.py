"""Reading numbers again and again, in the background, where nothing tells when they change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

log = logging.getLogger("have_we_met.telemetry")

Reading = Callable[[], Awaitable[None]]


@asynccontextmanager
async def sampled(readings: Mapping[Reading, float]) -> AsyncIterator[None]:
    """Do each reading at once and then every so many seconds, until the block ends."""
    tasks = [asyncio.create_task(_again(*one)) for one in readings.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again(reading: Reading, seconds: float) -> None:
    while True:
        try:
            await reading()
        except Exception as exc:  # noqa: BLE001  # the next one may succeed; nobody waits for it
            log.warning("a number could not be read: %s", type(exc).__name__)
        await asyncio.sleep(seconds)
