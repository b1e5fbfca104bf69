"""``have-we-met services``: are those there who are consulted?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from .options import json_option
from .output import emit, table
from .where import read_model, wait

if TYPE_CHECKING:
    from ..services.health import Health


@click.group()
def services() -> None:
    """Look after the services that a model consults."""


@services.command(
    epilog="""\b
Examples:
  have-we-met services check model.toml
  have-we-met services check model.toml --json
"""
)
@click.argument("source", metavar="[FILE|PRESET]", default="contacts")
@json_option
@click.pass_context
def check(ctx: click.Context, source: str, as_json: bool) -> None:
    """Ask each service of a model whether it is there.

    Only those with a health address are asked, and nothing is sent about anybody.

    Status: 0 none failed, 1 one failed or the environment lacks a variable.
    """
    from ..services.health import check_services

    found = wait(check_services(read_model(source)))
    if as_json:
        emit([asdict(one) for one in found])
    elif found:
        click.echo(table(_rows(found)))
    else:
        click.echo("This model consults nobody.")
    ctx.exit(int(any(one.state == "failed" for one in found)))


def _rows(found: Sequence[Health]) -> Iterator[tuple[object, ...]]:
    yield ("service", "kind", "state", "", "took")
    for one in found:
        took = None if one.milliseconds is None else f"{one.milliseconds:.0f} ms"
        yield (one.service, one.kind, one.state, one.reason, took)
