"""Late verdicts beside the requests: one task a process, from the app's start to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ..errors import require
from ..store import Store, unguarded
from .settings import Settings

if TYPE_CHECKING:
    from ..late import Webhook

STOP_SECONDS = 5.0
"""How long a round that is under way may take when the app ends; cancelled, it loses nothing."""


def webhook_of(settings: Settings) -> Webhook | None:
    """Read where verdicts are sent, with the secret out of the environment.

    Raises :class:`~have_we_met.errors.ProblemsError` where one is wrong or missing.
    """
    if not settings.webhook:
        return None
    from ..late import Webhook

    require("httpx", extra="webhooks")
    return Webhook.from_environment(settings.webhook)


@asynccontextmanager
async def late_work(settings: Settings, store: Store) -> AsyncIterator[None]:
    """Go through the notes of late verdicts until the end of the block, if the settings say so."""
    if not settings.late_every:
        yield
        return
    from ..late import LongLook, watch

    stop, inner, webhook = asyncio.Event(), unguarded(store), webhook_of(settings)
    look = LongLook(inner, suggestions=settings.suggestions)
    work = watch(inner, stop, every=settings.late_every, webhook=webhook, look=look)
    watching = asyncio.create_task(work)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait((watching,), timeout=STOP_SECONDS)
        watching.cancel()
        await asyncio.wait((watching,))
        await look.close()
