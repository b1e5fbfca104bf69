"""Invented contacts, and questions about them with known answers.

For demos, benchmarks and load tests. The names come from Faker's weighted lists, so this needs
``pip install 'have-we-met[demo]'``; everything else is invented here. Nobody in it is real: names
are drawn first and last apart, phone numbers are ones that no subscriber has, companies and their
domains are made up. Addresses at real free-mail providers may exist by accident: never write to
them.

The same seed gives the same people for ever (under one release of Faker's lists, whose
``fingerprint`` can be written beside a result), whatever the table's size and the chunks are.
"""

from __future__ import annotations

from collections.abc import Iterator

from .corrupt import CORRUPTIONS, Corruption, Life, Raw, corrupted
from .draw import Dice
from .faker_names import faker_names
from .names import Names
from .people import FIELDS, World
from .queries import LOST, Query
from .questions import NEW, Questions

Columns = dict[str, list[str | None]]
Contact = dict[str, str | None]


def contacts(
    count: int, *, seed: int = 0, chunk: int = 50_000, names: Names | None = None
) -> Iterator[list[Contact]]:
    """The first ``count`` contacts, in lists of ``chunk``: ``FIELDS`` each, None where not said.

    A million takes a few seconds. Memory is one chunk and some 12 bytes for each contact. Raises
    ``MissingExtra`` where Faker is not installed and no ``names`` are given.

    >>> [len(part) for part in contacts(5, chunk=2)]
    [2, 2, 1]
    """
    for columns in contact_columns(count, seed=seed, chunk=chunk, names=names):
        yield [dict(zip(FIELDS, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def contact_columns(
    count: int, *, seed: int = 0, chunk: int = 50_000, names: Names | None = None
) -> Iterator[Columns]:
    """The same contacts as columns, one list for each of ``FIELDS``.

    >>> [columns["id"] for columns in contact_columns(3, chunk=2)]
    [['c0000000', 'c0000001'], ['c0000002']]
    """
    return World(Dice(seed), names or faker_names()).contacts(count, chunk)


def queries(
    count: int,
    *,
    contacts: int,
    seed: int = 0,
    known: float = 0.5,
    start: int = 0,
    names: Names | None = None,
) -> Iterator[Query]:
    """Questions about the first ``contacts`` people, numbered ``start`` and on.

    A share ``known`` is asked by people in the table who come back with one to three
    ``CORRUPTIONS``; the rest by people who are not in it (``NEW`` says how they are related to
    those who are). E-mail or phone is always there. Question ``n`` is the same whatever ``start``
    and ``count`` are, so one stretch can teach and another examine. Raises ``ValueError`` where
    there are no contacts to ask about.

    >>> [query.truth is None for query in queries(4, contacts=100, known=0.0)]
    [True, True, True, True]
    """
    if contacts < 1:
        raise ValueError("there are no contacts to ask about")
    world = World(Dice(seed), names or faker_names())
    return Questions(world, contacts, known).ask(start, count)


__all__ = [
    "CORRUPTIONS",
    "FIELDS",
    "LOST",
    "NEW",
    "Columns",
    "Contact",
    "Corruption",
    "Life",
    "Names",
    "Query",
    "Raw",
    "contact_columns",
    "contacts",
    "corrupted",
    "faker_names",
    "queries",
]
