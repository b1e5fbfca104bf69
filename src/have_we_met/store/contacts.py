"""The caller's table, as it is: its columns, its primary key, and where the fields are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa

from ..errors import InputError, ModelError, Problem, RecordNotFound, TableNotFound
from ..model import Model
from ..record import RecordId
from .columns import recognise

T = TypeVar("T")

Row = tuple[Any, ...]
"""A row as a driver gives it."""

Column = Sequence[Any]
"""The values of one column for some rows."""

Fit = Callable[[object], object]
"""Makes a value one that a column takes; raises ValueError or TypeError that quote no value."""


@dataclass(frozen=True)
class Contacts:
    """The table that holds the records.

    ``fields`` maps the model's fields to columns of the table. Columns without a field are kept
    and given back as they are; the fields' values are known under the fields' names. ``fit`` knows
    what the database's driver takes for a column.
    """

    table: sa.Table
    fields: Mapping[str, str]
    fit: Callable[[sa.Column[Any]], Fit]

    @property
    def name(self) -> str:
        """The table's name, with its schema where it was given with one."""
        return self.table.fullname

    @cached_property
    def key(self) -> tuple[sa.Column[object], ...]:
        """The columns of the primary key, in order."""
        return tuple(self.table.primary_key.columns)

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The table's columns, in order."""
        return tuple(column.name for column in self.table.columns)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each column is called in a contact: its field's name, else its own."""
        field_of = {column: field for field, column in self.fields.items()}
        return tuple(field_of.get(name, name) for name in self.column_names)

    @cached_property
    def _column_of(self) -> dict[str, str]:
        """Each name that a contact may use for a column; a field's name wins over a column's."""
        return {**{name: name for name in self.column_names}, **self.fields}

    @cached_property
    def _key_positions(self) -> tuple[int, ...]:
        return tuple(self.column_names.index(column.name) for column in self.key)

    def contact(self, row: Row) -> dict[str, object]:
        """Name the values of a row of the table."""
        return dict(zip(self.names, row, strict=True))

    def key_of_row(self, row: Row) -> Row:
        """Read the primary key out of a row of the table."""
        return tuple([row[position] for position in self._key_positions])

    def by_id(self, rows: Iterable[Row]) -> dict[RecordId, dict[str, object]]:
        """Name the values of rows of the table, and give each under its id."""
        return {record_id(self.key_of_row(row)): self.contact(row) for row in rows}

    def by_field(self, rows: Sequence[Row]) -> dict[str, Column]:
        """Turn rows of the table into columns under the fields' names."""
        by_column = dict(zip(self.column_names, zip(*rows, strict=True), strict=True))
        return {field: by_column[column] for field, column in self.fields.items()}

    def columns(self, raw: Mapping[str, T], model: Model) -> dict[str, T]:
        """Say which column each value of a contact belongs in.

        Names may be fields, their aliases, or columns. Raises :class:`InputError` that names all
        others.
        """
        result: dict[str, T] = {}
        problems = []
        for name, value in raw.items():
            column = self._column_of.get(model.aliases.get(name, name))
            if column is None:
                problems.append(Problem(name, f"the table {self.name} has no such column"))
            else:
                result[column] = value
        if problems:
            raise InputError(problems)
        return result

    @cached_property
    def _fits(self) -> dict[str, Fit]:
        return {column.name: self.fit(column) for column in self.table.columns}

    def fitted(self, columns: Mapping[str, object]) -> dict[str, object]:
        """Make each value one that its column takes; ``None`` stays.

        Raises :class:`InputError` that names the fields whose values do not fit.
        """
        result: dict[str, object] = {}
        problems = []
        for name, value in columns.items():
            try:
                result[name] = None if value is None else self._fits[name](value)
            except (ValueError, TypeError) as exc:
                problems.append(Problem(self._name_of[name], str(exc)))
        if problems:
            raise InputError(problems)
        return result

    def fitted_column(self, name: str, values: Column) -> Column:
        """Make a column's values ones that it takes; ``None`` stays.

        Raises :class:`InputError` where any does not fit.
        """
        if self._is_text(name) and _is_plain(values):
            return values
        fit = self._fits[name]
        try:
            return [None if value is None else fit(value) for value in values]
        except (ValueError, TypeError) as exc:
            raise InputError([Problem(self._name_of[name], str(exc))]) from None

    def _is_text(self, name: str) -> bool:
        kind = self.table.columns[name].type
        return isinstance(kind, sa.Text) and kind.length is None

    @cached_property
    def _name_of(self) -> dict[str, str]:
        return dict(zip(self.column_names, self.names, strict=True))

    def by_name(self, columns: Mapping[str, object]) -> dict[str, object]:
        """Name the values of some columns as a contact does."""
        return {self._name_of[name]: value for name, value in columns.items()}

    @cached_property
    def invents_ids(self) -> str | None:
        """The key column for which we make ids where none is given: a single text or UUID."""
        if len(self.key) != 1 or self.key[0].server_default is not None:
            return None
        kind = self.key[0].type
        return self.key[0].name if isinstance(kind, sa.String | sa.Uuid) else None

    def must_have_key(self, columns: Mapping[str, object]) -> None:
        """Raise :class:`InputError` where a part of the primary key is neither given nor made.

        A key of one column is made by us or by the database; of several, only what has a default.
        """
        if len(self.key) == 1:
            return
        made = {column.name for column in self.key if column.server_default is not None}
        missing = [c.name for c in self.key if columns.get(c.name) is None and c.name not in made]
        if missing:
            message = "is part of the primary key, and must be given"
            raise InputError(Problem(self._name_of[name], message) for name in missing)

    @cached_property
    def _key_fits(self) -> tuple[Callable[[Any], Any], ...]:
        return tuple(self._fits[column.name] for column in self.key)

    def key_values(self, record: RecordId) -> Row:
        """Give the primary key's values, each of its column's type.

        An id that cannot be one of this table's names no record: :class:`RecordNotFound`.
        """
        try:
            if not isinstance(record, tuple):
                (fit,) = self._key_fits
                return (fit(record),)
            return tuple(fit(v) for fit, v in zip(self._key_fits, record, strict=True))
        except (ValueError, TypeError):
            raise RecordNotFound("that id cannot be one of this table's") from None

    def keys_named(self, ids: Sequence[RecordId]) -> dict[str, object]:
        """Give several primary keys' values under the names that statements have for them."""
        return {
            f"key{at}_{column.name}": value
            for at, one in enumerate(ids)
            for column, value in zip(self.key, self.key_values(one), strict=True)
        }

    def same_id(self, record: RecordId) -> RecordId:
        """Give an id as this table spells it, so that ``"2"`` and ``2`` are one where it is so.

        Raises :class:`RecordNotFound` as :meth:`key_values` does.
        """
        return record_id(self.key_values(record))


