"""``have-we-met add``: one more contact."""

from __future__ import annotations

import click

from .answers import lookup_data, lookup_text
from .arguments import record_values
from .options import json_option, store_options
from .output import emit, facts
from .where import Where, wait


@click.command(
    epilog="""\b
Examples:
  have-we-met add '{"email": "ada@example.org", "firstName": "Ada", "lastName": "Lovelace"}'
  have-we-met add --if-new - < ada.json
  have-we-met add --idempotency-key form-8e03978e - < ada.json
"""
)
@click.argument("record", metavar="JSON", callback=record_values)
@click.option("--if-new", is_flag=True, help="Look the person up first; add nobody we have met.")
@click.option(
    "--idempotency-key",
    metavar="KEY",
    help="As --if-new, and the same answer again for the same key and JSON.",
)
@store_options
@json_option
def add(
    record: dict[str, object],
    if_new: bool,
    idempotency_key: str | None,
    where: Where,
    as_json: bool,
) -> None:
    """Write a contact.

    JSON is an object with the fields' names or aliases, or columns of the table; - reads it from
    stdin. With --if-new nobody is written who was found or who may have been; with a key besides,
    a run whose answer was lost can be repeated.
    """
    if if_new or idempotency_key is not None:
        wait(_add_if_new(where, record, idempotency_key, as_json=as_json))
        return
    record_id = wait(_add(where, record))
    result = {"created": True, "id": record_id}
    if as_json:
        emit(result)
    else:
        click.echo(facts({"created": "yes", "id": record_id}))


async def _add(where: Where, record: dict[str, object]) -> object:
    async with where.resolver() as resolver:
        return await resolver.add(record)


async def _add_if_new(
    where: Where, record: dict[str, object], idempotency_key: str | None, *, as_json: bool
) -> None:
    async with where.resolver() as resolver:
        made = await resolver.get_or_create(record, idempotency_key=idempotency_key)
    if as_json:
        lookup = lookup_data(made.lookup, explain=False)
        emit({"created": made.created, "id": made.record_id, "lookup": lookup})
    elif made.created and made.contact is not None:
        click.echo(f"{facts({'created': 'yes', 'id': made.record_id})}")
    else:
        click.echo(f"created  no\n{lookup_text(made.lookup, explain=False)}")
