"""What comparing a table with its side tables found, and how far they may be apart."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Drift:
    """How many records were mended, and how many were as they should be.

    ``waiting`` counts the changes that another transaction holds back; they come next time.
    ``erased`` counts the rows that bring back who was erased: the new ones stay out of the side
    tables, unless ``erased`` of :class:`~have_we_met.store.StoreOptions` says otherwise.

    >>> Drift(added=1, unchanged=2) + Drift(removed=1)
    Drift(added=1, changed=0, removed=1, unchanged=2, waiting=0, erased=0)
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    waiting: int = 0
    erased: int = 0

    @property
    def mended(self) -> int:
        """How many records the side tables had wrong."""
        return self.added + self.changed + self.removed

    @property
    def compared(self) -> int:
        """How many records were looked at."""
        return self.mended + self.unchanged

    def __add__(self, other: Drift) -> Drift:
        sums = (getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        return Drift(*sums)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the side tables may be behind writes that were made elsewhere.

    ``by`` says how that is known: ``"changes"`` (triggers note each one), ``"watermark"`` (rows
    beyond where the last sync came to) or ``"time"`` (since the last sync; ``seconds`` is ``None``
    where there never was one). ``pending`` counts changes that are still to be read, where they
    can be counted; ``seconds`` is the age of the oldest of them, else the time since a sync ended.
    """

    by: str
    seconds: float | None
    pending: int | None = None
