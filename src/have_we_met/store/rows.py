"""Rows as they were read, for as long as nobody at all commits anything.

A database in the process keeps pages of its file in the process's memory, and drops them where
somebody has committed since. So do we with rows that came out of those pages, on the same terms:
each is known by the store's version at which it was read, is given while the store has that very
version, and goes with all others at the first sign of another, at the latest when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..record import RecordId

MOST = 8_192
"""How many rows are kept. At a KiB each that is what SQLite itself keeps of pages for reading."""

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Page:
    """What was read at one version. It never gets another: who finds the wrong one makes his own,
    so a thread that is late writes on a page that nobody reads any more."""

    version: object | None = None
    rows: dict[RecordId, dict[str, object]] = field(default_factory=dict)


class Rows:
    """Up to ``most`` rows by their ids; ``version`` gives the store's version now.

    >>> now = ["monday"]
    >>> rows = Rows(lambda: now[0])
    >>> rows.put({7: {"id": 7, "city": "London"}}.items(), "monday")
    >>> rows.get([7], "monday"), rows.get([7, 8], "monday"), rows.get([7], "tuesday")
    (({'id': 7, 'city': 'London'},), None, None)
    >>> len(rows)
    0
    """

    __slots__ = ("_most", "_page", "_version")

    def __init__(self, version: Callable[[], object | None], most: int = MOST) -> None:
        self._version = version
        self._most = most
        self._page = _Page()

    def get(self, ids: Sequence[RecordId], version: object) -> tuple[dict[str, object], ...] | None:
        """Give copies of rows in the order of their ids; nothing where one is not known.

        ``version`` is what the store has said this moment.
        """
        page = self._page
        if page.version != version:
            self.clear()
            return None
        there = page.rows
        try:
            return tuple([there[one].copy() for one in ids])
        except KeyError:
            return None

    def put(self, rows: Iterable[tuple[RecordId, Row]], version: object | None) -> None:
        """Keep copies of rows that were read after the store had this version."""
        if version is None:
            return
        page = self._page
        if page.version != version or len(page.rows) >= self._most:
            page = self._page = _Page(version)
        page.rows.update((one, dict(row)) for one, row in rows)
        if self._version() != version:  # whoever commits after this clears them himself
            self.clear()

    def look(self) -> None:
        """Let go of them where anybody has committed anything since; for who asks nothing else."""
        if self._page.rows and self._page.version != self._version():
            self.clear()

    def clear(self) -> None:
        """Let go of all of them."""
        self._page = _Page()

    def __len__(self) -> int:
        return len(self._page.rows)
