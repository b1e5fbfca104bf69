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
_ONE_TRY = 10.0
"""Seconds that the first try has, however short the wait: for a database that lets one hang."""
_WILL_PASS = (StoreUnreachable, StoreBusy, DeadlineExceeded)
"""What a database that is starting answers; anything else would be the same a second later."""


async def opened(opener: Opener, settings: Settings, model: Model) -> Resolver:
    """Have a resolver opened; try again for ``startup_wait`` seconds while there is no database.

    Raises what the opener raises: at once where waiting is of no use, else when time is up.
    """
    began, pause = monotonic(), _FIRST_PAUSE
    end = began + settings.startup_wait
    while True:
        try:
            return await _by(max(end, began + _ONE_TRY), opener(settings, model))
        except _WILL_PASS as exc:
            left = end - monotonic()
            if left <= 0:
                raise _in_vain(exc, settings) from None
            if pause == _FIRST_PAUSE:
                log.warning("%s; waiting up to %g s", exc, settings.startup_wait)
        await asyncio.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _by(end: float, opening: Awaitable[Resolver]) -> Resolver:
    """Open a resolver by a moment on the monotonic clock, or give it up."""
    try:
        async with asyncio.timeout(end - monotonic()):
            return await opening
    except TimeoutError:
        raise StoreUnreachable("connect: the database does not answer") from None


def _in_vain(exc: Exception, settings: Settings) -> Exception:
    if settings.startup_wait and isinstance(exc, StoreError):
        return type(exc)(f"{exc}, after waiting for {settings.startup_wait:g} s")
    return exc
