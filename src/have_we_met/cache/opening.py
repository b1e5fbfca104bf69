"""Opening a cache: where answers are kept is named as a database is, by an address."""

from __future__ import annotations

from os import urandom

from ..errors import InputError, Problem
from ..store.base import Store
from .cache import Cache
from .memory import Memory
from .redis import Redis

TTL = 300.0
SIZE = 10_000
_REDIS = ("redis://", "rediss://", "unix://")
SHORTEST = 16
"""Characters of a secret."""


def problem_with(address: str) -> str | None:
    """Say what is wrong with an address, if anything.

    >>> problem_with("memory+redis://localhost"), problem_with("memcached")
    (None, 'must be memory, redis://host:6379/0, or memory+redis://host:6379/0')
    """
    first, _, rest = address.partition("+")
    place = rest if first == "memory" and rest else address
    if address == "memory" or place.startswith(_REDIS):
        return None
    return "must be memory, redis://host:6379/0, or memory+redis://host:6379/0"


async def open_cache(
    store: Store,
    address: str = "memory",
    *,
    ttl: float = TTL,
    size: int = SIZE,
    stale_for: float = 0.0,
    secret: str = "",
) -> Cache:
    """Keep answers to lookups on this store; from now on every write to it changes stamps.

    ``address`` says where: ``memory`` (of this process, ``size`` answers), ``redis://host:6379/0``
    (of all processes with the same ``secret``, also ``rediss://`` and ``unix://``), or both,
    ``memory+redis://...``. An answer is kept for ``ttl`` seconds. With ``stale_for`` what is older
    by no more seconds, or may have changed, is given where the store does not answer, and says so.
    Raises :class:`InputError` for an address that cannot be read, or a secret that is missing or
    too short, and :class:`StoreError`. Redis need not be there, now or ever.

    >>> import asyncio
    >>> from have_we_met import Resolver, create_store, preset
    >>> async def main():
    ...     store = await create_store("sqlite://", preset("contacts"))
    ...     resolver = Resolver(store, cache=await open_cache(store))
    ...     before = await resolver.lookup({"email": "ada@example.org"})
    ...     await resolver.add({"email": "ada@example.org", "first_name": "Ada"})
    ...     after = await resolver.lookup({"email": "ada@example.org"})
    ...     return before.status.value, after.status.value
    >>> asyncio.run(main())
    ('not_found', 'found')
    """
    if problem := problem_with(address):
        raise InputError([Problem("cache", problem)])
    in_memory = address.startswith("memory")
    place = address.removeprefix("memory").removeprefix("+")
    if place and len(secret) < SHORTEST:
        problem = f"must be {SHORTEST} characters or more, the same wherever this Redis is used"
        raise InputError([Problem("secret", problem)])
    kept_for = ttl + stale_for
    cache = Cache(
        store,
        secret.encode() or urandom(32),
        ttl,
        stale_for,
        Memory(size, kept_for) if in_memory else None,
        Redis(place, kept_for) if place else None,
    )
    await store.keep_stamps()
    await cache.hear(None)
    return cache
