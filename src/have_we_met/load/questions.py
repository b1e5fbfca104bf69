"""What is asked: invented people who come back changed, and new ones; or a file of your own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from ..errors import Problem
from ..synthetic import queries
from .plan import LoadError

_ALIASES: Mapping[str, str] = {"first_name": "firstName", "last_name": "lastName"}


def synthetic_questions(
    count: int, *, contacts: int, seed: int, known: float = 0.5
) -> Iterator[bytes]:
    """Give bodies, each another one, as people would send them.

    A share ``known`` is asked by the first ``contacts`` people that ``synthetic.contacts`` invents
    from ``seed``, who come back with one to three slips; the rest by others. Names are as frequent
    as they are among people, so some questions meet many candidates and most meet few.
    Raises ``MissingExtra`` where Faker is not installed.
    """
    for query in queries(count, contacts=contacts, seed=seed, known=known):
        said = {_ALIASES.get(n, n): v for n, v in query.raw.items() if v is not None}
        yield msgspec.json.encode(said)


def read_questions(path: Path) -> list[bytes]:
    """Read bodies from a file, one JSON object a line; raises :class:`LoadError` and OSError."""
    bodies, wrong = [], []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        if _is_object(line):
            bodies.append(line)
        else:
            wrong.append(Problem(f"line {number}", "is no JSON object"))
    if not bodies and not wrong:
        wrong.append(Problem(path.name, "holds no questions"))
    if wrong:
        raise LoadError(wrong)
    return bodies


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
