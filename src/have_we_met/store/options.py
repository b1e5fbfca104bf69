"""How a store on a database server is reached."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Settings of a store on a server; of them SQLite, part of the process, heeds only ``slow``.

    ``connections`` is how many connections read at the same time, and how many write, in one
    process: eight of each keep a process busy, and six such processes fit into the hundred that
    PostgreSQL allows by default. ``kept`` of each are kept open while nothing happens; the others
    are closed when they were not needed for ``idle`` seconds. ``replica_url`` is where lookups
    read instead; writes, and the lookup inside ``get_or_create``, never go there. A statement that
    takes longer than ``slow`` seconds is logged, by its name.
    """

    connections: int = 8
    kept: int = 1
    idle: float = 300.0
    slow: float = 0.1
    replica_url: str | None = field(default=None, repr=False)
