"""Stores: the caller's own table, and beside it what matching needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from ..errors import StoreError, TableNotFound
from ..model import Model
from .base import Progress, Store
from .columns import recognise
from .contacts import own_table
from .drift import Drift, Lag
from .follow import follow_store
from .given import Given, GivenTable, given_table
from .guarded import GuardedStore, unguarded
from .options import StoreOptions
from .sync import has_triggers, set_triggers, sync_store
from .syncing import SqlStore
from .wanted import Opener, Wanted, silent

_AS_USUAL = StoreOptions()


async def open_store(
    url: str, model: Model, *, table: Given | None = None, options: StoreOptions = _AS_USUAL
) -> SqlStore:
    """Open a store that was created before.

    ``url`` is written as for SQLAlchemy: ``sqlite:///contacts.db``, ``postgresql://host/database``.
    ``table`` is the caller's table, the model's own where not given: its name (on PostgreSQL with
    its schema: ``crm.people``), a SQLAlchemy ``Table``, or a mapped class. Raises
    :class:`StoreOutOfDate` where the side tables were cut by another model, and :class:`StoreError`
    where there is nothing to open.
    """
    opener, parsed = _opener(url)
    return await opener.open_store(Wanted(parsed, model, given_table(table, model).name, options))


async def create_store(
    url: str,
    model: Model,
    *,
    table: Given | None = None,
    columns: Mapping[str, str] | None = None,
    triggers: bool | None = None,
    progress: Progress = silent,
    options: StoreOptions = _AS_USUAL,
) -> SqlStore:
    """Create what is missing of a store and open it.

    A table that is there is adopted as it is, whatever its columns and primary key, and its rows
    are indexed; where there is none, one is created. ``columns`` says which column holds which
    field where the names do not. Raises :class:`ModelError` where they cannot be matched.

    ``table`` may also be a SQLAlchemy ``Table`` or a mapped class, whose attributes are then known
    by their names; it is yours to create (:class:`TableNotFound`). ``triggers`` has PostgreSQL note
    what is written to the table past us, for :func:`have_we_met.store.sync_store`, or no longer
    note it; ``None`` leaves that as it is.

    >>> import asyncio
    >>> from have_we_met import create_store, preset
    >>> asyncio.run(create_store("sqlite://", preset("contacts"))).model.name
    'contacts'
    """
    opener, parsed = _opener(url)
    given = given_table(table, model, columns)
    if given.is_callers or given.columns:
        await _check(opener, parsed, model, given)
    wanted = Wanted(parsed, model, given.name, options, given.columns, progress)
    store = await opener.create_store(wanted)
    if triggers is not None:
        await _set_triggers(store, triggers, progress)
    return store


async def _check(opener: Opener, url: sa.URL, model: Model, given: GivenTable) -> None:
    """Refuse a table that is not there, or columns that it would not have, before it is made."""
    if await opener.has_table(url, given.name):
        return
    if given.is_callers:
        raise TableNotFound(f"there is no table {given.name!r} in this database; create it first")
    recognise(own_table(given.name, model).columns.keys(), model, given.columns)


async def _set_triggers(store: SqlStore, wanted: bool, progress: Progress) -> None:
    try:
        await set_triggers(store, wanted, progress)
    except BaseException:
        await store.close()
        raise


async def rebuild_store(
    url: str,
    model: Model,
    *,
    table: Given | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = silent,
    options: StoreOptions = _AS_USUAL,
) -> SqlStore:
    """Cut the side tables anew by this model, from the caller's table, and open the store.

    Lookups by the old model go on meanwhile; writes are refused until it is done. Killed, it goes
    on where it stopped when called again.
    """
    opener, parsed = _opener(url)
    given = given_table(table, model, columns)
    wanted = Wanted(parsed, model, given.name, options, given.columns, progress)
    return await opener.rebuild_store(wanted)


def _sqlite() -> Opener:
    from . import sqlite_open

    return sqlite_open


def _postgres() -> Opener:
    from . import postgres_open

    return postgres_open


_OPENERS: dict[str, Callable[[], Opener]] = {
    "sqlite": _sqlite,
    "postgresql": _postgres,
    "postgres": _postgres,
}


def _opener(url: str) -> tuple[Opener, sa.URL]:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # Not its own words: they would quote the address, and with it the password.
        raise StoreError("name a store as SQLAlchemy does: sqlite:///contacts.db") from None
    name = parsed.get_backend_name()
    if name not in _OPENERS:
        raise StoreError(f"no store for {name}; there is one for: sqlite, postgresql")
    return _OPENERS[name](), parsed


__all__ = [
    "Drift",
    "GuardedStore",
    "Lag",
    "SqlStore",
    "Store",
    "StoreOptions",
    "create_store",
    "follow_store",
    "has_triggers",
    "open_store",
    "rebuild_store",
    "set_triggers",
    "sync_store",
    "unguarded",
]
