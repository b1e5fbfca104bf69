"""The road of an import: read, name, prepare, write, with one stretch always ahead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from time import monotonic

from ..store import Store
from ..store.base import Loaded
from ..store.prepare import Prepared
from .ahead import Preparer
from .contacts import Shaper
from .load import load_rows
from .rows import Rejected, Rows

PAUSE = 0.02
"""Of the time that writing a stretch takes, the share in which others get their turn to write."""


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one stretch of a file."""

    loaded: Loaded
    rejected: tuple[Rejected, ...]


async def import_rows(
    store: Store, stretches: Iterator[Rows], shaper: Shaper, preparer: Preparer
) -> AsyncIterator[Step]:
    """Load a file into a store, stretch by stretch, each in a transaction of its own.

    Killed at any moment, it leaves whole stretches; run again, it writes what is missing and
    leaves the rest as it is.
    """
    before: Rows | None = None
    for rows in stretches:
        shaped = shaper.shape(rows)
        prepared = preparer.end() if before is not None else None
        preparer.begin(shaped)
        if before is not None:
            yield await _step(store, before, prepared)
        before = shaped
    if before is not None:
        yield await _step(store, before, preparer.end())


async def _step(store: Store, rows: Rows, prepared: Prepared | None) -> Step:
    began = monotonic()
    loaded, refused = await load_rows(store, rows, prepared)
    await asyncio.sleep(PAUSE * (monotonic() - began))
    return Step(loaded, tuple(sorted([*rows.rejected, *refused], key=lambda one: one.line)))
