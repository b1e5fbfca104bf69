"""A connection of SQLAlchemy's, which Alembic needs, to either kind of database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from ...errors import StoreError
from ..sqlite import MEMORY

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('hwm_alembic_version', 0))")


def kind_of(url: str) -> str:
    """Name the kind of database; raises :class:`StoreError` where we have no store for it."""
    from .. import _opener

    _, parsed = _opener(url)
    return "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"


async def looking(url: str, work: Work[T]) -> T:
    """Look at a database."""
    return await _RUN[kind_of(url)](sa.make_url(url), work, False)


async def changing(url: str, work: Work[T]) -> T:
    """Change a database, in one transaction, with nobody else who does."""
    return await _RUN[kind_of(url)](sa.make_url(url), work, True)


async def _sqlite(url: sa.URL, work: Work[T], writes: bool) -> T:
    from ..sqlite_open import must_be_there, raw_connection

    path = url.database or MEMORY
    if path == MEMORY:
        raise StoreError("a database in memory is always new; name a file")
    must_be_there(path)
    with raw_connection(path) as raw:
        engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.StaticPool)
        try:
            with engine.connect() as connection:
                # The driver would commit before each change of the schema; so this is said to it.
                connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
                result = work(connection)
                connection.exec_driver_sql("COMMIT")
                return result
        except sa.exc.DBAPIError as exc:
            raise StoreError(f"{path}: {exc.orig}") from exc


async def _postgres(url: sa.URL, work: Work[T], writes: bool) -> T:
    from ..postgres_open import reflecting

    async with reflecting(url) as connection:
        if writes:
            await connection.execute(_ONE_AT_A_TIME)
        result = await connection.run_sync(work)
        await connection.commit()
        return result


_RUN = {"sqlite": _sqlite, "postgresql": _postgres}
