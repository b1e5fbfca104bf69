"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

import click

from .where import Where

Command = Callable[..., None]
Option = Callable[[Any], Any]
Columns = Sequence[tuple[str, str]]
"""Fields and the columns that hold them, as ``--map`` gives them."""

db_option = click.option(
    "--db",
    default="sqlite:///contacts.db",
    show_default=True,
    envvar="HAVE_WE_MET_DB",
    show_envvar=True,
    metavar="URL",
    help="The database, named as for SQLAlchemy.",
)
_STORE: tuple[Option, ...] = (
    db_option,
    click.option(
        "--model",
        default="contacts",
        show_default=True,
        envvar="HAVE_WE_MET_MODEL",
        show_envvar=True,
        metavar="FILE|PRESET",
        help="The model: a TOML file, or a preset's name.",
    ),
    click.option(
        "--table",
        envvar="HAVE_WE_MET_TABLE",
        show_envvar=True,
        metavar="NAME",
        help="The table of contacts, where it is not the model's.",
    ),
)


def apply(options: Iterable[Option], command: Command) -> Command:
    """Give a command some options, in their order in its help."""
    for option in reversed([*options]):
        command = option(command)
    return command


def store_options(command: Command) -> Command:
    """Give a command ``--db``, ``--model`` and ``--table``, as one value called ``where``."""

    @wraps(command)
    def located(db: str, model: str, table: str | None, **others: Any) -> None:
        command(where=Where(db, model, table), **others)

    return apply(_STORE, located)


def _pairs(ctx: click.Context, param: click.Parameter, values: Iterable[str]) -> Columns:
    """Part each at its first equals sign."""
    pairs = []
    for value in values:
        field, _, column = value.partition("=")
        if not (field and column):
            raise click.BadParameter("write it as FIELD=COLUMN, such as first_name=Vorname")
        pairs.append((field, column))
    return pairs


map_option = click.option(
    "--map",
    "columns",
    metavar="FIELD=COLUMN",
    callback=_pairs,
    multiple=True,
    help="Which column holds a field, where the names do not say it. Repeatable.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Write JSON to stdout; messages go to stderr."
)
webhook_option = click.option(
    "--webhook",
    envvar="HAVE_WE_MET_WEBHOOK",
    show_envvar=True,
    metavar="URL",
    help="Where late verdicts are sent, signed with HAVE_WE_MET_WEBHOOK_SECRET.",
)
by_option = click.option(
    "--by", default="command", show_default=True, help="Who does, for the audit: no person's data."
)
erased_option = click.option(
    "--erased",
    type=click.Choice(["refuse", "report", "off"]),
    default="refuse",
    show_default=True,
    help="What becomes of people who were erased: kept out, counted, or not looked for.",
)
redact_option = click.option("--redact", is_flag=True, help="Leave out the values.")
