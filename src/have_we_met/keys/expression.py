"""How a key is written: the expression that is also its name.

A key is written as the expression that is also its name::

    email                                     the value itself
    domain(email)                             a transform of it
    soundex(last_name) + first(first_name, 1) several fields in one key
    {metaphone(first_name), metaphone(last_name)}   in braces: the order does not matter

Two records that share a key under any expression of a model are candidates for each other. A part
that says nothing makes the whole key say nothing, so a missing surname never joins all missing
surnames.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Annotated

from pydantic import ConfigDict, PlainValidator, Strict
from pydantic.dataclasses import dataclass

from ..errors import ModelError, Problem
from ..suggest import did_you_mean
from .transforms import TRANSFORMS, Cut, as_path, custom, import_path

_FROZEN = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def _named(transform: object) -> object:
    if not (isinstance(transform, str) or callable(transform)):
        raise ValueError("must be the name of a transform, an import path, or a function")
    return as_path(transform)


@dataclass(frozen=True, config=_FROZEN)
class Part:
    """One part of a key: a transform of one field.

    ``transform`` is a name of :data:`~have_we_met.transforms.TRANSFORMS`, an import path
    ``package.module:function``, or that function itself, which is then known by its path. ``n`` is
    the number of characters, for the transforms that count.

    >>> str(Part("last_name", "first", 3))
    'first(last_name, 3)'
    """

    field: Annotated[str, Strict()]
    transform: Annotated[str | Callable[[str], object], PlainValidator(_named)] = "identity"
    n: Annotated[int, Strict()] | None = None

    def __str__(self) -> str:
        if self.transform == "identity" and self.n is None:
            return self.field
        inside = self.field if self.n is None else f"{self.field}, {self.n}"
        return f"{self.name}({inside})"

    @property
    def name(self) -> str:
        """The transform as an expression writes it."""
        return self.transform if isinstance(self.transform, str) else import_path(self.transform)

    @cached_property
    def problem(self) -> str | None:
        """What is wrong with the transform, in a sentence; ``None`` where nothing is."""
        if not isinstance(self.transform, str):
            return f"'{self.name}' cannot be imported: use a function at the top of a module"
        row = TRANSFORMS.get(self.name)
        if row is None:
            return self._problem_of_path()
        if row.counted and (self.n is None or self.n < 1):
            return f"{self.name}() needs a number of characters: {self.name}({self.field}, 3)"
        if not row.counted and self.n is not None:
            return f"{self.name}() takes no number"
        return None

    def _problem_of_path(self) -> str | None:
        if ":" not in self.name:
            return f"no transform '{self.name}'{did_you_mean(self.name, TRANSFORMS)}"
        if self.n is not None:
            return f"{self.name}() takes no number"
        try:
            custom(self.name)
        except ValueError as exc:
            return str(exc)
        return None

    def cut(self) -> Cut:
        """Make the function that cuts this part from one value."""
        row = TRANSFORMS.get(self.name)
        return custom(self.name) if row is None else row.make(self.n or 0)


@dataclass(frozen=True, config=_FROZEN)
class Key:
    """A key of one or several parts; ``unordered`` makes it the same when they are swapped.

    >>> key = Key.parse("soundex(last_name)+first(first_name,1)")
    >>> str(key)
    'soundex(last_name) + first(first_name, 1)'
    >>> key.fields
    ('last_name', 'first_name')
    """

    parts: tuple[Part, ...]
    unordered: bool = False

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read an expression; raises ModelError where it is not one."""
        inside, separator, unordered = text.strip(), "+", False
        if inside.startswith("{") and inside.endswith("}"):
            inside, separator, unordered = inside[1:-1], ",", True
        key = cls(tuple(_parts(inside, separator, text)), unordered)
        if key.problem:
            raise _unreadable(text, key.problem)
        return key

    def __str__(self) -> str:
        if self.unordered:
            return f"{{{', '.join(map(str, self.parts))}}}"
        return " + ".join(map(str, self.parts))

    @property
    def problem(self) -> str | None:
        """What is wrong with the whole, in a sentence; the parts have their own."""
        if not self.parts:
            return "a key needs a part"
        return _BRACES if self.unordered and len(self.parts) < 2 else None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that this key is cut from."""
        return tuple(part.field for part in self.parts)


_BRACES = "braces need two parts or more"
_PART = re.compile(
    r"\s*(?:(?P<transform>[\w.]+(?::[\w.<>]+)?)\s*"
    r"\(\s*(?P<argument>\w+)\s*(?:,\s*(?P<n>\d+)\s*)?\)|(?P<field>\w+))\s*"
)


def _parts(inside: str, separator: str, text: str) -> Iterator[Part]:
    at = 0
    while True:
        found = _PART.match(inside, at)
        if found is None:
            raise _unreadable(text, f"expected a field or transform(field) at '{inside[at:]}'")
        n = found["n"]
        field = found["argument"] or found["field"]
        yield Part(field, found["transform"] or "identity", None if n is None else int(n))
        at = found.end()
        if at == len(inside):
            return
        if inside[at] != separator:
            raise _unreadable(text, f"expected '{separator}' at '{inside[at:]}'")
        at += 1


def _unreadable(text: str, why: str) -> ModelError:
    return ModelError([Problem("", f"cannot read the key '{text}': {why}")])
