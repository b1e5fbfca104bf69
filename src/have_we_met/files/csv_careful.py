"""Reading rows of CSV one by one, where some lines are not a proper row each."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from .lines import LONGEST_LINE, NO_LINES, Lines
from .rows import LONGEST, Rejected
from .values import broken, encodes

MOST_LINES = 200
"""Lines that one row may have: an open quote must not swallow the file."""

UNPAIRED = "quotes do not pair up"

Parser = Callable[[Iterator[str] | Sequence[str]], Iterator[list[str]]]


def parser(delimiter: str) -> Parser:
    """The parser of the standard library, strict about quotes."""
    return partial(csv.reader, delimiter=delimiter, strict=True)


def problem_of(row: Sequence[str]) -> str | None:
    """Say what is wrong with the values of a row, or ``None``.

    >>> problem_of(["Ada", "Love" + chr(0)])
    'a value holds a NUL character'
    """
    if not encodes("".join(row)):
        return "holds bytes that are not in the file's encoding"
    return next((f"a value {problem}" for problem in map(broken, row) if problem), None)


class _Feed:
    """Hands out lines to a parser, up to a limit that moves from row to row."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self.at = self.until = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.at == self.until:
            raise StopIteration
        self.at += 1
        return self._texts[self.at - 1] + "\n"


class Careful:
    """The rows of some lines, told apart one by one.

    A row that is wrong is one bad line: the next line is tried as the beginning of a row, even
    where a quote seemed to go on. Only a row that is whole, and holds what cannot be stored, is
    refused with all its lines.
    """

    def __init__(self, part: Lines, parse: Parser, width: int, *, is_last: bool) -> None:
        self.values: list[list[str]] = []
        self.lines: list[int] = []
        self.rejected: list[Rejected] = []
        self._part = part
        self._feed = _Feed(part.texts)
        self._parsed = parse(self._feed)
        self._width = width
        self._is_last = is_last

    def read(self) -> Lines:
        """Read all rows; give back the lines of one that goes on after the last line."""
        feed, count = self._feed, len(self._part.texts)
        while (start := feed.at) < count:
            feed.until = min(start + MOST_LINES, count)
            row, problem = self._row()
            if problem and self._may_go_on(start):
                return self._part.drop(start)
            self._keep(start, row, problem)
        return NO_LINES

    def _row(self) -> tuple[list[str], str | None]:
        """Parse one row; the problem is one that could end with more lines."""
        try:
            return next(self._parsed), None
        except csv.Error as exc:
            too_long = "field larger" in str(exc)
            return [], f"a value has more than {LONGEST:,} characters" if too_long else UNPAIRED

    def _may_go_on(self, start: int) -> bool:
        at = self._feed.at
        return not self._is_last and at == len(self._part.texts) and at - start < MOST_LINES

    def _keep(self, start: int, row: list[str], problem: str | None) -> None:
        if not row and not problem:  # an empty line
            return
        if not problem and len(row) != self._width:
            problem = f"{len(row)} values where the heading has {self._width}"
        if problem:
            self._feed.at = start + 1
            if len(self._part.texts[start]) > LONGEST_LINE:
                problem = f"a line of more than {LONGEST_LINE:,} characters"
        else:
            problem = problem_of(row)
        if problem:
            self.rejected.append(Rejected(self._part.first + start, problem))
        else:
            self.values.append(row)
            self.lines.append(self._part.first + start)
