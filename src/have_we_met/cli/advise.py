"""``have-we-met advise``: which keys cost too much, which bring nothing, and what is better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import json_option, store_options
from .output import emit
from .progress import counted
from .where import Where, closing, wait

if TYPE_CHECKING:
    from .advising import Advice


@click.command(
    epilog="""\b
Examples:
  have-we-met advise --db sqlite:///contacts.db
  have-we-met advise --model model.toml --sample 200 --json
"""
)
@store_options
@click.option(
    "--sample",
    "size",
    type=click.IntRange(1, 100_000),
    default=1_000,
    show_default=True,
    help="How many stored records are looked up.",
)
@json_option
def advise(where: Where, size: int, as_json: bool) -> None:
    """Say what the keys of a model cost and bring on the records that are stored.

    Which indexes are used, and which are missing; how large the buckets of each key are, and which
    are over-full; how many candidates and matches each key brings, and how many no other key does.
    For an over-full key, narrower ones are tried and those that lose least are named. Nothing is
    written to the database, and no value of a record is shown.
    """
    from .advice_text import advice_data, advice_text

    advice = wait(_advise(where, size))
    if as_json:
        emit(advice_data(advice))
    else:
        click.echo(advice_text(advice))


async def _advise(where: Where, size: int) -> Advice:
    from .advising import advise

    async with closing(await where.open()) as store:
        with counted("looking up") as progress:
            return await advise(store, size, progress)
