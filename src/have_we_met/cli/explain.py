"""``have-we-met explain``: why two records are, or are not, one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .answers import explanation_text
from .arguments import record_or_id
from .options import json_option, redact_option, store_options
from .output import emit
from .where import Where, wait

if TYPE_CHECKING:
    from ..explain import Explanation


@click.command(
    epilog="""\b
Examples:
  have-we-met explain c0000017 c0000023
  have-we-met explain '{"email": "ada@example.org"}' c0000017 --json
"""
)
@click.argument("left", metavar="JSON|ID", callback=record_or_id)
@click.argument("right", metavar="JSON|ID", callback=record_or_id)
@store_options
@redact_option
@json_option
def explain(left: Any, right: Any, where: Where, redact: bool, as_json: bool) -> None:
    """Say how two records compare, term by term.

    Each is a record as a JSON object with the fields' names or aliases, or the ID of one that is
    stored.
    """
    explanation = wait(_explain(where, left, right))
    if as_json:
        emit(explanation.data(redact=redact))
    else:
        click.echo(f"{explanation.sentence}\n\n{explanation_text(explanation, redact=redact)}")


async def _explain(where: Where, left: Any, right: Any) -> Explanation:
    async with where.resolver() as resolver:
        return await resolver.explain(left, right)
