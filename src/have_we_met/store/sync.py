"""Keeping up with writes that were made elsewhere: past the resolver, by anybody, at any time."""

from __future__ import annotations

from ..errors import StoreError
from .base import Progress
from .drift import Drift
from .sync_changes import run_changes
from .sync_runs import run_full, run_watermark
from .syncing import SqlStore, Syncing

PAGE = 1_000
"""Rows compared at a time: what is read at once, and what a crash can cost."""


def _silent(done: int, total: int) -> None:
    """Show no progress."""


async def sync_store(
    store: SqlStore,
    *,
    full: bool = False,
    watermark: str | None = None,
    overlap: float | None = None,
    page: int = PAGE,
    progress: Progress = _silent,
) -> Drift:
    """Compare the caller's table with its side tables, mend them, and say what was mended.

    New rows are indexed, changed ones are indexed anew, and deleted ones are forgotten.

    * ``full`` looks at everything, and so sees every change, deletions among them.
    * ``watermark`` names a column that grows with every write, such as ``updated_at`` or an id that
      counts up, and looks only at rows beyond where the last run came to. It sees no deletions, and
      wants an index on that column. ``overlap`` is how far before that it begins, since a row may
      be committed after one that was written later: in seconds (60) or in numbers (1,000).
    * With neither, what triggers noted is read where there are triggers; else the watermark that
      was last given is used; else it is full.

    Each page of rows is mended in a unit of its own. Broken off at any moment, it goes on where it
    stopped when it is called again. Lookups and writes go on beside it. Raises
    :class:`StoreError` for an unknown column and :class:`StoreBusy` while side tables are rebuilt.

    >>> import asyncio
    >>> from have_we_met import create_store, preset
    >>> async def main():
    ...     store = await create_store("sqlite://", preset("contacts"))
    ...     store.writer.raw.execute("INSERT INTO contacts (id, email) VALUES ('a', 'a@b.org')")
    ...     return await sync_store(store)
    >>> asyncio.run(main())
    Drift(added=1, changed=0, removed=0, unchanged=0, waiting=0, erased=0)
    """
    syncing = Syncing(store, page)
    if full and watermark is not None:
        return await run_full(syncing, syncing.column(watermark), progress)
    if watermark is not None:
        return await run_watermark(syncing, watermark, overlap, progress)
    if full:
        return await run_full(syncing, None, progress)
    if store.changes is not None and await has_triggers(store):
        return await run_changes(syncing, store.changes, progress)
    if column := (await syncing.state()).column:
        return await run_watermark(syncing, column, overlap, progress)
    return await run_full(syncing, None, progress)


async def has_triggers(store: SqlStore) -> bool:
    """Whether the database itself notes what is written to the caller's table."""
    if store.changes is None:
        return False
    async with store.survey(None) as unit:
        return await store.changes.installed(unit)


async def set_triggers(store: SqlStore, wanted: bool, progress: Progress = _silent) -> None:
    """Have the database note every write to the caller's table, or no more.

    When the triggers are new, everything is compared once, since nobody noted what was written
    before. Raises :class:`StoreError` where the database is not PostgreSQL.
    """
    changes = store.changes
    if changes is None:
        if wanted:
            raise StoreError("triggers that note what is written are for PostgreSQL")
        return
    if await has_triggers(store) == wanted:
        return
    async with store.begin(None) as unit:
        await (changes.install(unit) if wanted else changes.uninstall(unit))
    if wanted:
        await sync_store(store, full=True, progress=progress)
