"""``have-we-met init`` and ``have-we-met reindex``: a table that can be asked."""

from __future__ import annotations

import click

from .options import Columns, json_option, map_option, store_options
from .output import emit, facts
from .progress import counted
from .where import Where, closing, wait


@click.command(
    epilog="""\b
Examples:
  have-we-met init --db sqlite:///contacts.db
  have-we-met init --db sqlite:///crm.db --table people --map first_name=Vorname
"""
)
@store_options
@map_option
@json_option
def init(where: Where, as_json: bool, columns: Columns) -> None:
    """Make a table of contacts that can be asked.

    A table that is there is adopted as it is: its rows are indexed in side tables beside it, and
    nothing in it changes. Where there is none, one is created. Broken off, it goes on where it
    stopped when it is run again.
    """
    _index(where, as_json, columns, anew=False)


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
    _index(where, as_json, columns, anew=True)


def _index(where: Where, as_json: bool, columns: Columns, *, anew: bool) -> None:
    records = wait(_count(where, columns, anew=anew))
    result = {**where.facts(), "records": records}
    if as_json:
        emit(result)
    else:
        click.echo(facts(result))


async def _count(where: Where, columns: Columns, *, anew: bool) -> int:
    with counted("indexing") as progress:
        store = await where.create(dict(columns), progress, anew=anew)
    async with closing(store):
        return await store.count()
