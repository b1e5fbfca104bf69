"""Late verdicts in the background, for as long as a server runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from ..errors import HaveWeMetError
from ..resolver import utc_now
from ..store import SqlStore
from .deliver import deliver
from .look import LongLook, looking
from .notes import tally
from .revisit import revisit
from .webhook import Webhook

log = logging.getLogger("have_we_met.late")

A_ROUND = 100
"""How many notes a round goes through at most: told to stop, it ends soon."""
LAG_SECONDS = 300.0
"""A lag that is worth a word in the log."""


async def watch(
    store: SqlStore,
    stop: asyncio.Event,
    *,
    every: float = 5.0,
    webhook: Webhook | None = None,
    look: LongLook | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Revisit and deliver again and again until ``stop`` is set; a round every so many seconds.

    Whatever goes wrong is logged by its kind, and tried again in the next round. Cancelled, it
    leaves a note that it had taken on to whoever comes next.
    """
    async with looking(store, look) as look:
        while not stop.is_set():
            try:
                await _round(store, look, webhook, clock)
            except HaveWeMetError as exc:
                log.warning("late verdicts have to wait: %s", type(exc).__name__)
            except Exception as exc:  # noqa: BLE001  # this task outlives what it stumbles over
                log.error("late verdicts stumbled: %s", type(exc).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every)


async def _round(
    store: SqlStore, look: LongLook, webhook: Webhook | None, clock: Callable[[], datetime]
) -> None:
    done = await revisit(store, look=look, clock=clock, most=A_ROUND)
    if webhook is not None:
        await deliver(store, webhook, clock=clock, most=A_ROUND)
    if done.total < A_ROUND:  # nothing that is due is left
        return
    lag = (await tally(store, clock=clock)).lag
    if lag > LAG_SECONDS:
        log.warning("late verdicts lag by %.0f s", lag, extra={"seconds": lag})
