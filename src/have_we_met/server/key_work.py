"""Keys beside the requests: read before the first one, and every few seconds until the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from ..access import credentials
from ..errors import Problem
from ..store import Store, unguarded
from .callers import Callers
from .settings import Settings, SettingsError


async def check_keys(settings: Settings, store: Store) -> None:
    """Refuse to listen where others can reach us while nobody could bring a key.

    Raises :class:`SettingsError`.
    """
    if settings.is_local:
        return
    now = datetime.now(UTC)
    if not any(one.is_good(now) for one in await credentials(unguarded(store))):
        raise SettingsError(
            [
                Problem(
                    "host",
                    "is not a loopback address, and there is no key to let others in by;"
                    " make one: have-we-met key create, or listen on 127.0.0.1",
                )
            ]
        )


@asynccontextmanager
async def known_callers(callers: Callers, settings: Settings, store: Store) -> AsyncIterator[None]:
    """Know the keys from now until the end of the block."""
    await check_keys(settings, store)
    await callers.read(unguarded(store))
    reading = asyncio.create_task(_read_again(callers, settings, store))
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.wait((reading,))
        await callers.counter.close()


async def _read_again(callers: Callers, settings: Settings, store: Store) -> None:
    while True:
        await asyncio.sleep(settings.keys_every)
        await callers.read_again(unguarded(store))
