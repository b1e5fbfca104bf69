"""``have-we-met forget`` and ``have-we-met export``: what people may ask of whoever keeps data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .arguments import stored_id
from .options import by_option, json_option, store_options
from .output import emit, facts
from .where import Where, wait

if TYPE_CHECKING:
    from ..erasure import Dossier, Receipt
    from ..record import RecordId

_POLICY = "operator"


@click.command(
    epilog="""\b
Example:
  have-we-met forget 0b6d2f5a-1c4e-4a86-9f5e-3f0d8a1b7c2d --vacuum --json > receipt.json
"""
)
@click.argument("record_id", metavar="ID", callback=stored_id)
@store_options
@click.option("--vacuum", is_flag=True, help="On SQLite, write the whole file anew.")
@by_option
@json_option
def forget(where: Where, record_id: RecordId, vacuum: bool, by: str, as_json: bool) -> None:
    """Erase the record with this ID and all that is known of it, and print a receipt.

    Marks of its e-mail, phone and ids stay, so that no import or sync brings the person back
    unnoticed. They are made with a secret that the environment holds.
    """
    receipt = wait(_forget(where, record_id, vacuum, by))
    if as_json:
        emit(receipt.as_json())
        return
    told = {
        **receipt.deleted,
        "tombstones": receipt.tombstones,
        "audit": receipt.entry,
        "seal": receipt.seal,
        "purged": receipt.purged.value,
    }
    click.echo(facts(told))


@click.command(
    epilog="""\b
Example:
  have-we-met export 0b6d2f5a-1c4e-4a86-9f5e-3f0d8a1b7c2d > ada.json
"""
)
@click.argument("record_id", metavar="ID", callback=stored_id)
@store_options
@by_option
def export(where: Where, record_id: RecordId, by: str) -> None:
    """Write everything that is known of the record with this ID to stdout."""
    emit(wait(_everything(where, record_id, by)).as_json())


async def _forget(where: Where, record_id: RecordId, vacuum: bool, by: str) -> Receipt:
    from ..audit import acting

    async with where.resolver() as resolver:
        with acting(by, _POLICY):
            return await resolver.forget(record_id, vacuum=vacuum)


async def _everything(where: Where, record_id: RecordId, by: str) -> Dossier:
    from ..audit import acting

    async with where.resolver() as resolver:
        with acting(by, _POLICY):
            return await resolver.everything(record_id)
