"""``have-we-met late``: records that were created upon an incomplete answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .arguments import stored_id
from .options import json_option, store_options, webhook_option
from .output import emit, facts, table
from .progress import counted
from .where import Where, closing, wait

if TYPE_CHECKING:
    from ..late import Note
    from ..record import RecordId

_HEADING = ("record", "noted", "verdict", "of", "confidence", "lacked")


@click.group()
def late() -> None:
    """Look again at records that were created upon an incomplete answer.

    While something was missing (a key over-full, a service or the database late) somebody may have
    been created twice. Who was created then is noted; a server looks at the notes in the
    background, and so does run.
    """


@late.command(
    "list",
    epilog="""\b
Example:
  have-we-met late list --db sqlite:///contacts.db
""",
)
@store_options
@click.option("--all", "everything", is_flag=True, help="Also those that turned out clear.")
@json_option
def list_(where: Where, everything: bool, as_json: bool) -> None:
    """Show what was noted and found, by ids."""
    notes = wait(_notes(where, everything))
    if as_json:
        emit([note.as_json() for note in notes])
    elif notes:
        click.echo(table([_HEADING, *(row for note in notes for row in _rows(note))]))


@late.command(
    epilog="""\b
Example:
  have-we-met late run --db sqlite:///contacts.db --webhook https://hooks.example.com/met
"""
)
@store_options
@webhook_option
@json_option
def run(where: Where, webhook: str | None, as_json: bool) -> None:
    """Look again at every note that is due, and send what was found.

    Any number of these, and of servers, share the work. What cannot be told yet is due again later.
    """
    done = wait(_run(where, webhook))
    if as_json:
        emit(done)
    else:
        click.echo(facts(done))


@late.command(
    epilog="""\b
Example:
  have-we-met late forget 0b6d2f5a-1c4e-4a86-9f5e-3f0d8a1b7c2d
"""
)
@click.argument("record_id", metavar="ID", callback=stored_id)
@store_options
def forget(where: Where, record_id: RecordId) -> None:
    """Delete what was noted of a record, and its id from all other notes."""
    wait(_forget(where, record_id))


async def _notes(where: Where, everything: bool) -> list[Note]:
    from ..late import Verdict, notes

    async with closing(await where.open()) as store:
        return [
            note
            async for note in notes(store)
            if everything or note.finding is None or note.finding.verdict is not Verdict.CLEAR
        ]


async def _run(where: Where, url: str | None) -> dict[str, Any]:
    from ..late import Webhook, deliver, revisit

    webhook = Webhook.from_environment(url)
    async with closing(await where.open()) as store:
        with counted("looking again") as progress:
            done = asdict(await revisit(store, progress=progress))
        if webhook is not None:
            done |= asdict(await deliver(store, webhook))
    return done


async def _forget(where: Where, record_id: RecordId) -> None:
    from ..late import forget

    async with closing(await where.open()) as store:
        await forget(store, record_id)


def _rows(note: Note) -> Iterator[tuple[object, ...]]:
    """A line a record that is named, or one where none is."""
    lacked = ", ".join(sorted({f"{lack.kind} {lack.name}" for lack in note.doubt.lacks}))
    found = note.finding
    verdict = found.verdict.value if found else "waiting"
    begin = (note.record_id, f"{note.at:%Y-%m-%d %H:%M:%S}", verdict)
    for near in found.near if found else ():
        yield (*begin, near.record_id, near.confidence, lacked)
    if found is None or not found.near:
        yield (*begin, None, None, lacked)
