"""Waiting, at the start, for a database that is not there yet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic

from ..errors import DeadlineExceeded, StoreBusy, StoreError, StoreUnreachable
from ..model import Model
from ..resolver import Resolver
from .settings import Settings

log = logging.getLogger("have_we_met.server")

Opener = Callable[[Settings, Model], Awaitable[Resolver]]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_WILL_PASS = (StoreUnreachable, StoreBusy, DeadlineExceeded)
"""What a database that is starting answers; anything else would be the same a second later."""


async def opened(opener: Opener, settings: Settings, model: Model) -> Resolver:
    """Have a resolver opened; try again for ``startup_wait`` seconds while there is no database.

    Raises what the opener raises: at once where waiting is of no use, else when time is up.
    """
    began, pause = monotonic(), _FIRST_PAUSE
    while True:
        try:
            return await opener(settings, model)
        except _WILL_PASS as exc:
            left = settings.startup_wait - (monotonic() - began)
            if left <= 0:
                raise _in_vain(exc, settings) from None
            if pause == _FIRST_PAUSE:
                log.warning("%s; waiting up to %g s", exc, settings.startup_wait)
        await asyncio.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)


def _in_vain(exc: Exception, settings: Settings) -> Exception:
    if settings.startup_wait and isinstance(exc, StoreError):
        return type(exc)(f"{exc}, after waiting for {settings.startup_wait:g} s")
    return exc
