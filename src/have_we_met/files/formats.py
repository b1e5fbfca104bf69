"""Which files can be read, and how each is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from ..errors import InputError, Problem
from .csv import read_csv
from .jsonl import read_jsonl
from .parquet import read_parquet
from .rows import CHUNK, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a file is written.

    ``name`` is one of ``csv``, ``jsonl`` and ``parquet``. ``delimiter`` is found where not given.
    ``chunk`` is how many rows are read at a time.
    """

    name: str = "csv"
    encoding: str = "utf-8"
    delimiter: str | None = None
    chunk: int = CHUNK

    def read(self, stream: BinaryIO) -> Iterator[Rows]:
        """Read a file; raises :class:`InputError` where it is not in this format."""
        return _READERS[self.name](stream, self)


_READERS: Mapping[str, Callable[[BinaryIO, Format], Iterator[Rows]]] = {
    "csv": lambda stream, how: read_csv(
        stream, encoding=how.encoding, delimiter=how.delimiter, chunk=how.chunk
    ),
    "jsonl": lambda stream, how: read_jsonl(stream, encoding=how.encoding, chunk=how.chunk),
    "parquet": lambda stream, how: read_parquet(stream, chunk=how.chunk),
}

FORMATS = tuple(_READERS)

_BY_ENDING: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def format_of(name: str) -> str:
    """Tell a file's format by the ending of its name; raises :class:`InputError`.

    >>> format_of("people.ndjson")
    'jsonl'
    """
    ending = PurePath(name).suffix.lower()
    if ending not in _BY_ENDING:
        message = f"no format is known by its ending {ending!r}; it can be {', '.join(FORMATS)}"
        raise InputError([Problem("file", message)])
    return _BY_ENDING[ending]
