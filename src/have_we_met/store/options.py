"""How a store is reached, and what it does with those who were erased."""

from __future__ import annotations

from dataclasses import dataclass, field

from .marks import Marks
from .tombstones import Then, Tombstones


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Settings of a store. SQLite, part of the process, heeds ``slow``, ``secret`` and ``erased``.

    ``connections`` is how many connections read at the same time, and how many write, in one
    process: eight of each keep a process busy, and six such processes fit into the hundred that
    PostgreSQL allows by default. ``kept`` of each are kept open while nothing happens; the others
    are closed when they were not needed for ``idle`` seconds. ``replica_url`` is where lookups
    read instead; writes, and the lookup inside ``get_or_create``, never go there. A statement that
    takes longer than ``slow`` seconds is logged, by its name.

    ``secret``, 16 characters or more that last, makes the marks which the audit and tombstones hold
    in place of values. ``erased`` says what becomes of a person who was erased and comes in again
    with a file or past us: ``refuse`` keeps the record out, ``report`` counts it, ``off`` does not
    look.
    """

    connections: int = 8
    kept: int = 1
    idle: float = 300.0
    slow: float = 0.1
    replica_url: str | None = field(default=None, repr=False)
    secret: str = field(default="", repr=False)
    erased: Then = "refuse"

    @property
    def tombstones(self) -> Tombstones:
        """What makes tombstones, and holds records against them."""
        return Tombstones(Marks(self.secret) if self.secret else None, self.erased)
