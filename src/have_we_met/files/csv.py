"""Reading CSV: fast where a stretch is as it should be, row by row where it is not."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from ..errors import InputError, Problem
from .csv_careful import UNPAIRED, Careful, parser, problem_of
from .lines import NO_LINES, Lines, lines
from .rows import LONGEST, Rows

DELIMITERS = (",", ";", "\t", "|")
"""Those that are looked for where none is given."""


def read_csv(
    stream: BinaryIO, *, encoding: str = "utf-8", delimiter: str | None = None, chunk: int
) -> Iterator[Rows]:
    """Read a CSV file with a heading, some ``chunk`` rows at a time.

    The delimiter is found in the heading where none is given. A row that cannot be read is
    rejected and the next line is tried, so one stray quote costs one row. Line ends inside a value
    are read as line feeds. Raises :class:`InputError` where there is no heading.

    >>> import io
    >>> (rows,) = read_csv(io.BytesIO(b"email;company\\na@example.org;"), chunk=100)
    >>> rows.columns
    (('a@example.org',), (None,))
    """
    table: _Table | None = None
    rest = NO_LINES
    for part, is_last in _and_is_last(lines(stream, encoding=encoding, chunk=chunk)):
        part = part.after(rest)
        if table is None:
            table, part = _heading(part, delimiter)
        rows, rest = table.read(part, is_last=is_last)
        yield rows
    if table is None:
        raise InputError([Problem("line 1", "the file is empty; it needs a heading of names")])


def _and_is_last(parts: Iterator[Lines]) -> Iterator[tuple[Lines, bool]]:
    """Say of each whether it is the last."""
    before: Lines | None = None
    for part in parts:
        if before is not None:
            yield before, False
        before = part
    if before is not None:
        yield before, True


def _heading(part: Lines, delimiter: str | None) -> tuple[_Table, Lines]:
    """Read the names off the first line that holds any."""
    place = next((n for n, text in enumerate(part.texts) if text.strip()), None)
    if place is None:
        raise InputError([Problem("line 1", "the file has no heading of names")])
    text = part.texts[place]
    path = f"line {part.first + place}"
    if "\0" in text:
        raise InputError([Problem(path, "holds NUL characters; is the file in UTF-16?")])
    try:
        names = _split(text, delimiter or _delimiter(text))
    except csv.Error:
        raise InputError([Problem(path, f"the heading: {UNPAIRED}")]) from None
    if problem := problem_of(names):
        raise InputError([Problem(path, f"the heading: {problem}")])
    table = _Table(tuple(name.strip() for name in names), delimiter or _delimiter(text))
    return table, part.drop(place + 1)


def _split(text: str, delimiter: str) -> list[str]:
    return next(parser(delimiter)([text]))


def _delimiter(heading: str) -> str:
    """Find the delimiter that parts a heading into the most names.

    >>> _delimiter('email;"last, first";phone')
    ';'
    """
    bare = re.sub('"[^"]*"', "", heading)
    return max(DELIMITERS, key=bare.count)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the heading says: the names, and how values are parted."""

    names: tuple[str, ...]
    delimiter: str

    def read(self, part: Lines, *, is_last: bool) -> tuple[Rows, Lines]:
        """Read the rows of some lines; give back the lines of a row that goes on after them."""
        values = self._at_once(part)
        if values is not None:
            numbers = range(part.first, part.first + len(values))
            return self._rows(values, numbers), NO_LINES
        careful = Careful(part, parser(self.delimiter), len(self.names), is_last=is_last)
        rest = careful.read()
        rows = self._rows(careful.values, careful.lines)
        return replace(rows, rejected=tuple(careful.rejected)), rest

    def _at_once(self, part: Lines) -> list[list[str]] | None:
        """Read lines that are one proper row each; ``None`` where any is not."""
        if not part.clean or max(map(len, part.texts), default=0) > LONGEST:
            return None
        try:
            rows = list(parser(self.delimiter)(part.texts))
        except csv.Error:
            return None
        if len(rows) != len(part.texts) or not {len(self.names)}.issuperset(map(len, rows)):
            return None
        return rows

    def _rows(self, values: Sequence[list[str]], numbers: Sequence[int]) -> Rows:
        columns = zip(*values, strict=True) if values else ((),) * len(self.names)
        # An empty text is nothing said. Most columns of a contact have some.
        tidy = (tuple([v or None for v in c]) if "" in c else c for c in columns)
        return Rows(self.names, tuple(tidy), numbers)
