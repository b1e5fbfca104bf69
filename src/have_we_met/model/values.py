"""The kinds of values that a model's settings take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, ConfigDict, PlainValidator, Strict
from pydantic import Field as Limits

from ..errors import ModelError
from ..keys import Key
from ..keys.transforms import as_path

T = TypeVar("T")

FROZEN = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

Text = Annotated[str, Strict()]
Number = Annotated[float, Strict(), Limits(allow_inf_nan=False)]
Whole = Annotated[int, Strict()]
Truth = Annotated[bool, Strict()]

Many = Annotated[Sequence[T], AfterValidator(tuple)]
"""Any sequence when given, a tuple from then on."""


class FrozenMap(Mapping[str, object]):
    """Options: a mapping that does not change, so that a model can be hashed and compared.

    >>> FrozenMap({"region": "GB"}) == {"region": "GB"}
    True
    """

    def __init__(self, items: Mapping[str, object] | None = None) -> None:
        self._items = {name: _freeze(name, value) for name, value in (items or {}).items()}

    def __getitem__(self, name: str) -> object:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


def _freeze(name: object, value: object) -> object:
    if not isinstance(name, str):
        raise ValueError("options have names")
    if isinstance(value, str | int | float):  # bool is an int
        return value
    if isinstance(value, Mapping):
        return FrozenMap(value)
    if isinstance(value, Sequence | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return tuple(_freeze(name, item) for item in items)
    raise ValueError(f"'{name}' must be text, a number, true or false, or a list of these")


def _options(value: object) -> FrozenMap:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of options")
    return value if isinstance(value, FrozenMap) else FrozenMap(value)


Options = Annotated[Mapping[str, object], PlainValidator(_options)]
"""Any mapping when given, a :class:`FrozenMap` from then on."""


def _named(value: object) -> object:
    if not (isinstance(value, str) or callable(value)):
        raise ValueError("must be a name, an import path 'package.module:name', or a function")
    return as_path(value)


Named = Annotated[str | Callable[..., Any], PlainValidator(_named)]
"""A name from a table, an import path ``package.module:name``, or the thing itself."""


def _key(value: object) -> Key:
    if isinstance(value, Key):
        return value
    if not isinstance(value, str):
        raise ValueError("must be an expression such as 'domain(email)'")
    try:
        return Key.parse(value)
    except ModelError as exc:
        raise ValueError(str(exc)) from None


Expression = Annotated[Key | str, PlainValidator(_key)]
"""A key or its expression when given, a :class:`~have_we_met.keys.Key` from then on."""
