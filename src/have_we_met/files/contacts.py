"""From the rows of a file to contacts of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..errors import InputError, ModelError, Problem
from .ids import content_id, id_maker
from .plan import Plan, Planner
from .rows import Column, Rejected, Rows

_SILENT = "no field says anything"
_NO_ID = "the id is missing"


class Shaper:
    """Names rows of a file as the table does, and gives each its id.

    A row without an id gets one that follows from its content, where the table's ids can. A column
    that is no field and no column of the table is left out, and named in ``left_out``.
    """

    def __init__(self, planner: Planner) -> None:
        self.left_out: frozenset[str] = frozenset()
        self._planner = planner
        self._make_id = id_maker(planner.contacts)
        contacts = planner.contacts
        self._column_of = dict(zip(contacts.names, contacts.column_names, strict=True))
        self._plans: dict[tuple[str, ...], Plan] = {}

    def shape(self, rows: Rows) -> Rows:
        """Make contacts of some rows; those that say nothing, or lack an id, are rejected.

        Raises ``ModelError`` where no column of the first rows is a field, and
        :class:`InputError` where the table's ids can be neither found nor made.
        """
        if not rows.names:
            return rows
        try:
            plan = self._plan(rows.names)
        except ModelError:
            if not self._plans:
                raise
            return rows.without([Rejected(line, _SILENT) for line in rows.lines], range(len(rows)))
        said = {name: rows.columns[place] for name, place in plan.places.items()}
        key = {name: self._key(place, said, rows) for name, place in plan.key.items()}
        reasons = _without_id(key.values()) | _silent([said[name] for name in plan.fields])
        whole = {name: self._fit(name, c, reasons) for name, c in (said | key).items()}
        refused = [Rejected(rows.lines[place], reasons[place]) for place in sorted(reasons)]
        shaped = replace(rows, names=tuple(whole), columns=tuple(whole.values()))
        return shaped.without(refused, reasons)

    def _plan(self, names: tuple[str, ...]) -> Plan:
        """Find out what the columns are; objects of JSON may bring others in any stretch."""
        if names not in self._plans:
            planner = self._planner
            if self._plans:  # what was given by hand was there in the first rows
                held = {f: c for f, c in planner.given.items() if c in names}
                planner = replace(planner, given=held)
            plan = planner.plan(names)
            if not self._plans:
                self._check(plan)
            self._plans[names] = plan
            self.left_out |= plan.left_out
        return self._plans[names]

    def _check(self, plan: Plan) -> None:
        missing = [name for name, place in plan.key.items() if place is None]
        given = self._planner.id_column
        if missing and given is not None:
            raise InputError([Problem("id", f"there is no column {given!r}")])
        if missing and self._make_id is None:
            message = f"no column holds {', '.join(missing)}, by which the table knows its records"
            raise InputError([Problem("id", message)])

    def _key(self, place: int | None, said: dict[str, Column], rows: Rows) -> Column:
        make = self._make_id
        given: Column = (None,) * len(rows) if place is None else rows.columns[place]
        if make is None or None not in given:
            return given
        content = zip(*said.values(), strict=True)
        return [
            make(content_id(said, values)) if known is None else known
            for known, values in zip(given, content, strict=True)
        ]

    def _fit(self, name: str, values: Column, reasons: dict[int, str]) -> Column:
        """Make values ones that their column takes; note the reasons where one cannot be."""
        column = self._column_of[name]
        contacts = self._planner.contacts
        try:
            return contacts.fitted_column(column, values)
        except InputError:
            pass
        fitted = list(values)
        for place, value in enumerate(values):
            try:
                fitted[place] = contacts.fitted_column(column, [value])[0]
            except InputError as exc:
                reasons.setdefault(place, str(exc))
        return fitted


def _without_id(key: Iterable[Column]) -> dict[int, str]:
    return {place: _NO_ID for column in key for place, v in enumerate(column) if v is None}


def _silent(columns: Sequence[Column]) -> dict[int, str]:
    """The rows in which every one of some columns is empty or blank."""
    rows = zip(*columns, strict=True)
    return {place: _SILENT for place, row in enumerate(rows) if all(map(_is_blank, row))}


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and (not value or value.isspace()))
