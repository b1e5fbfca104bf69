"""Keeping up for as long as somebody wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ..errors import StoreBusy
from .base import Progress
from .changes import Wait
from .drift import Drift
from .sync import has_triggers, sync_store
from .syncing import SqlStore


def _silent(done: int, total: int) -> None:
    """Show no progress."""


async def follow_store(
    store: SqlStore,
    stop: asyncio.Event,
    *,
    every: float = 5.0,
    watermark: str | None = None,
    progress: Progress = _silent,
) -> AsyncIterator[Drift]:
    """Synchronise again and again until ``stop`` is set; give what each round mended.

    A round begins ``every`` so many seconds, and at once where PostgreSQL's triggers say that
    something was written. While side tables are being rebuilt, a round is left out.
    """
    while not stop.is_set():
        async with _listening(store) as wait:
            with suppress(StoreBusy):
                yield await sync_store(store, watermark=watermark, progress=progress)
            await _until(stop, wait, every)


@asynccontextmanager
async def _listening(store: SqlStore) -> AsyncIterator[Wait]:
    """Listen before looking, so that nothing is missed between the two."""
    if store.changes is not None and await has_triggers(store):
        async with store.changes.listen() as wait:
            yield wait
    else:
        yield asyncio.sleep


async def _until(stop: asyncio.Event, wait: Wait, seconds: float) -> None:
    """Wait, but no longer than until it is time to stop."""
    waiting = asyncio.ensure_future(wait(seconds))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((waiting, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, stopping):
        task.cancel()
    await asyncio.gather(waiting, stopping, return_exceptions=True)
