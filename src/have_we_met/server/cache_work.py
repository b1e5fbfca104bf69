"""A cache beside the requests: it hears of what others did, though nobody may ask anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from ..cache import Cache
from .settings import Settings

_SECONDS = 1.0
"""How long hearing may take."""


@asynccontextmanager
async def cache_work(settings: Settings, cache: Cache | None) -> AsyncIterator[None]:
    """Hear of what others did as often as of keys, where there is a cache, until the block ends."""
    if cache is None:
        yield
        return
    hearing = asyncio.create_task(_hear(cache, settings.keys_every))
    try:
        yield
    finally:
        hearing.cancel()
        await asyncio.wait((hearing,))


async def _hear(cache: Cache, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await cache.hear(monotonic() + _SECONDS)
