"""A table that is given by its name, as a SQLAlchemy ``Table``, or as a mapped class."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from ..errors import ModelError, Problem
from ..model import Model
from .columns import recognise

Given = str | sa.Table | type[Any]


@dataclass(frozen=True, slots=True)
class GivenTable:
    """A table's name, and the columns of the fields where its own names do not say them.

    ``is_callers`` says that its layout is the caller's affair: we create no table of that name.
    """

    name: str
    columns: Mapping[str, str] | None = None
    is_callers: bool = False


def given_table(
    given: Given | None, model: Model, columns: Mapping[str, str] | None = None
) -> GivenTable:
    """Read how a table was given; ``columns`` may name columns or a mapped class's attributes.

    >>> from have_we_met import preset
    >>> crm = sa.Table("people", sa.MetaData(), sa.Column("nr", sa.Integer), schema="crm")
    >>> given_table(crm, preset("contacts")).name
    'crm.people'
    """
    if given is None or isinstance(given, str):
        return GivenTable(given or model.table, columns)
    if isinstance(given, sa.Table):
        return GivenTable(given.fullname, columns, is_callers=True)
    mapper = mapper_of(given)
    return GivenTable(table_of(mapper).fullname, _by_attribute(mapper, model, columns), True)


def mapper_of(given: object) -> Mapper[Any]:
    """Give the mapper of a mapped class; raises :class:`ModelError` for anything else."""
    mapper = sa.inspect(given, raiseerr=False)
    if not isinstance(mapper, Mapper):
        raise ModelError([Problem("table", "must be a name, a Table or a mapped class")])
    return mapper


def table_of(mapper: Mapper[Any]) -> sa.Table:
    """Give the table that a class is mapped to; raises :class:`ModelError` where it is none."""
    if not isinstance(mapper.local_table, sa.Table):
        raise ModelError([Problem("table", f"{mapper.class_.__name__} is not mapped to a table")])
    return mapper.local_table


def _by_attribute(
    mapper: Mapper[Any], model: Model, columns: Mapping[str, str] | None
) -> dict[str, str] | None:
    """Find the fields by the attributes' names, which may be other ones than the columns'."""
    own = table_of(mapper).columns
    column_of = {
        attribute.key: attribute.columns[0].name
        for attribute in mapper.column_attrs
        if attribute.columns[0] in own.values()
    }
    chosen = {field: column_of.get(name, name) for field, name in (columns or {}).items()}
    with suppress(ModelError):  # no attribute is called like a field; perhaps a column is
        for field, attribute in recognise(column_of, model).items():
            if column_of[attribute] not in chosen.values():
                chosen.setdefault(field, column_of[attribute])
    return chosen or None
