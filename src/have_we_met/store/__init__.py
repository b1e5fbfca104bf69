"""Stores: the caller's own table, and beside it what matching needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import sqlalchemy as sa

from ..errors import StoreError
from ..model import Model
from .base import Progress, Store
from .options import StoreOptions


def _silent(done: int, total: int) -> None:
    """Show no progress."""


_AS_USUAL = StoreOptions()


async def open_store(
    url: str, model: Model, *, table: str | None = None, options: StoreOptions = _AS_USUAL
) -> Store:
    """Open a store that was created before.

    ``url`` is written as for SQLAlchemy: ``sqlite:///contacts.db``, ``postgresql://host/database``.
    ``table`` is the caller's table, the model's own where not given; on PostgreSQL it may name its
    schema: ``crm.people``. Raises :class:`StoreOutOfDate` where the side tables were cut by another
    model, and :class:`StoreError` where there is nothing to open.
    """
    opener, parsed = _opener(url)
    return await opener.open_store(parsed, model, table or model.table, options)


async def create_store(
    url: str,
    model: Model,
    *,
    table: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = _silent,
    options: StoreOptions = _AS_USUAL,
) -> Store:
    """Create what is missing of a store and open it.

    A table that is there is adopted as it is, whatever its columns and primary key, and its rows
    are indexed; where there is none, one is created. ``columns`` says which column holds which
    field where the names do not. Raises :class:`ModelError` where they cannot be matched.

    >>> import asyncio
    >>> from have_we_met import create_store, preset
    >>> asyncio.run(create_store("sqlite://", preset("contacts"))).model.name
    'contacts'
    """
    opener, parsed = _opener(url)
    return await opener.create_store(
        parsed, model, table or model.table, columns, progress, options
    )


async def rebuild_store(
    url: str,
    model: Model,
    *,
    table: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = _silent,
    options: StoreOptions = _AS_USUAL,
) -> Store:
    """Cut the side tables anew by this model, from the caller's table, and open the store.

    Lookups by the old model go on meanwhile; writes are refused until it is done. Killed, it goes
    on where it stopped when called again.
    """
    opener, parsed = _opener(url)
    return await opener.rebuild_store(
        parsed, model, table or model.table, columns, progress, options
    )


class _Opener(Protocol):
    """A module that opens the stores of one kind of database."""

    async def open_store(
        self, url: sa.URL, model: Model, table: str, options: StoreOptions
    ) -> Store: ...

    async def create_store(
        self,
        url: sa.URL,
        model: Model,
        table: str,
        columns: Mapping[str, str] | None,
        progress: Progress,
        options: StoreOptions,
    ) -> Store: ...

    async def rebuild_store(
        self,
        url: sa.URL,
        model: Model,
        table: str,
        columns: Mapping[str, str] | None,
        progress: Progress,
        options: StoreOptions,
    ) -> Store: ...


def _sqlite() -> _Opener:
    from . import sqlite_open

    return sqlite_open


def _postgres() -> _Opener:
    from . import postgres_open

    return postgres_open


_OPENERS: dict[str, Callable[[], _Opener]] = {
    "sqlite": _sqlite,
    "postgresql": _postgres,
    "postgres": _postgres,
}


def _opener(url: str) -> tuple[_Opener, sa.URL]:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # Not its own words: they would quote the address, and with it the password.
        raise StoreError("name a store as SQLAlchemy does: sqlite:///contacts.db") from None
    name = parsed.get_backend_name()
    if name not in _OPENERS:
        raise StoreError(f"no store for {name}; there is one for: sqlite, postgresql")
    return _OPENERS[name](), parsed


__all__ = ["Store", "StoreOptions", "create_store", "open_store", "rebuild_store"]
