"""``have-we-met import``: a file of contacts into a store."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from .arguments import STDIN
from .options import Columns, erased_option, json_option, map_option, store_options
from .output import emit, facts, say
from .progress import Show, counted, progress
from .source import SOME_REJECTED, Reading, Source, format_options
from .where import Where, closing, wait

if TYPE_CHECKING:
    from ..files import RejectsFile
    from ..files.ahead import Preparer
    from ..files.contacts import Shaper
    from ..store import Store
    from ..store.base import Loaded
    from ..store.tombstones import Then


@click.command(
    "import",
    epilog="""\b
Examples:
  have-we-met import people.csv --db sqlite:///contacts.db
  have-we-met import kunden.csv --map first_name=Vorname --map last_name=Nachname --id Nummer
  have-we-met import - --format jsonl --json < people.jsonl

Status: 0 all rows are in, 3 some were rejected, 1 it broke off (run it again), 2 wrong usage.
""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@store_options
@format_options
@map_option
@click.option("--id", "id_column", metavar="COLUMN", help="Which column holds the ids.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where to write rejected rows; otherwise FILE.rejects.jsonl.",
)
@erased_option
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    file: str,
    where: Where,
    source: Source,
    columns: Columns,
    id_column: str | None,
    rejects: Path | None,
    erased: Then,
    as_json: bool,
) -> None:
    """Import contacts from a CSV, JSON Lines or Parquet file.

    What is missing of the store is created. Columns are recognised by the names or aliases of the
    model's fields, and of the table's own columns. A row without an id gets one that follows from
    what it says, so that importing a file again changes nothing; of equal rows one stays.

    A row that cannot be used is written to the file of rejects, with its line and the reason, and
    the rest goes on. Broken off at any moment, it is whole again when it is run again.
    """
    began = monotonic()
    with _opened(file, source, rejects) as (reading, refused):
        where = replace(where, erased=erased)
        loaded, left_out = wait(_import(where, reading, refused, dict(columns), id_column))
    counts = _counts(loaded, refused, monotonic() - began)
    if left_out:
        say(f"left out, since they are neither fields nor columns: {', '.join(sorted(left_out))}")
    if refused.count:
        say(f"rejected rows are in {refused.path}")
    if as_json:
        emit({**counts, "rejects": str(refused.path) if refused.count else None})
    else:
        click.echo(facts(counts))
    ctx.exit(SOME_REJECTED if refused.count else 0)


@contextmanager
def _opened(
    file: str, source: Source, rejects: Path | None
) -> Iterator[tuple[Reading, RejectsFile]]:
    """Open the file, and where its rejects go."""
    from ..files import RejectsFile

    path = rejects or Path("stdin.rejects.jsonl" if file == STDIN else f"{file}.rejects.jsonl")
    if file != STDIN and path.exists() and path.samefile(file):
        raise click.BadParameter("is the file to import itself", param_hint="--rejects")
    with source.open(file) as reading, RejectsFile(path) as refused:
        yield reading, refused


async def _import(
    where: Where,
    reading: Reading,
    rejects: RejectsFile,
    columns: dict[str, str],
    id_column: str | None,
) -> tuple[Loaded, frozenset[str]]:
    from ..files.contacts import Shaper
    from ..files.plan import Planner

    reading = _begun(reading, where.model, columns, id_column)
    with counted("indexing") as indexing:
        opened = await where.create({}, indexing)
    async with closing(opened) as store:
        shaper = Shaper(Planner(where.model, store.side.contacts, columns, id_column))
        with progress("importing") as show:
            loaded = await _load(store, reading, shaper, rejects, show)
    return loaded, shaper.left_out


def _begun(reading: Reading, model: Any, columns: dict[str, str], id_column: str | None) -> Reading:
    """Look at the first rows: a file that cannot be imported leaves no empty store behind."""
    from ..files.plan import must_fit

    first = next(reading.rows, None)
    if first is None:
        return reading
    if first.names:
        must_fit(first.names, model, columns, id_column)
    return replace(reading, rows=chain([first], reading.rows))


async def _load(
    store: Store, reading: Reading, shaper: Shaper, rejects: RejectsFile, show: Show
) -> Loaded:
    from ..files.importing import import_rows
    from ..store.base import Loaded

    total = Loaded()
    with _no_collector(), _preparer(store.model, reading) as (rows, preparer):
        async for step in import_rows(store, rows, shaper, preparer):
            total += step.loaded
            rejects.write(step.rejected)
            show(_rows(total) + rejects.count, reading.share)
    return total


@contextmanager
def _preparer(model: Any, reading: Reading) -> Iterator[tuple[Iterator[Any], Preparer]]:
    """A second process for a file that is worth it: one of several stretches, on several cores."""
    from ..files.ahead import Here, second_process

    first = list(islice(reading.rows, 2))
    rows = chain(first, reading.rows)
    if len(first) < 2 or (os.cpu_count() or 1) < 2:
        yield rows, Here(model)
    else:
        with second_process(model) as preparer:
            yield rows, preparer


@contextmanager
def _no_collector() -> Iterator[None]:
    """Python's search for cycles, of which there are none here, takes a tenth of an import."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _rows(loaded: Loaded) -> int:
    return loaded.new + loaded.changed + loaded.unchanged


def _counts(loaded: Loaded, rejects: RejectsFile, seconds: float) -> dict[str, object]:
    rows = _rows(loaded) + rejects.count
    return {
        "new": loaded.new,
        "changed": loaded.changed,
        "unchanged": loaded.unchanged,
        **({"erased": loaded.erased} if loaded.erased else {}),
        "rejected": rejects.count,
        "rows": rows,
        "seconds": round(seconds, 2),
        "rows_per_second": round(rows / max(seconds, 1e-9)),
    }
