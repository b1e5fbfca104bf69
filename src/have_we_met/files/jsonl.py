"""Reading JSON Lines: an object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from ..errors import InputError, Problem
from .lines import LONGEST_LINE, Lines, lines
from .rows import Rejected, Rows
from .values import checked, encodes

MOST_NAMES = 1_000
"""Different names that the objects of a stretch may have; each becomes a column."""


def read_jsonl(stream: BinaryIO, *, encoding: str = "utf-8", chunk: int) -> Iterator[Rows]:
    """Read a file with one JSON object a line, some ``chunk`` lines at a time.

    Objects need not have the same names. A line that is no object, or holds what is no single
    value, is rejected. Raises :class:`InputError` for a file that is one JSON array.

    >>> import io
    >>> (rows,) = read_jsonl(io.BytesIO(b'{"email": "a@example.org"}'), chunk=100)
    >>> rows.names, rows.columns
    (('email',), (('a@example.org',),))
    """
    is_first = True
    for part in lines(stream, encoding=encoding, chunk=chunk):
        if is_first and part.texts[0].lstrip().startswith("["):
            message = "the file is a JSON array; it must have an object a line (jq -c '.[]')"
            raise InputError([Problem(f"line {part.first}", message)])
        is_first = False
        yield checked(_rows(part))


def _rows(part: Lines) -> Rows:
    names: dict[str, None] = {}
    records: list[dict[str, object]] = []
    numbers: list[int] = []
    rejected: list[Rejected] = []
    for number, text in enumerate(part.texts, part.first):
        if not text or text.isspace():
            continue
        try:
            record = _record(text)
            _note(names, record)
        except ValueError as exc:
            rejected.append(Rejected(number, str(exc)))
        else:
            records.append(record)
            numbers.append(number)
    columns = (tuple([record.get(name) for record in records]) for name in names)
    return Rows(tuple(names), tuple(columns), numbers, tuple(rejected))


def _note(names: dict[str, None], record: dict[str, object]) -> None:
    if names.keys() >= record.keys():
        return
    if len(names) + len(record) > MOST_NAMES:
        raise ValueError(f"brings more than {MOST_NAMES:,} different names")
    names.update(dict.fromkeys(record))


def _record(text: str) -> dict[str, object]:
    """Read one line; raises ValueError that does not quote it."""
    if len(text) > LONGEST_LINE:
        raise ValueError(f"a line of more than {LONGEST_LINE:,} characters")
    if not encodes(text):
        raise ValueError("holds bytes that are not in the file's encoding")
    try:
        found: Any = _decoder.decode(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except json.JSONDecodeError as exc:
        raise ValueError(f"is not JSON: {exc.msg} (column {exc.colno})") from None
    if not isinstance(found, dict):
        raise ValueError("is not a JSON object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"is not JSON: {name} is no number")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
