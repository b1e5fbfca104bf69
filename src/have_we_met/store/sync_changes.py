"""Mending what the database's triggers noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .base import Progress
from .changes import Change, Changes
from .drift import Drift
from .retry import in_one_unit
from .sync_runs import run_full
from .sync_state import now
from .syncing import Syncing
from .unit import SqlUnit


@dataclass(frozen=True, slots=True)
class _Drained:
    drift: Drift
    settled: int
    waiting: int
    all_gone: Sequence[Change]


async def run_changes(syncing: Syncing, changes: Changes, progress: Progress) -> Drift:
    """Mend every record that was noted, and forget the notes, page by page.

    A row that another transaction is writing is left for the next time: it is noted again then.
    """
    began, total = now(), Drift()
    while True:
        page = await in_one_unit(syncing.store.begin, None, lambda u: _drain(syncing, changes, u))
        if page.all_gone:
            total += await _compare_all(syncing, changes, page.all_gone, progress)
            continue
        total += page.drift
        progress(total.compared, total.compared)
        if page.settled == 0 or page.settled + page.waiting < syncing.size:
            break
    state = await syncing.state()
    await syncing.remember(state, replace(state, synced=began))
    return replace(total, waiting=page.waiting)


async def _drain(syncing: Syncing, changes: Changes, unit: SqlUnit) -> _Drained:
    noted = await changes.pending(unit, syncing.size)
    all_gone = [change for change in noted if change.key is None]
    if all_gone:
        return _Drained(Drift(), 0, 0, all_gone)
    mended = await syncing.mender(unit).mend(c.key for c in noted if c.key is not None)
    busy = set(mended.busy)
    settled = [change for change in noted if change.key not in busy]
    await changes.done(unit, settled)
    return _Drained(mended.drift, len(settled), len(noted) - len(settled), ())


async def _compare_all(
    syncing: Syncing, changes: Changes, noted: Sequence[Change], progress: Progress
) -> Drift:
    drift = await run_full(syncing, None, progress)
    await in_one_unit(syncing.store.begin, None, lambda unit: changes.done(unit, noted))
    return drift
