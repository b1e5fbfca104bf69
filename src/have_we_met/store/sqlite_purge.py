"""Erasing bytes from a SQLite file: what is deleted is overwritten, and the log is cut off.

``secure_delete`` writes zeros over what a unit deletes, and a checkpoint that truncates leaves no
earlier page in the ``-wal``. What earlier updates left in the free space of pages goes with a
``VACUUM``, which writes the whole file anew.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from .erasing import Purged
from .sqlite_words import in_our_words

_TRIES, _PAUSE = 40, 0.05
"""How often, and seconds in between, a log is cut off that somebody reads at the moment."""


@contextmanager
def erasing(raw: sqlite3.Connection) -> Iterator[None]:
    """Have this connection overwrite what it deletes, and heed the table's foreign keys."""
    pragmas = ("secure_delete", "foreign_keys")
    before = [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    for name in pragmas:
        raw.execute(f"PRAGMA {name}=ON")
    try:
        yield
    finally:
        for name, was in zip(pragmas, before, strict=True):
            raw.execute(f"PRAGMA {name}={was}")


async def purge(raw: sqlite3.Connection, *, vacuum: bool) -> Purged:
    """Leave nothing of what was deleted in the file and its log; says how far that went."""
    try:
        if vacuum:
            raw.execute("VACUUM")
        for _ in range(_TRIES):
            ((busy, *_),) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            if not busy:
                return Purged.VACUUMED if vacuum else Purged.OVERWRITTEN
            await asyncio.sleep(_PAUSE)
    except sqlite3.Error as exc:
        raise in_our_words(exc, "purge") from exc
    return Purged.LOGGED
