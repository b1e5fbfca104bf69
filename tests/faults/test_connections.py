"""A connection that was being opened is closed when whoever needed it has left."""

from __future__ import annotations

import asyncio

from ..services.real_service import until
from .matrix import ASKED, closing
from .parts import OnPostgres
from .proxy import Mode


async def test_at_the_last_step(in_postgres: OnPostgres) -> None:
    """Nobody else would: it is open for the server, and nobody's yet here."""
    async with closing(await in_postgres.open()) as resolver:
        before = in_postgres.proxy.open
        in_postgres.proxy.turn(Mode.HANG, words=b"client_connection_check_interval")
        try:
            asks = (resolver.lookup(ASKED, deadline=0.3) for _ in range(3))
            answers = await asyncio.gather(*asks)
            assert not any(answer.complete for answer in answers)
            await until(lambda: in_postgres.proxy.open == before)
        finally:
            in_postgres.proxy.turn(Mode.PASS)
        assert (await resolver.lookup(ASKED, deadline=5)).complete
