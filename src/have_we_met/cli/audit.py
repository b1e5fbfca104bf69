"""``have-we-met audit``: who did what, and whether anybody touched what says so."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from .options import by_option, json_option, store_options
from .output import emit, facts, say, table
from .where import Where, closing, wait

if TYPE_CHECKING:
    from ..store.audit import Checked
    from ..store.audit_chain import Entry, Head

_HEADING = ("number", "at", "action", "actor", "policy", "records")


@click.group()
def audit() -> None:
    """Show and check who did what.

    Entries hold ids and keyed marks, nobody's values. Each is sealed with the one before, under
    HAVE_WE_MET_MARKS_SECRET.
    """


def _head(ctx: click.Context, param: click.Parameter, value: str | None) -> Head | None:
    from ..store.audit_chain import Head

    if value is None:
        return None
    try:
        return Head.read(value)
    except ValueError:
        raise click.BadParameter("write it as a check printed it: NUMBER:SEAL") from None


@audit.command(
    epilog="""\b
Example:
  have-we-met audit check --db postgresql://localhost/crm
"""
)
@store_options
@click.option(
    "--head", callback=_head, metavar="HEAD", help="Where an earlier check found the end."
)
@json_option
def check(where: Where, head: Head | None, as_json: bool) -> None:
    """Check every seal, and say where the chain ends; status 1 where anything is wrong.

    Keep the end that it prints somewhere else, and give it to the next check: it sees, then,
    whether the last entries were cut off.
    """
    found = wait(_check(where, head))
    if as_json:
        faults = [asdict(fault) for fault in found.faults]
        emit({"entries": found.entries, "head": str(found.head), "faults": faults})
    else:
        click.echo(
            facts({"entries": found.entries, "head": found.head, "faults": len(found.faults)})
        )
        for fault in found.faults:
            say(f"{fault.number}: {fault.reason}")
    if found.faults:
        raise SystemExit(1)


@audit.command(
    "list",
    epilog="""\b
Example:
  have-we-met audit list --last 20
""",
)
@store_options
@click.option("--last", default=50, show_default=True, help="How many of the latest.")
@json_option
def list_(where: Where, last: int, as_json: bool) -> None:
    """Show the latest entries."""
    found = wait(_last(where, last))
    if as_json:
        emit([entry.as_json() for entry in found])
    elif found:
        click.echo(table([_HEADING, *([getattr(e, name) for name in _HEADING] for e in found)]))


@audit.command(
    epilog="""\b
Example:
  have-we-met audit export > audit.jsonl
"""
)
@store_options
def export(where: Where) -> None:
    """Write all entries, as JSON Lines, with their seals."""
    wait(_export(where))


@audit.command(
    epilog="""\b
Example:
  have-we-met audit prune --before 2026-01-01
"""
)
@store_options
@click.option("--before", type=click.DateTime(), required=True, help="A day, or a moment in UTC.")
@by_option
@json_option
def prune(where: Where, before: datetime, by: str, as_json: bool) -> None:
    """Delete old entries; a checkpoint stands for them, and the rest stays checkable."""
    gone = {"pruned": wait(_prune(where, before.replace(tzinfo=UTC), by))}
    emit(gone) if as_json else click.echo(facts(gone))


async def _check(where: Where, head: Head | None) -> Checked:
    from ..store.audit import check

    async with closing(await where.open()) as store:
        return await check(store, store.tombstones.needed(), head)


async def _last(where: Where, count: int) -> list[Entry]:
    from ..store.audit import entries

    async with closing(await where.open()) as store:
        latest: deque[Entry] = deque(maxlen=count)
        async for entry in entries(store):
            latest.append(entry)
        return [*latest]


async def _export(where: Where) -> None:
    from ..store.audit import entries

    async with closing(await where.open()) as store:
        async for entry in entries(store):
            emit(entry.as_json())


async def _prune(where: Where, before: datetime, by: str) -> int:
    from ..store.audit import prune
    from ..store.audit_chain import Act, Action

    act = Act(Action.CHECKPOINT, datetime.now(UTC), by, "operator")
    async with closing(await where.open()) as store, store.begin(None) as unit:
        return await prune(unit, store.tombstones.needed(), before, act)
