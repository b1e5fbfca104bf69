"""Lines of a text file, a chunk at a time, in bounded memory whatever the file holds."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import InputError, Problem
from .values import encodes

LONGEST_LINE = 1 << 18
"""Characters of a line. Of a longer one just one more is kept, so that whoever reads it sees it."""

_BLOCK = 1 << 18
_BUDGET = 1 << 23
"""Characters in a chunk: with long lines it holds fewer of them."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines without their ends; ``first`` is the number of the first, from 1.

    ``clean`` says that each is a proper text: no NUL, no bytes that cannot be read (they stand as
    lone surrogates), none too long.
    """

    first: int
    texts: list[str]
    clean: bool = True

    def after(self, rest: Lines) -> Lines:
        """These lines, after those that were left of the chunk before."""
        if not rest.texts:
            return self
        return Lines(rest.first, rest.texts + self.texts, rest.clean and self.clean)

    def drop(self, count: int) -> Lines:
        """The lines from the ``count``-th on."""
        return Lines(self.first + count, self.texts[count:], self.clean)


NO_LINES = Lines(1, [])


def lines(stream: BinaryIO, *, encoding: str = "utf-8", chunk: int) -> Iterator[Lines]:
    """Read a stream as lines, ``chunk`` at a time, or fewer where they are long.

    A byte order mark is passed over, and every kind of line end is one. Raises
    :class:`InputError` for an encoding that there is not, or that the file is not in.

    >>> [part.texts for part in lines(io.BytesIO(b"one\\r\\ntwo"), chunk=10)]
    [['one', 'two']]
    """
    number, size, rest = 1, 0, ""
    pending: list[str] = []
    for block in _blocks(stream, encoding):
        *whole, rest = (rest + block).split("\n")
        rest = rest[: LONGEST_LINE + 1]
        pending += whole
        size += len(block)
        while len(pending) >= chunk or (pending and size > _BUDGET):
            yield _checked(number, pending[:chunk])
            number += len(pending[:chunk])
            pending = pending[chunk:]
            size = sum(map(len, pending))
    if rest:
        pending.append(rest)
    if pending:
        yield _checked(number, pending)


def _checked(first: int, texts: list[str]) -> Lines:
    if max(map(len, texts)) > LONGEST_LINE:
        return Lines(first, [text[: LONGEST_LINE + 1] for text in texts], clean=False)
    whole = "".join(texts)
    return Lines(first, texts, clean="\0" not in whole and encodes(whole))


def _blocks(stream: BinaryIO, encoding: str) -> Iterator[str]:
    try:
        known = codecs.lookup(encoding).name
        text = io.TextIOWrapper(
            stream,
            encoding="utf-8-sig" if known == "utf-8" else known,
            errors="surrogateescape",
        )
    except LookupError:
        raise InputError([Problem("encoding", f"there is none called {encoding!r}")]) from None
    try:
        while block := text.read(_BLOCK):
            yield block
    except UnicodeError:
        raise InputError([Problem("encoding", f"the file is not in {encoding}")]) from None
    finally:
        if not stream.closed:
            text.detach()  # the stream is its owner's to close
