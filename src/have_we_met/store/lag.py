"""How far the side tables may be behind the caller's table, as a number."""

from __future__ import annotations

from .drift import Lag
from .sync import PAGE, has_triggers
from .sync_state import SyncState, fitted, now
from .syncing import SqlStore, Syncing


async def lag_of(store: SqlStore) -> Lag:
    """Say how far a store may be behind writes that were made elsewhere."""
    if store.changes is not None and await has_triggers(store):
        async with store.survey(None) as unit:
            pending, seconds = await store.changes.behind(unit)
        return Lag("changes", seconds, pending)
    syncing = Syncing(store, PAGE)
    state = await syncing.state()
    if state.column is None or state.watermark is None:
        return Lag("time", _since(state))
    since = fitted(store.side.contacts, state.column, state.watermark)
    ((ahead,),) = await syncing.read(syncing.statements.ahead(state.column), {"since": since})
    return Lag("watermark", _since(state), int(ahead))


def _since(state: SyncState) -> float | None:
    return None if state.synced is None else max(0.0, now() - state.synced)
