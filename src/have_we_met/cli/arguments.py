"""Records and ids as they are written on the command line; complaints quote nothing of them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..record import RecordId

STDIN = "-"


def record_values(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:
    """Read a record: a JSON object, or ``-`` for one on stdin."""
    if value is None:
        return None
    found = _json(sys.stdin.buffer.read() if value == STDIN else value)
    if not isinstance(found, dict):
        raise click.BadParameter('a record is a JSON object: \'{"email": "ada@example.org"}\'')
    for name, given in found.items():
        if isinstance(given, list | dict):
            raise click.BadParameter(f"{name} holds a list or an object; it must be one value")
    return found


def stored_id(ctx: click.Context, param: click.Parameter, value: str) -> RecordId:
    """Read an id: a text, or a JSON array where the table's key has several columns."""
    if not value.startswith("["):
        return value
    found = _json(value)
    return tuple(found) if isinstance(found, list) else value


def record_or_id(ctx: click.Context, param: click.Parameter, value: str) -> Any:
    """Read a record where the text begins with a brace or is ``-``, else an id."""
    is_record = value == STDIN or value.lstrip().startswith("{")
    return (record_values if is_record else stored_id)(ctx, param, value)


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        raise click.BadParameter(f"is not JSON: {exc.msg} (column {exc.colno})") from None
    except (RecursionError, ValueError):
        raise click.BadParameter("is not JSON") from None
