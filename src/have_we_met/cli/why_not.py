"""``have-we-met why-not``: why a stored record was not the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .answers import why_not_data, why_not_text
from .arguments import record_or_id, stored_id
from .options import json_option, redact_option, store_options
from .output import emit
from .where import Where, wait

if TYPE_CHECKING:
    from ..answer import WhyNot


@click.command(
    "why-not",
    epilog="""\b
Example:
  have-we-met why-not '{"email": "ada@example.org"}' c0000017
""",
)
@click.argument("record", metavar="JSON|ID", callback=record_or_id)
@click.argument("stored", metavar="ID", callback=stored_id)
@store_options
@redact_option
@json_option
def why_not(record: Any, stored: Any, where: Where, redact: bool, as_json: bool) -> None:
    """Say why a stored record was, or was not, the answer to a question.

    The question is a record as a JSON object, or the ID of one that is stored. First come the keys
    that bring the record under the last ID as a candidate, and which of them are over-full; then
    what it scores.
    """
    answer = wait(_why_not(where, record, stored))
    if as_json:
        emit(why_not_data(answer, redact=redact))
    else:
        click.echo(why_not_text(answer, redact=redact))


async def _why_not(where: Where, record: Any, stored: Any) -> WhyNot:
    async with where.resolver() as resolver:
        return await resolver.why_not(record, stored)
