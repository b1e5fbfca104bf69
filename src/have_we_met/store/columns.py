"""Which column of a table or file holds which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import ModelError, Problem
from ..model import Model
from ..suggest import did_you_mean


def recognise(
    columns: Iterable[str], model: Model, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Map each field of the model to the column that holds it; fields without one are left out.

    A column is recognised by the field's name or alias, whatever its case and separators:
    ``FirstName``, ``first-name`` and ``FIRST_NAME`` all hold ``first_name``. ``given`` maps fields
    to columns by hand and is asked first. Raises :class:`ModelError` with all mistakes in ``given``
    and where no field at all has a column.

    >>> from have_we_met import preset
    >>> recognise(["ID", "E-mail", "FirstName"], preset("contacts"))
    {'email': 'E-mail', 'first_name': 'FirstName'}
    """
    present = list(columns)
    chosen = dict(given or {})
    problems = list(_mistakes(chosen, present, model))
    if problems:
        raise ModelError(problems)
    by_letters = {_letters(column): column for column in reversed(present)}
    for field in model.fields:
        spellings = (_letters(field.name), _letters(field.alias or ""))
        column = next((by_letters[s] for s in spellings if s in by_letters), None)
        if column is not None and column not in chosen.values():
            chosen.setdefault(field.name, column)
    if not chosen:
        names = ", ".join(field.name for field in model.fields)
        raise ModelError(
            [Problem("columns", f"none of {', '.join(present)} is one of the fields {names}")]
        )
    return {name: chosen[name] for name in model.field_names if name in chosen}


def _mistakes(chosen: Mapping[str, str], present: list[str], model: Model) -> Iterable[Problem]:
    for field, column in chosen.items():
        if field not in model.field_names:
            hint = did_you_mean(field, model.field_names)
            yield Problem(f"columns.{field}", f"no field {field!r}{hint}")
        if column not in present:
            hint = did_you_mean(column, present)
            yield Problem(f"columns.{field}", f"no column {column!r}{hint}")


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()
