"""Ids for rows that come without one: the same row has the same id in every run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID, uuid5

import sqlalchemy as sa

from ..errors import InputError
from ..store.contacts import Contacts

NAMESPACE = UUID("6f1b7f3e-5c0b-5f0c-9a58-3f6f6ba0a6d1")
"""In which rows are named after what they say (version 5 of RFC 9562)."""

_SAFE_BITS = 53
"""Of an integer id: what every reader of JSON keeps exact."""

MakeId = Callable[[UUID], object]


def content_id(names: Iterable[str], values: Iterable[object]) -> UUID:
    """Name a row after what it says.

    >>> content_id(["email", "phone"], ["a@example.org", None]) == content_id(
    ...     ["email"], ["a@example.org"]
    ... )
    True
    """
    said = [(n, str(v)) for n, v in zip(names, values, strict=True) if v is not None]
    # The length makes it unambiguous, whatever the values hold.
    return uuid5(NAMESPACE, "".join([f"{n}\x1f{len(v)}\x1f{v}\x1e" for n, v in said]))


def id_maker(contacts: Contacts) -> MakeId | None:
    """Give what turns the name of a row into an id of this table; ``None`` where nothing does.

    Nothing does where the key has several columns, is a field, or is of a kind of its own.
    """
    (column, *more) = contacts.key
    if more or column.name in contacts.fields.values():
        return None
    make = str if contacts.invents_ids else _integer
    if make is _integer and not isinstance(column.type, sa.Integer):
        return None
    return make if _fits(contacts, column.name, make) else None


def _integer(name: UUID) -> int:
    return name.int >> (128 - _SAFE_BITS)


def _fits(contacts: Contacts, column: str, make: MakeId) -> bool:
    """Whether the column takes such ids: four bytes of integer do not."""
    try:
        contacts.fitted({column: make(UUID(int=2**128 - 1))})
    except InputError:
        return False
    return True
