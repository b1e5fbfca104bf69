"""What a resolver stands on, each behind a proxy, and what may become of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from anyio.from_thread import start_blocking_portal

from have_we_met import Resolver, create_store
from have_we_met.cache import open_cache
from have_we_met.cache.redis import SECONDS, Redis
from have_we_met.resilience import BreakerSettings

from .. import servers
from ..cache.test_cache import SECRET, Clock
from ..services.models import contacts, look_up
from ..services.real_service import RealService, real_service
from ..store.conformance import ADA, MODEL
from .proxy import Mode, Proxy, proxy

DEADLINE = 0.5
"""Seconds for one answer."""
SERVICE_SECONDS = 0.1
"""Seconds for one service."""
_ROLE = "caller"
_RESET = 0.05
_LATE = 0.005
"""By how much everything is late on a slow network."""


@dataclass(frozen=True)
class Fault:
    """Something that begins, and ends."""

    begin: Callable[[], object]
    end: Callable[[], object] = lambda: None


class Part(Protocol):
    """What a resolver stands on, what may become of it, and what is left of us there."""

    proxy: Proxy
    faults: Mapping[str, Fault]

    async def open(self) -> Resolver:
        """Open a resolver that needs it, over a store that knows nobody but Ada."""
        ...

    async def rest(self) -> None:
        """Let so much time pass that no breaker is open."""
        ...

    def left(self) -> Mapping[str, int]:
        """How many connections of ours there are on its side, and how many are at work."""
        ...


def network_faults(proxy: Proxy, patience: float) -> dict[str, Fault]:
    """What a network does, to somebody who has so much patience."""
    modes = {
        "healthy": (Mode.PASS, 0.0),
        "slow": (Mode.DELAY, _LATE),
        "too slow": (Mode.DELAY, 1.5 * patience),
        "hang": (Mode.HANG, 0.0),
        "drop": (Mode.DROP, 0.0),
        "reset": (Mode.RESET, 0.0),
        "refused": (Mode.REFUSE, 0.0),
        "garbage": (Mode.GARBAGE, 0.0),
    }
    over = partial(proxy.turn, Mode.PASS)
    return {name: Fault(partial(proxy.turn, *mode), over) for name, mode in modes.items()}


class OnPostgres:
    """A store in PostgreSQL, as a role that the server may turn away."""

    def __init__(self, server: servers.Postgres, url: str, proxy: Proxy) -> None:
        self._server, self._url, self.proxy = server, url, proxy
        self._database = url.partition("?")[0].rpartition("/")[2]
        server.sql(f"ALTER DATABASE {self._database} OWNER TO {_ROLE}")
        self.faults: Mapping[str, Fault] = {
            **network_faults(proxy, DEADLINE),
            "hang at commit": self._at_commit(Mode.HANG),
            "commit's answer lost": self._at_commit(Mode.DROP),
            "restarted": Fault(server.restart),
            "full": Fault(partial(self._limit, 0), partial(self._limit, -1)),
        }

    async def open(self) -> Resolver:
        url = f"postgresql://{_ROLE}@127.0.0.1:{self.proxy.port}/{self._database}"
        self._server.sql(f"DROP OWNED BY {_ROLE}", database=self._database)
        store = await create_store(url, MODEL)
        await store.load([ADA | {"id": "ada"}])
        return Resolver(store, deadline=DEADLINE)

    async def rest(self) -> None:
        """There is no breaker."""

    def left(self) -> Mapping[str, int]:
        query = "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity"
        there, busy = self._server.sql(f"{query} WHERE usename = '{_ROLE}'").split("|")
        return {"connections": int(there), "statements": int(busy)}

    def _at_commit(self, mode: Mode) -> Fault:
        begin = partial(self.proxy.turn, mode, words=b"COMMIT\0")
        return Fault(begin, partial(self.proxy.turn, Mode.PASS))

    def _limit(self, connections: int) -> None:
        self._server.sql(
            f"ALTER ROLE {_ROLE} CONNECTION LIMIT {connections}",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{_ROLE}'",
        )


class OnRedis:
    """A store in memory that keeps its answers in Redis, with a breaker whose clock stands."""

    def __init__(self, server: servers.Redis, proxy: Proxy) -> None:
        self._server, self.proxy, self._clock = server, proxy, Clock()
        self.faults: Mapping[str, Fault] = {
            **network_faults(proxy, SECONDS),
            "restarted": Fault(self._restart),
            "full": Fault(partial(self._memory, 1), partial(self._memory, 0)),
        }

    async def open(self) -> Resolver:
        store = await create_store("sqlite://", MODEL)
        await store.load([ADA | {"id": "ada"}])
        url = f"redis://127.0.0.1:{self.proxy.port}"
        cache = await open_cache(store, url, secret=SECRET)
        assert cache.redis is not None
        await cache.redis.close()
        cache = replace(cache, redis=Redis(url, cache.ttl, clock=self._clock))
        return Resolver(store, deadline=DEADLINE, cache=cache)

    async def rest(self) -> None:
        self._clock.now += 60

    def left(self) -> Mapping[str, int]:
        there = len(self._server.say("CLIENT", "LIST").splitlines()) - 1  # but for who asks
        return {"connections": there, "statements": 0}

    def _restart(self) -> None:
        self._server.stop()
        self._server.start()

    def _memory(self, limit: int) -> None:
        self._server.say("CONFIG", "SET", "maxmemory", limit)


_MOODS = {
    "500": "broken",
    "429": "busy",
    "redirect": "leads",
    "no JSON": "deep",
    "no HTTP": "mumbles",
    "10 MB": "huge",
    "endless": "endless",
    "closed mid-body": "drops",
}


class OnService:
    """A store in memory, and a service that knows where people work."""

    def __init__(self, service: RealService, proxy: Proxy) -> None:
        self._service, self.proxy = service, proxy
        self.faults: Mapping[str, Fault] = {
            **network_faults(proxy, SERVICE_SECONDS),
            "restarted": Fault(proxy.cut),
            **{
                name: Fault(partial(self._turn, mood), partial(self._turn, ""))
                for name, mood in _MOODS.items()
            },
        }

    async def open(self) -> Resolver:
        url = f"http://127.0.0.1:{self.proxy.port}/ok/{{email}}"
        settings = {"timeout": SERVICE_SECONDS, "breaker": BreakerSettings(reset=_RESET)}
        store = await create_store("sqlite://", contacts(look_up(url, **settings)))
        await store.load([ADA | {"id": "ada"}])
        return Resolver(store, deadline=DEADLINE)

    async def rest(self) -> None:
        await asyncio.sleep(2 * _RESET)

    def left(self) -> Mapping[str, int]:
        return {"connections": self._service.open, "statements": 0}

    def _turn(self, mood: str) -> None:
        self._service.mood = mood


@contextmanager
def on_postgres(server: servers.Postgres) -> Iterator[OnPostgres]:
    """A database of its own, behind a proxy."""
    server.sql(f"CREATE ROLE {_ROLE} LOGIN")
    try:
        with proxy(server.socket) as front, server.database() as url:
            yield OnPostgres(server, url, front)
    finally:
        server.sql(f"DROP ROLE {_ROLE}")


@contextmanager
def on_redis(server: servers.Redis) -> Iterator[OnRedis]:
    """Redis behind a proxy."""
    with proxy(server.socket) as front:
        yield OnRedis(server, front)


@contextmanager
def on_service() -> Iterator[OnService]:
    """A service behind a proxy."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(real_service()) as service,
        proxy(service.port) as front,
    ):
        yield OnService(service, front)
