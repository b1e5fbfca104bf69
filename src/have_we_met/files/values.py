"""Which values of a file can be kept as they are, which in other words, and which cannot."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from types import NoneType

from .rows import LONGEST, Column, Rejected, Rows

_PLAIN = frozenset({bool, date, datetime, time, Decimal, NoneType})
_BITS = 63
"""What an integer may have in a database; larger ones are kept as text."""


def broken(text: str) -> str | None:
    """Say what is wrong with a text that no database should hold, or ``None``.

    >>> broken("Ada"), broken("Ada" + chr(0))
    (None, 'holds a NUL character')
    """
    if len(text) > LONGEST:
        return f"has more than {LONGEST:,} characters"
    if "\0" in text:
        return "holds a NUL character"
    return None if encodes(text) else "holds characters that are half of one (surrogates)"


def checked(rows: Rows) -> Rows:
    """Keep of some rows of typed values those that can be stored; the others are refused."""
    problems: dict[int, str] = {}
    columns = []
    for name, column in zip(rows.names, rows.columns, strict=True):
        kept, wrong = _column(column)
        columns.append(kept)
        for place, problem in wrong:
            problems.setdefault(place, f"{name} {problem}")
    refused = [Rejected(rows.lines[place], problems[place]) for place in sorted(problems)]
    tidy = Rows(rows.names, tuple(columns), rows.lines, rows.rejected)
    return tidy.without(refused, problems)


def _column(column: Column) -> tuple[Column, list[tuple[int, str]]]:
    """Tidy a column; give the places of what cannot be, and why."""
    kinds = set(map(type, column))
    if kinds <= {str, NoneType} and _sound(column):
        return column, []
    kept: list[object] = []
    wrong = []
    for place, value in enumerate(column):
        try:
            kept.append(_plain(value))
        except ValueError as problem:
            kept.append(None)
            wrong.append((place, str(problem)))
    return kept, wrong


def _sound(column: Column) -> bool:
    """Whether every text of a column is as it should be and none is empty."""
    texts: list[str] = list(filter(None, column))  # type: ignore[arg-type]  # texts and None
    joined = "".join(texts)
    return (
        max(map(len, texts), default=0) <= LONGEST
        and "\0" not in joined
        and encodes(joined)
        and "" not in column
    )


def encodes(text: str) -> bool:
    """Tell whether a text is whole: without lone halves of characters (surrogates)."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _plain(value: object) -> object:
    """Give one value as a database takes it; raises ValueError with the reason why not."""
    kind = type(value)
    if kind in _TIDY:
        return _TIDY[kind](value)
    if kind in _PLAIN:
        return value
    if isinstance(value, list | dict | tuple):
        raise ValueError("holds a list or an object where one value belongs")
    return str(value)


def _text(value: str) -> str | None:
    if problem := broken(value):
        raise ValueError(problem)
    return value or None


def _bytes(value: bytes) -> str | None:
    try:
        return _text(value.decode())
    except UnicodeDecodeError:
        raise ValueError("holds bytes that are no text") from None


def _integer(value: int) -> int | str:
    return value if value.bit_length() <= _BITS else str(value)


def _float(value: float) -> float | None:
    return value if math.isfinite(value) else None


_TIDY: Mapping[type, Callable[..., object]] = {
    str: _text,
    bytes: _bytes,
    int: _integer,
    float: _float,
}
