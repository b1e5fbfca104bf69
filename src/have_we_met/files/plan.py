"""Which column of a file is what: a field, another column of the table, an id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import InputError, Problem
from ..model import Model
from ..store.columns import recognise
from ..store.contacts import Contacts


@dataclass(frozen=True, slots=True)
class Plan:
    """Where in a row of the file each value of a contact stands.

    ``fields``, ``others`` (columns of the table that are no field) and ``key`` map names of a
    contact to places; ``key`` to ``None`` where the file has no such column. ``left_out`` names the
    columns that nobody asked for.
    """

    fields: Mapping[str, int]
    others: Mapping[str, int]
    key: Mapping[str, int | None]
    left_out: frozenset[str]

    @property
    def places(self) -> dict[str, int]:
        """What a row says of a contact, its id left aside: the fields first."""
        return {**self.fields, **self.others}


@dataclass(frozen=True)
class Planner:
    """Recognises columns by their names, whatever their case and separators.

    ``given`` maps fields to columns by hand, ``id_column`` says which column holds the ids.
    """

    model: Model
    contacts: Contacts
    given: Mapping[str, str] = field(default_factory=dict)
    id_column: str | None = None

    def plan(self, names: Sequence[str]) -> Plan:
        """Find the place of everything; raises ``ModelError`` where no column is a field."""
        recognised = recognise(names, self.model, self.given)
        held = self.contacts.fields
        fields = {name: names.index(c) for name, c in recognised.items() if name in held}
        key = {
            name: self._key(column.name, name, names, fields)
            for name, column in zip(self._names_of_key, self.contacts.key, strict=True)
        }
        taken = {*fields.values(), *key.values()}
        others = self._others(names, taken, {*fields, *key})
        taken |= {*others.values()}
        left_out = {name for place, name in enumerate(names) if place not in taken and name}
        return Plan(fields, others, key, frozenset(left_out))

    @property
    def _names_of_key(self) -> list[str]:
        by_column = dict(zip(self.contacts.column_names, self.contacts.names, strict=True))
        return [by_column[column.name] for column in self.contacts.key]

    def _key(
        self, column: str, name: str, names: Sequence[str], fields: Mapping[str, int]
    ) -> int | None:
        alone = len(self.contacts.key) == 1
        if alone and self.id_column is not None:
            return names.index(self.id_column) if self.id_column in names else None
        if name in fields:
            return fields[name]
        return _find(names, [column, "id"] if alone else [column], {*fields.values()})

    def _others(
        self, names: Sequence[str], taken: set[int | None], known: set[str]
    ) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for name in self.contacts.names:
            place = _find(names, [name], {*taken, *found.values()})
            if name not in known and place is not None:
                found[name] = place
        return found


def must_fit(
    names: Sequence[str], model: Model, given: Mapping[str, str], id_column: str | None
) -> None:
    """Refuse a file before anything is made for it: ``given`` columns that it does not have.

    Raises ``ModelError`` with all mistakes, or where no column is a field, and
    :class:`InputError` where there is no column ``id_column``.

    >>> from have_we_met import preset
    >>> must_fit(["Email"], preset("contacts"), {}, "Nr")
    Traceback (most recent call last):
    ...
    have_we_met.errors.InputError: id: there is no column 'Nr'
    """
    recognise(names, model, given)
    if id_column is not None and id_column not in names:
        raise InputError([Problem("id", f"there is no column {id_column!r}")])


def _find(names: Sequence[str], spellings: Iterable[str], taken: set[int | None]) -> int | None:
    """The place of the first name that is one of the spellings, the better spelling first."""
    letters = [None if place in taken else _letters(name) for place, name in enumerate(names)]
    places = (letters.index(s) for s in map(_letters, spellings) if s in letters)
    return next(places, None)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()
