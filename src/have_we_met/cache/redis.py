"""Answers kept in Redis, for all processes: whatever happens to it, a lookup goes on without it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import Any, NamedTuple

import msgspec

from ..errors import BreakerOpen, InputError, Problem
from ..resilience import Breaker, BreakerSettings
from ..resilience.values import one_of
from .held import Held, decode, encode

PREFIX = b"hwm:"
"""What the names of all our keys begin with."""
SECONDS = 0.05
"""How long one command may take: more than a store takes to answer is of no use."""
_CONNECTIONS = 16
_PUTTING = 64
"""How many answers may be on their way to Redis; any more are not kept."""
_BREAKER = BreakerSettings(reset=5.0)
"""It is left alone for 5 seconds where it fails: trying costs one lookup 50 ms."""


class Connected(NamedTuple):
    """A client, which waits for nothing long and tries nothing twice; its breaker; what it raises
    where Redis fails."""

    client: Any
    breaker: Breaker
    failures: tuple[type[Exception], ...]


def connect(
    address: str, setting: str, clock: Callable[[], float] = monotonic, name: str = "redis"
) -> Connected:
    """Make a client of a Redis; nothing is connected yet.

    Raises :class:`InputError`, in the name of a setting, for an address that cannot be read.
    """
    try:
        from redis import asyncio as redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.exceptions import ConnectionError as Lost
        from redis.exceptions import RedisError
        from redis.exceptions import TimeoutError as Slow
    except ImportError:
        needs = "needs: pip install 'have-we-met[redis]'"
        raise InputError([Problem(setting, needs)]) from None
    try:
        pool = redis.BlockingConnectionPool.from_url(
            address,
            max_connections=_CONNECTIONS,
            timeout=SECONDS,
            socket_timeout=SECONDS,
            socket_connect_timeout=SECONDS,
            retry=Retry(NoBackoff(), 0),  # its own default is to try for four seconds
        )
    except ValueError:
        # Not its own words: they would quote the address, and with it the password.
        raise InputError([Problem(setting, "is not like redis://host:6379/0")]) from None
    breaker = Breaker(name, _BREAKER, counts=one_of(Lost, Slow, OSError), clock=clock)
    return Connected(redis.Redis.from_pool(pool), breaker, (RedisError, OSError, BreakerOpen))


class Redis:
    """A Redis or Valkey at ``address``, in which an answer stays for ``seconds``.

    Belongs to one event loop; ``clock`` is its breaker's. Raises :class:`InputError` for an address
    that cannot be read.
    """

    def __init__(
        self, address: str, seconds: float, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._client, self.breaker, self._failures = connect(address, "cache", clock)
        self._milliseconds = max(1, round(seconds * 1000))
        self._putting: set[asyncio.Task[None]] = set()

    async def get(self, name: bytes, until: float) -> Held | None:
        """Give what is kept under a name; nothing where Redis does not say so at once."""
        seconds = min(SECONDS, until - monotonic())
        if seconds <= 0:
            return None
        found = await self._ask(partial(self._client.get, PREFIX + name), seconds)
        try:
            return None if found is None else decode(found)
        except msgspec.MsgspecError:  # another release's, or somebody else's
            return None

    def put(self, name: bytes, held: Held) -> None:
        """Keep it, in place of what was; nobody waits for that."""
        if len(self._putting) < _PUTTING:
            task = asyncio.get_running_loop().create_task(self._put(name, held))
            self._putting.add(task)
            task.add_done_callback(self._putting.discard)

    async def _put(self, name: bytes, held: Held) -> None:
        command = partial(self._client.set, PREFIX + name, encode(held), px=self._milliseconds)
        await self._ask(command, SECONDS)

    async def _ask(self, command: Callable[[], Awaitable[Any]], seconds: float) -> Any:
        try:
            with self.breaker.attempt():
                async with asyncio.timeout(seconds):
                    return await command()
        except self._failures:
            return None

    async def settled(self) -> None:
        """Wait until what is on its way has arrived or is too late."""
        if self._putting:
            await asyncio.wait(self._putting)

    async def close(self) -> None:
        """Let go of every connection, once what is on its way has arrived or is too late."""
        await self.settled()
        await self._client.aclose()
        await self._client.connection_pool.disconnect()
