"""Stores: the caller's own table, and beside it what matching needs."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from ..errors import StoreError
from ..model import Model
from .base import Progress, Store


def _silent(done: int, total: int) -> None:
    """Show no progress."""


async def open_store(url: str, model: Model, *, table: str | None = None) -> Store:
    """Open a store that was created before.

    ``url`` is written as for SQLAlchemy: ``sqlite:///contacts.db``. ``table`` is the caller's
    table, the model's own where not given. Raises :class:`StoreOutOfDate` where the side tables
    were cut by another model, and :class:`StoreError` where there is nothing to open.
    """
    from .sqlite_open import open_sqlite

    return open_sqlite(_sqlite(url), model, table or model.table)


async def create_store(
    url: str,
    model: Model,
    *,
    table: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = _silent,
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
    from .sqlite_open import create_sqlite

    return create_sqlite(_sqlite(url), model, table or model.table, columns, progress)


async def rebuild_store(
    url: str,
    model: Model,
    *,
    table: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = _silent,
) -> Store:
    """Cut the side tables anew by this model, from the caller's table, and open the store.

    Lookups by the old model go on meanwhile; writes are refused until it is done. Killed, it goes
    on where it stopped when called again.
    """
    from .sqlite_open import rebuild_sqlite

    return rebuild_sqlite(_sqlite(url), model, table or model.table, columns, progress)


def _sqlite(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as exc:
        raise StoreError("name a store as SQLAlchemy does: sqlite:///contacts.db") from exc
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"no store for {parsed.get_backend_name()}; there is one for: sqlite")
    return parsed
