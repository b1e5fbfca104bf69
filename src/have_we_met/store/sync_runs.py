"""The two ways to find what was written elsewhere by looking: at everything, or from a mark on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .base import Progress
from .contacts import Row
from .drift import Drift
from .sync_state import (
    FullRun,
    Plain,
    SyncState,
    earlier,
    fitted,
    fitted_key,
    now,
    plain,
)
from .syncing import Syncing


async def run_full(syncing: Syncing, column: str | None, progress: Progress) -> Drift:
    """Compare every row with what is indexed, then everything indexed with the rows.

    Goes on where a run that was broken off stopped.
    """
    state = await _begun(syncing, column)
    total = await syncing.count()
    run = _run(state)
    while not run.rows_done:
        state = await _compare_rows(syncing, state, run)
        run = _run(state)
        progress(run.drift.compared, max(total, run.drift.compared))
    looking = True
    while looking:
        state, looking = await _look_for_gone(syncing, state, _run(state))
    run = _run(state)
    await syncing.remember(
        state,
        replace(state, full=None, synced=run.began, watermark=run.watermark or state.watermark),
    )
    return run.drift


async def _begun(syncing: Syncing, column: str | None) -> SyncState:
    """Go on with a run over these side tables, or begin a new one."""
    state = await syncing.state()
    run = state.full
    column = column or state.column
    if run and run.generation == syncing.store.generation and column == state.column:
        return state
    highest = await _highest(syncing, column) if column else None
    begun = FullRun(syncing.store.generation, now(), watermark=highest)
    kept = state.watermark if column == state.column else None
    return await syncing.remember(state, replace(state, column=column, watermark=kept, full=begun))


async def _highest(syncing: Syncing, column: str) -> Plain | None:
    ((value,),) = await syncing.read(syncing.statements.highest(column), {})
    return None if value is None else plain(value)


def _run(state: SyncState) -> FullRun:
    assert state.full is not None
    return state.full


async def _compare_rows(syncing: Syncing, state: SyncState, run: FullRun) -> SyncState:
    contacts = syncing.contacts
    page = syncing.statements.rows(syncing.size, first=not run.key)
    rows = await syncing.read(page, fitted_key(contacts, run.key) if run.key else {})
    wrong = syncing.wrong(rows)
    right = Drift(unchanged=len(rows) - len(wrong))
    read = replace(
        run,
        rows_done=len(rows) < syncing.size,
        key=tuple(map(plain, contacts.key_of_row(rows[-1]))) if rows else run.key,
    )

    def then(drift: Drift) -> SyncState:
        return replace(state, full=replace(read, drift=run.drift + right + drift))

    return await syncing.settle(wrong, state, then)


async def _look_for_gone(
    syncing: Syncing, state: SyncState, run: FullRun
) -> tuple[SyncState, bool]:
    page = syncing.statements.indexed_rows(syncing.size)
    rows = await syncing.read(page, {"record": run.record})
    width = len(syncing.contacts.key)
    gone = [
        tuple(row[1 : 1 + width])
        for row in rows
        if tuple(row[1 : 1 + width]) != tuple(row[1 + width :])
    ]

    def then(drift: Drift) -> SyncState:
        found = run.drift + replace(drift, unchanged=0)  # those were counted when rows were
        return replace(state, full=replace(run, record=_last(rows, run.record), drift=found))

    return await syncing.settle(gone, state, then), len(rows) == syncing.size


def _last(rows: Sequence[Row], before: int) -> int:
    return int(rows[-1][0]) if rows else before


async def run_watermark(
    syncing: Syncing, name: str, overlap: float | None, progress: Progress
) -> Drift:
    """Compare the rows whose ``name`` is beyond where the last run came to, or a little before.

    The first time that is everything.
    """
    column, state, began = syncing.column(name), await syncing.state(), now()
    if state.column != column or state.watermark is None:
        return await run_full(syncing, column, progress)
    since = earlier(fitted(syncing.contacts, column, state.watermark), overlap)
    place = syncing.contacts.column_names.index(column)
    after: dict[str, object] = {}
    total = Drift()
    more = True
    while more:
        page = syncing.statements.since(column, syncing.size, first=not after)
        rows = await syncing.read(page, {"since": since, **after})
        if rows:
            state, total = await _compare_since(syncing, state, rows, place, total)
            since = rows[-1][place]
            key = syncing.contacts.key_of_row(rows[-1])
            after = {f"key_{c.name}": v for c, v in zip(syncing.contacts.key, key, strict=True)}
            progress(total.compared, total.compared)
        more = len(rows) == syncing.size
    await syncing.remember(state, replace(state, synced=began))
    return total


async def _compare_since(
    syncing: Syncing, state: SyncState, rows: Sequence[Row], place: int, total: Drift
) -> tuple[SyncState, Drift]:
    wrong = syncing.wrong(rows)
    found = [total + Drift(unchanged=len(rows) - len(wrong))]

    def then(drift: Drift) -> SyncState:
        found.append(found[0] + drift)
        return replace(state, watermark=plain(rows[-1][place]))

    return await syncing.settle(wrong, state, then), found[-1]
