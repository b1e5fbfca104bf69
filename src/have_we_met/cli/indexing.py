"""``have-we-met init`` and ``have-we-met reindex``: a table that can be asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from .options import Columns, json_option, map_option, store_options
from .output import emit, facts
from .progress import counted
from .where import Where, closing, wait

if TYPE_CHECKING:
    from ..store import SqlStore


@click.command(
    epilog="""\b
Examples:
  have-we-met init --db sqlite:///contacts.db
  have-we-met init --db sqlite:///crm.db --table people --map first_name=Vorname
  have-we-met init --db postgresql://localhost/crm --triggers
"""
)
@store_options
@map_option
@click.option(
    "--triggers/--no-triggers",
    default=None,
    help="Have PostgreSQL note what other programs write, for sync, or no longer note it.",
)
@json_option
def init(where: Where, as_json: bool, columns: Columns, triggers: bool | None) -> None:
    """Make a table of contacts that can be asked.

    A table that is there is adopted as it is: its rows are indexed in side tables beside it, and
    nothing in it changes. Where there is none, one is created. Broken off, it goes on where it
    stopped when it is run again.
    """
    create = partial(where.create, triggers=triggers)
    _tell(where, as_json, wait(_count(create, columns)))


@click.command(
    epilog="""\b
Example:
  have-we-met reindex --db sqlite:///contacts.db --model model.toml
"""
)
@store_options
@map_option
@json_option
def reindex(where: Where, as_json: bool, columns: Columns) -> None:
    """Cut the side tables anew, after the model or the library has changed.

    Lookups by the old model go on meanwhile; writes are refused until it is done. Broken off, it
    goes on where it stopped when it is run again.
    """
    _tell(where, as_json, wait(_count(where.rebuild, columns)))


def _tell(where: Where, as_json: bool, records: int) -> None:
    result = {**where.facts(), "records": records}
    if as_json:
        emit(result)
    else:
        click.echo(facts(result))


async def _count(open_: Callable[..., Awaitable[SqlStore]], columns: Columns) -> int:
    with counted("indexing") as progress:
        store = await open_(dict(columns), progress)
    async with closing(store):
        return await store.count()
