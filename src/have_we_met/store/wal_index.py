"""Whether anybody committed anything to a SQLite file, told by a glance at its log's index.

Beside a file in WAL mode stands ``-shm``, which all processes map, and which begins with a header
that each commit changes: https://www.sqlite.org/walformat.html#the_wal_index_header. A connection
compares that header with the one that it knows to find out whether its pages still hold; so do we,
without the two locks that it takes before.

What must be known of locks: those that SQLite holds on ``-shm`` belong to the process, and **all of
them end when the process closes any descriptor of that file**. So what is opened here stays open,
shared by all stores, until the file has been deleted: SQLite deletes it with the last connection.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from threading import Lock

_COPY = 48
"""Bytes of the header; a copy of it follows, by which one that is half written is known."""
_INITIALISED = 12
"""Where in it stands that it is one: 0 while a log is recovered."""
_DESCRIPTORS = "/dev/fd"

Place = tuple[int, int]
"""Device and inode of a file."""

_open: dict[Place, tuple[int, mmap]] = {}
_OURS = 2
"""Descriptors of each: the one that was opened, and its double that is part of the map."""
_opening = Lock()


class WalIndex:
    """The index of the log of one file; without a ``mapped`` one it never has anything to say."""

    __slots__ = ("_mapped",)

    def __init__(self, mapped: mmap | None = None) -> None:
        self._mapped = mapped

    def header(self) -> bytes | None:
        """Give what no commit leaves as it is; nothing where that is not certain."""
        if self._mapped is None:
            return None
        try:
            both = self._mapped[: 2 * _COPY]
        except ValueError:  # closed, since the file has been deleted
            return None
        header = both[:_COPY]
        return header if header == both[_COPY:] and header[_INITIALISED] else None


def index_of(path: str, reader: sqlite3.Connection) -> WalIndex:
    """Map the index that a connection reads by, which goes on reading by it until it is closed.

    There is none to map of a database in memory, without a log, or where the file that stands there
    now is not the one that SQLite has open in this process.
    """
    try:
        reader.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()  # opens the log
        ((mode,),) = reader.execute("PRAGMA journal_mode").fetchall()
    except sqlite3.Error:
        return WalIndex()
    if mode != "wal" or not os.path.isdir(_DESCRIPTORS):
        return WalIndex()
    try:
        with _opening:
            return WalIndex(_mapped(f"{os.path.realpath(path)}-shm"))
    except (OSError, ValueError):
        return WalIndex()


def let_go() -> None:
    """Close what is of files that are deleted, and that SQLite has open nowhere in this process."""
    with _opening:
        places = _places() if _open else Counter()
        for place, (descriptor, mapped) in list(_open.items()):
            if places[place] <= _OURS and not os.fstat(descriptor).st_nlink:
                del _open[place]
                mapped.close()
                os.close(descriptor)


def _mapped(path: str) -> mmap | None:
    place = _place(os.stat(path))
    if _places()[place] <= (_OURS if place in _open else 0):
        return None
    if place not in _open:
        descriptor = os.open(path, os.O_RDONLY)  # not closed, even where it is another by now
        if _place(os.fstat(descriptor)) != place:
            return None
        _open[place] = descriptor, mmap(descriptor, 2 * _COPY, access=ACCESS_READ)
    return _open[place][1]


def _places() -> Counter[Place]:
    """How many descriptors of each file this process has."""
    places: Counter[Place] = Counter()
    for descriptor in os.listdir(_DESCRIPTORS):
        with suppress(OSError):  # that of the list itself, or closed by another thread
            places[_place(os.fstat(int(descriptor)))] += 1
    return places


def _place(status: os.stat_result) -> Place:
    return status.st_dev, status.st_ino