def _is_plain(values: Column) -> bool:
    """Whether all are whole texts, which any text column takes: the ordinary case."""
    if not {str, type(None)}.issuperset(map(type, values)):
        return False
    whole = "".join(filter(None, values))
    try:
        return "\0" not in whole and (whole.isascii() or bool(whole.encode()))
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def record_id(key: Row) -> RecordId:
    """Give the primary key as callers see it: a bare value, or a tuple of several."""
    if len(key) == 1:
        return key[0] if isinstance(key[0], int | str) else str(key[0])
    return tuple(v if isinstance(v, int | str) else str(v) for v in key)


def adopt(
    bind: sa.Engine | sa.Connection,
    name: str,
    model: Model,
    fit: Callable[[sa.Column[Any]], Fit],
    columns: Mapping[str, str] | None = None,
    schema: str | None = None,
) -> Contacts:
    """Look at a table of the caller's and find the model's fields in it.

    Raises :class:`TableNotFound`, and :class:`ModelError` where it has no primary key or no
    column for any field.
    """
    try:
        table = _look(sa.inspect(bind), name, schema)
    except sa.exc.NoSuchTableError as exc:
        raise TableNotFound(
            f"there is no table {name!r} in this database; have-we-met init creates one"
        ) from exc
    if not table.primary_key.columns:
        raise ModelError([Problem("table", f"{name!r} has no primary key, and records need ids")])
    return Contacts(table, recognise([c.name for c in table.columns], model, columns), fit)


def _look(inspector: sa.Inspector, name: str, schema: str | None) -> sa.Table:
    """Describe a table by its columns and its key: all that we need, and a third of the work."""
    columns = [
        sa.Column(
            column["name"],
            column["type"],
            nullable=column["nullable"],
            server_default=(
                sa.FetchedValue() if column["default"] or column.get("identity") else None
            ),
        )
        for column in inspector.get_columns(name, schema)
    ]
    key = inspector.get_pk_constraint(name, schema)["constrained_columns"]
    return sa.Table(name, sa.MetaData(), *columns, sa.PrimaryKeyConstraint(*key), schema=schema)


def own_table(name: str, model: Model, schema: str | None = None) -> sa.Table:
    """Describe the table that we create where the caller has none: a text id, a text a field."""
    moment = sa.DateTime(timezone=True)
    now = sa.func.current_timestamp()
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(field, sa.Text) for field in model.field_names if field != "id"),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
        schema=schema,
    )
