"""A file of rows on the command line: where it is, how it is written, how far we are in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from .arguments import STDIN
from .interrupts import interruptible
from .options import Command, Option, apply

if TYPE_CHECKING:
    from ..files import Format, Rows


SOME_REJECTED = 3
"""The status of a command that went through a file and rejected some of its rows."""

_FORMAT: tuple[Option, ...] = (
    click.option(
        "--format",
        "name",
        type=click.Choice(["csv", "jsonl", "parquet"]),
        help="How the file is written, where its ending does not say it.",
    ),
    click.option("--encoding", default="utf-8", show_default=True, help="Of a text file."),
    click.option("--delimiter", help="Of CSV; found in the heading where not given."),
    click.option(
        "--chunk",
        type=click.IntRange(min=1),
        default=50_000,
        show_default=True,
        help="Rows read at a time, and written in one transaction.",
    ),
)


@dataclass(frozen=True, slots=True)
class Source:
    """What was said about how a file is written."""

    name: str | None
    encoding: str
    delimiter: str | None
    chunk: int

    def format(self, path: str) -> Format:
        """How to read this file; raises ``InputError`` where its format is not known."""
        from ..files import Format, format_of

        name = self.name or ("csv" if path == STDIN else format_of(path))
        return Format(name=name, encoding=self.encoding, delimiter=self.delimiter, chunk=self.chunk)

    @contextmanager
    def open(self, path: str) -> Iterator[Reading]:
        """Open a file, or stdin for ``-``."""
        how = self.format(path)
        if path == STDIN:
            yield Reading(sys.stdin.buffer, interruptible(how.read(sys.stdin.buffer)), None)
            return
        with open(path, "rb") as stream:
            rows, size = interruptible(how.read(stream)), os.fstat(stream.fileno()).st_size
            yield Reading(stream, rows, size)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read."""

    stream: BinaryIO
    rows: Iterator[Rows]
    size: int | None

    @property
    def share(self) -> float | None:
        """How much of it was read, where it is known."""
        return self.stream.tell() / max(self.size, 1) if self.size is not None else None


def format_options(command: Command) -> Command:
    """Give a command ``--format`` and what goes with it, as one value called ``source``."""

    @wraps(command)
    def told(
        name: str | None, encoding: str, delimiter: str | None, chunk: int, **others: Any
    ) -> None:
        if delimiter is not None:
            delimiter = delimiter.replace("\\t", "\t")
            if len(delimiter) != 1:
                raise click.BadParameter("is one character, or \\t", param_hint="--delimiter")
        command(source=Source(name, encoding, delimiter, chunk), **others)

    return apply(_FORMAT, told)
