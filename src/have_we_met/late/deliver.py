"""Telling a webhook's receiver what was found, until it took it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import require
from ..resilience.retry import RetrySettings
from ..resolver import utc_now
from ..store import SqlStore, late
from ..store.late_note import State
from .turns import next_turn, take_turn, writing
from .webhook import Webhook, event_of

if TYPE_CHECKING:
    import httpx

log = logging.getLogger("have_we_met.late")

DELIVERIES = RetrySettings(first=5.0, longest=60 * 60.0)
"""After five seconds, ten, twenty, ..., every hour; for as long as it takes."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many verdicts were taken by the receiver, and how many it refused or missed."""

    told: int = 0
    failed: int = 0


async def deliver(
    store: SqlStore,
    webhook: Webhook,
    *,
    retry: RetrySettings = DELIVERIES,
    clock: Callable[[], datetime] = utc_now,
    most: int | None = None,
) -> Delivered:
    """Send the verdicts that were not taken yet and are due, the oldest first, up to ``most``.

    A receiver takes one by answering with a status from 200 to 299. Where it does not, the verdict
    is put off, each time twice as long, and the others wait for the next round: a receiver that is
    unwell is not pressed. Killed between the answer and the note of it, a verdict is sent again,
    with the same ``webhook-id``.
    """
    told = 0
    async with _client() as client:
        while most is None or told < most:
            note = await take_turn(store, State.ANSWERED, clock())
            if note is None:
                break
            body = event_of(store.side.contacts.name, note)
            moment = int(clock().timestamp())
            if not await _sent(client, webhook, webhook.headers(note.event, moment, body), body):
                later = next_turn(retry, note.attempts, clock())
                await writing(store, partial(late.put_off, note=note, until=later))
                return Delivered(told, failed=1)
            await writing(store, partial(late.told, note=note))
            told += 1
    return Delivered(told)


def _client() -> httpx.AsyncClient:
    client: Any = require("httpx", extra="webhooks").AsyncClient
    opened: httpx.AsyncClient = client(follow_redirects=False, timeout=None)
    return opened


async def _sent(
    client: httpx.AsyncClient, webhook: Webhook, headers: dict[str, str], body: bytes
) -> bool:
    """Send one and say whether it was taken; its answer's body is not read."""
    import httpx

    try:
        async with (
            asyncio.timeout(webhook.seconds),
            client.stream("POST", webhook.url, content=body, headers=headers) as answer,
        ):
            if answer.is_success:
                return True
            log.warning("a webhook's receiver answered with %d", answer.status_code)
    except (httpx.HTTPError, TimeoutError) as exc:
        log.warning("a webhook could not be delivered: %s", type(exc).__name__)
    return False
