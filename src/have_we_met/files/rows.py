"""A stretch of a file: some rows as columns, where each begins, and what was refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

Column = Sequence[object]

CHUNK = 50_000
"""Rows in a stretch: memory's bound. Twice as many would save a tenth of an import's time."""
LONGEST = 10_000
"""Characters that a value may have."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was refused: the line at which it begins, and why, without quoting it."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a file, one column a name; ``None`` where a row says nothing.

    ``lines`` says where each row begins, counted from 1: lines of a text, rows of a Parquet file.
    ``rejected`` are the rows of the same stretch that could not be read.
    """

    names: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: Sequence[int]
    rejected: tuple[Rejected, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def without(self, refused: Collection[Rejected], places: Iterable[int]) -> Rows:
        """Leave out the rows at some places, and say why.

        >>> rows = Rows(("email",), (("a@example.org", None),), (2, 3))
        >>> rows.without([Rejected(3, "says nothing")], [1]).lines
        (2,)
        """
        if not refused:
            return self
        kept = [True] * len(self)
        for place in places:
            kept[place] = False
        return replace(
            self,
            columns=tuple(tuple(compress(column, kept)) for column in self.columns),
            lines=tuple(compress(self.lines, kept)),
            rejected=(*self.rejected, *refused),
        )

    def records(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Give each row with its line, as names and values; the first of two equal names counts.

        >>> list(Rows(("email",), (("a@example.org",),), (2,)).records())
        [(2, {'email': 'a@example.org'})]
        """
        names = self.names[::-1]
        for line, *values in zip(self.lines, *self.columns, strict=True):
            yield line, dict(zip(names, reversed(values), strict=True))
