"""``have-we-met lookup``: have we met this person, or these?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from .answers import lookup_data, lookup_text
from .arguments import record_values
from .options import Columns, json_option, map_option, store_options
from .output import cell, emit
from .source import SOME_REJECTED, Source, format_options
from .where import Where, wait

if TYPE_CHECKING:
    from ..answer import Lookup
    from ..files import Rejected, Rows
    from ..model import Model
    from ..resolver import Resolver

_WIDTHS = (8, 10, 11, 24)
"""Of the columns line, answer, confidence and id: the rows of a long file are written as they come,
so nobody can measure them beforehand."""


@click.command(
    epilog="""\b
Examples:
  have-we-met lookup '{"email": "ada@example.org", "firstName": "Ada"}' --explain
  have-we-met lookup - < ada.json
  have-we-met lookup --file people.csv --json > answers.jsonl

Status: 0 answered, 3 some rows of the file were rejected, 1 it broke off, 2 wrong usage.
"""
)
@click.argument("record", metavar="[JSON]", callback=record_values, required=False)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Ask about each row of a CSV, JSON Lines or Parquet file instead.",
)
@click.option("--explain", is_flag=True, help="Say why.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True),
    default=2.0,
    show_default=True,
    help="Seconds that a lookup may take.",
)
@store_options
@format_options
@map_option
@json_option
@click.pass_context
def lookup(
    ctx: click.Context,
    record: dict[str, object] | None,
    file: str | None,
    explain: bool,
    deadline: float,
    where: Where,
    source: Source,
    columns: Columns,
    as_json: bool,
) -> None:
    """Have we met this person?

    JSON is an object with the fields' names or aliases, or - to read one from stdin, which keeps it
    out of the list of processes. Nothing is written to the database.
    """
    if (record is None) == (file is None):
        raise click.UsageError("Give either a record or --file.")
    if record is not None:
        answer = wait(_one(where, record, deadline))
        if as_json:
            emit(lookup_data(answer, explain=explain))
        else:
            click.echo(lookup_text(answer, explain=explain))
        return
    write = _Writer(as_json=as_json, explain=explain)
    assert file is not None
    wait(_many(where, file, source, dict(columns), deadline, write))
    ctx.exit(SOME_REJECTED if write.rejected else 0)


async def _one(where: Where, record: dict[str, object], deadline: float) -> Lookup:
    async with where.resolver(deadline=deadline) as resolver:
        return await resolver.lookup(record)


async def _many(
    where: Where,
    file: str,
    source: Source,
    columns: Mapping[str, str],
    deadline: float,
    write: _Writer,
) -> None:
    async with where.resolver(deadline=deadline) as resolver:
        with source.open(file) as reading:
            async for line, answer in _answers(resolver, reading.rows, columns):
                write(line, answer)


async def _answers(
    resolver: Resolver, stretches: Iterator[Rows], columns: Mapping[str, str]
) -> AsyncIterator[tuple[int, Lookup | Rejected]]:
    import asyncio

    for rows in stretches:
        for refused in rows.rejected:
            yield refused.line, refused
        for line, record in _records(rows, resolver.model, columns):
            yield line, await resolver.lookup(record)
            await asyncio.sleep(0)  # a lookup that never waits would leave Ctrl-C unheard


def _records(
    rows: Rows, model: Model, columns: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, object]]]:
    """What each row says of the model's fields."""
    from ..store.columns import recognise

    if not rows.names:
        return
    fields = recognise(rows.names, model, columns)
    for line, row in rows.records():
        yield line, {field: row[column] for field, column in fields.items()}


class _Writer:
    """Writes answers as they come: JSON lines, or rows of a table of fixed widths."""

    def __init__(self, *, as_json: bool, explain: bool) -> None:
        self.rejected = 0
        self._as_json = as_json
        self._explain = explain
        self._began = False

    def __call__(self, line: int, answer: Lookup | Rejected) -> None:
        data = self._data(answer)
        if self._as_json:
            emit({"line": line, **data})
            return
        if not self._began:
            self._began = True
            self._row("line", "answer", "confidence", "id", "")
        ids = [match["id"] for match in data.get("matches", [])]
        self._row(
            line, data["status"], data.get("confidence"), ids[0] if ids else None, data["why"]
        )

    def _data(self, answer: Lookup | Rejected) -> dict[str, Any]:
        from ..answer import Lookup

        if isinstance(answer, Lookup):
            why = self._why(answer)
            data = lookup_data(answer, explain=self._explain)
            return data if self._as_json else {**data, "why": why}
        self.rejected += 1
        return {"status": "rejected", "reason": answer.reason, "why": answer.reason}

    def _why(self, answer: Lookup) -> str:
        reasons = [reason.sentence for reason in answer.explain()[:1]] if self._explain else []
        return "; ".join([*reasons, *map(str, answer.degraded), *filter(None, [answer.message])])

    def _row(self, *values: object) -> None:
        *first, last = map(cell, values)
        padded = [text.ljust(width) for text, width in zip(first, _WIDTHS, strict=True)]
        click.echo("  ".join([*padded, last]).rstrip())
