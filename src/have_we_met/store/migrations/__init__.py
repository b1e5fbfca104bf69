"""Bringing the tables that outlive generations to the newest layout, step by step, with Alembic.

These are ``hwm_meta``, ``hwm_idempotency``, and for each table of contacts its judgements and the
notes of late verdicts.
What is cut from the caller's table (values and keys) is cut anew by a reindex and never migrated,
and the queue that triggers feed is made with them. A step is in ``versions/``, runs in one
transaction with all others that are missing, and only ever adds: code of the release before goes on
working on what it leaves behind. There is no way back, since none is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

import sqlalchemy as sa

from ..layout import NEWEST
from .connection import changing, kind_of, looking
from .steps import missing, noted, sql_text, take_steps
from .tables import OfTable, of_tables

__all__ = ["Standing", "migration_sql", "standing", "upgrade_store"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a database stands: the layout that is noted, and our tables that are not there.

    ``layout`` is ``None`` where none is noted: there are no tables of ours, or they are older than
    the notes.
    """

    layout: str | None
    missing: tuple[str, ...] = ()

    @property
    def is_newest(self) -> bool:
        """Whether nothing is left to do; a layout of a newer version is new enough.

        >>> Standing("0001").is_newest, Standing("9999").is_newest, Standing(None).is_newest
        (False, True, False)
        """
        return (self.layout or "") >= NEWEST and not self.missing


async def standing(url: str) -> Standing:
    """Say where a database stands; raises :class:`StoreError` where it cannot be looked at."""
    return await looking(url, _standing)


async def upgrade_store(url: str) -> Standing:
    """Take the steps that are missing, all or none, and say where the database stands then.

    A database that is of the newest layout, or of a newer one, is left as it is. Who upgrades at
    the same time waits. Raises :class:`StoreError` where the database does not let us.
    """
    return await changing(url, _upgrade)


def migration_sql(url: str, tables: Sequence[str] = (), since: str | None = None) -> str:
    """Write the steps as SQL for somebody to run by hand; nothing is asked of the database.

    ``tables`` are the tables of contacts in it, and ``since`` the layout that it has.

    >>> print(migration_sql("sqlite:///contacts.db", ["contacts"], "0001").splitlines()[4])
    CREATE TABLE IF NOT EXISTS hwm_idempotency (
    """
    out = StringIO()
    entities = [OfTable.named(table) for table in tables]
    sql_text(kind_of(url), entities, since, out)
    return out.getvalue()


def _standing(connection: sa.Connection) -> Standing:
    return Standing(noted(connection), missing(connection, of_tables(connection)))


def _upgrade(connection: sa.Connection) -> Standing:
    if (noted(connection) or "") < NEWEST:
        take_steps(connection, of_tables(connection))
    return _standing(connection)
