"""A store behind a circuit breaker: where it fails too often, nobody waits for it for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from math import inf
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, cast

from ..errors import (
    BreakerOpen,
    DeadlineExceeded,
    RecordExists,
    RecordNotFound,
    StoreBusy,
    StoreError,
    StoreOutOfDate,
    TableNotFound,
)
from ..record import RecordId
from ..resilience import Breaker, BreakerSettings
from ..resilience.breaker import Listener
from ..resilience.events import log_change
from .base import Loaded, PoolUse, Store, Unit
from .contacts import Column
from .drift import Lag
from .prepare import Prepared
from .rows import Rows
from .stamps import Buckets, Standing
from .tombstones import Tombstones

if TYPE_CHECKING:
    from .syncing import SqlStore

FAIR_SECONDS = 0.5
"""A store that is late, and was given less than this, has not failed: it was not asked fairly."""

_ANSWERS = (RecordNotFound, RecordExists, TableNotFound, StoreOutOfDate)
"""What only a store that works can say."""


def has_failed(error: Exception) -> bool | None:
    """Tell a store's failure from its answer, and from mistakes of ours or the caller's.

    To wait for others in vain says neither: lookups need not wait for them, and where whoever came
    first waits for a store that hangs, so does who waits for their connections.

    >>> has_failed(DeadlineExceeded()), has_failed(RecordNotFound()), has_failed(StoreBusy())
    (True, False, None)
    """
    if isinstance(error, StoreBusy):
        return None
    return isinstance(error, StoreError | DeadlineExceeded) and not isinstance(error, _ANSWERS)


class GuardedStore:
    """A store whose units raise :class:`~have_we_met.BreakerOpen` while it is left alone.

    Imports (``load``) and the rest go to the store as they are. ``fair`` is how many seconds a
    store must have been given for its being late to count; ``tell`` and ``clock`` are the
    breaker's.

    >>> import asyncio
    >>> from have_we_met import Resolver, create_store, preset
    >>> store = GuardedStore(asyncio.run(create_store("sqlite://", preset("contacts"))))
    >>> asyncio.run(Resolver(store).lookup({"email": "ada@example.org"})).complete
    True
    >>> store.breaker.state
    <State.CLOSED: 'closed'>
    """

    def __init__(
        self,
        store: Store,
        settings: BreakerSettings = BreakerSettings(),  # noqa: B008  # a frozen value
        *,
        fair: float = FAIR_SECONDS,
        tell: Iterable[Listener] = (log_change,),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.store = store
        self.model = store.model
        self.side = store.side
        self.fair = fair
        self.breaker = Breaker("store", settings, counts=has_failed, tell=tell, clock=clock)

    @property
    def tombstones(self) -> Tombstones:
        """What makes the marks of the store."""
        return self.store.tombstones

    @property
    def rows(self) -> Rows:
        """Rows as they were read."""
        return self.store.rows

    def read(self, deadline: float | None) -> AbstractAsyncContextManager[Unit]:
        """Open a unit that only reads."""
        return _GuardedUnit(self, self.store.read(deadline), deadline)

    def begin(self, deadline: float | None) -> AbstractAsyncContextManager[Unit]:
        """Open a unit that holds the right to write until it ends."""
        return _GuardedUnit(self, self.store.begin(deadline), deadline)

    async def standing(
        self, buckets: Buckets, ids: Sequence[RecordId], deadline: float | None
    ) -> Standing | None:
        """Read stamps and rows of the caller's table; ``None`` while the store is left alone."""
        try:
            with _Call(self, deadline):
                return await self.store.standing(buckets, ids, deadline)
        except BreakerOpen:
            return None

    async def keep_stamps(self) -> None:
        """From now on, have every write change the stamps of its keys."""
        await self.store.keep_stamps()

    def version(self) -> object | None:
        """Give what is equal only where nothing at all was committed in between."""
        return self.store.version()

    async def load(self, contacts: Sequence[Mapping[str, object]]) -> Loaded:
        """Write a batch in one unit."""
        return await self.store.load(contacts)

    async def load_columns(
        self, columns: Mapping[str, Column], prepared: Prepared | None = None
    ) -> Loaded:
        """Write a batch that is given as columns."""
        return await self.store.load_columns(columns, prepared)

    async def count(self) -> int:
        """Count the records."""
        return await self.store.count()

    async def lag(self) -> Lag:
        """Say how far the side tables may be behind writes made elsewhere."""
        return await self.store.lag()

    def pools(self) -> Mapping[str, PoolUse]:
        """Say how much of each pool of connections is used."""
        return self.store.pools()

    async def close(self) -> None:
        """Let go of every connection."""
        await self.store.close()


def unguarded(store: Store) -> SqlStore:
    """Give the store behind the breaker, for work that nobody waits for."""
    return cast("SqlStore", store.store if isinstance(store, GuardedStore) else store)


class _Call:
    """One call of a guarded store, which tells the breaker how it ended."""

    __slots__ = ("_breaker", "_fair", "_given", "_turn")

    def __init__(self, store: GuardedStore, deadline: float | None) -> None:
        self._breaker = store.breaker
        self._fair = store.fair
        self._given = inf if deadline is None else deadline - monotonic()

    def __enter__(self) -> None:
        self._turn = self._breaker.admit()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._breaker.settle(self._turn, error is not None and self._has_failed(error))

    def _has_failed(self, error: BaseException) -> bool | None:
        """``None`` where nobody knows: the caller was in too much of a hurry, or hung up."""
        was_hurried = isinstance(error, DeadlineExceeded) and self._given < self._fair
        return None if was_hurried or not isinstance(error, Exception) else has_failed(error)


class _GuardedUnit(_Call):
    """A unit that is one call. A class, since a generator's context costs a lookup 3 us more."""

    __slots__ = ("_unit",)

    def __init__(
        self, store: GuardedStore, unit: AbstractAsyncContextManager[Unit], deadline: float | None
    ) -> None:
        super().__init__(store, deadline)
        self._unit = unit

    async def __aenter__(self) -> Unit:
        self.__enter__()
        try:
            return await self._unit.__aenter__()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            await self._unit.__aexit__(kind, error, at)
        except BaseException as last:
            self.__exit__(type(last), last, None)
            raise
        self.__exit__(kind, error, at)
