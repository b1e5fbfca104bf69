"""Where records stand in an embedded database that was built whole: beside their namesakes.

A lookup of somebody new reads the values of all who share a key with them: ten or thirty records,
each on a page of its own if they stand in the order in which they came. SQLite keeps rows in the
order of their numbers, so a record's number begins with 16 bits of the hash of one of its keys, the
one that brings the most candidates, and namesakes are read from a page or two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..keys import CutColumns
from ..model import Model

Near = NDArray[np.uint16]
"""The neighbourhood of each record."""

ROOM = 2**31
"""How many records have room in a neighbourhood. A number then has at most 48 bits, which SQLite
keeps in 6 bytes."""


def shared_key(model: Model) -> int | None:
    """The place of the key whose records stand together: the first one of several fields.

    >>> from have_we_met import preset
    >>> model = preset("contacts")
    >>> str(model.all_keys[shared_key(model)])
    '{called(first_name), called(last_name)}'
    """
    several = (place for place, key in enumerate(model.all_keys) if len(key.parts) > 1)
    return next(several, None)


def neighbourhoods(model: Model, cut: CutColumns, count: int) -> Near:
    """Tell ``count`` records their neighbourhoods by their keys, 0 where they have none to go by.

    >>> from have_we_met import preset
    >>> model = preset("contacts")
    >>> unknown, lees = [None] * 3, ["lee"] * 3
    >>> cut = model.cut.columns([unknown, unknown, ["jon", "john", "ada"], lees, unknown])
    >>> jon, john, ada = neighbourhoods(model, cut, 3)
    >>> bool(jon == john), bool(jon == ada)
    (True, False)
    """
    found = np.zeros(count, np.uint16)
    ours = np.asarray(cut.keys, np.int64) == shared_key(model)
    rows = np.asarray(cut.rows, np.int64)[ours]
    hashes = np.asarray(cut.hashes, np.int64)[ours]
    # Backwards, so that of a record's several keys the first is written last.
    found[rows[::-1]] = (hashes[::-1] >> 48) & 0xFFFF
    return found


def numbered(near: Near, last: int) -> NDArray[np.int64]:
    """Number records on from the ``last`` of all, each within its neighbourhood.

    >>> numbered(np.array([0, 1, 0], np.uint16), 7).tolist() == [8, ROOM + 9, 10]
    True
    """
    sequence: NDArray[np.int64] = np.arange(last + 1, last + 1 + len(near))
    return near.astype(np.int64) * ROOM + sequence
