"""``have-we-met key``: who may ask a server, for what, and under which policy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .options import Command, apply, json_option, store_options
from .output import emit, facts, say, table
from .where import Where, closing, wait

if TYPE_CHECKING:
    from ..access import Credential, Issued
    from ..store import SqlStore

T = TypeVar("T")

_HEADING = ("id", "label", "policy", "operations", "origins", "state")
_LIMITS = {
    "key_minute": "Requests a minute, of all who bring the key.",
    "address_minute": "Requests a minute, of one client address.",
    "key_identities": "Different people asked about in a day, by all who bring the key.",
    "address_identities": "Different people asked about in a day, from one client address.",
    "at_once": "Requests under way at once, in each process.",
}


def _limit_options(command: Command) -> Command:
    """Give a command an option for each limit."""
    options = (
        click.option(f"--{name.replace('_', '-')}", type=click.IntRange(min=1), help=what)
        for name, what in _LIMITS.items()
    )
    return apply(options, command)


@click.group()
def key() -> None:
    """Make, list, rotate and revoke the keys that callers of a server bring.

    Once there is a key a server asks everybody for one. A key is shown once, when it is made.
    """


@key.command(
    epilog="""\b
Example:
  have-we-met key create --policy public --origin https://shop.example --label "sign-up form"
"""
)
@store_options
@click.option(
    "--policy",
    required=True,
    metavar="POLICY",
    help="What is revealed: blind, public, assisted, desk or backoffice.",
)
@click.option(
    "--allow",
    "operations",
    multiple=True,
    metavar="OPERATION",
    help="lookup, create, decide (as by default), metrics, forget or export. Repeatable.",
)
@click.option(
    "--origin", "origins", multiple=True, help="A web page's origin that may ask. Repeatable."
)
@click.option(
    "--field", "fields", multiple=True, help="A field that a desk sees; all by default. Repeatable."
)
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Days that it is good.")
@_limit_options
@json_option
def create(where: Where, as_json: bool, days: float | None, **given: Any) -> None:
    """Make a key. It is shown this once: only a hash of it is stored."""
    _show(wait(_create(where, days, given)), as_json)


@key.command("list")
@store_options
@json_option
def list_(where: Where, as_json: bool) -> None:
    """Show all keys of the table, by their ids; the revoked ones too."""
    found = wait(_with(where, _all))
    if as_json:
        emit([_as_json(one) for one in found])
    else:
        click.echo(table([_HEADING, *map(_line, found)]))


@key.command()
@click.argument("key_id", metavar="ID")
@store_options
@click.option(
    "--keep-old",
    default=0.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="For how long the key that was stays good.",
)
@json_option
def rotate(where: Where, key_id: str, keep_old: float, as_json: bool) -> None:
    """Make a new key in place of one, good for the same."""
    from ..access import rotate

    keep = timedelta(seconds=keep_old)
    _show(wait(_with(where, lambda store: rotate(store, key_id, keep))), as_json)


@key.command()
@click.argument("key_id", metavar="ID")
@store_options
@json_option
def revoke(where: Where, key_id: str, as_json: bool) -> None:
    """Let a key be good for nothing; servers heed it within seconds."""
    from ..access import revoke

    done = wait(_with(where, lambda store: revoke(store, key_id)))
    if as_json:
        emit(_as_json(done))
    else:
        click.echo(facts({"revoked": done.id}))


async def _create(where: Where, days: float | None, given: dict[str, Any]) -> Issued:
    from ..access import Credential, create

    limits = {name: given.pop(name) for name in _LIMITS}
    until = None if days is None else datetime.now(UTC) + timedelta(days=days)
    asked = Credential.checked(expires_at=until, **given)
    own = {name: value for name, value in limits.items() if value is not None}
    asked = replace(asked, limits=replace(asked.limits, **own))
    return await _with(where, lambda store: create(store, asked))


async def _all(store: SqlStore) -> Sequence[Credential]:
    from ..access import credentials

    return await credentials(store)


async def _with(where: Where, work: Callable[[SqlStore], Awaitable[T]]) -> T:
    async with closing(await where.open()) as store:
        return await work(store)


def _show(issued: Issued, as_json: bool) -> None:
    if as_json:
        emit({"key": issued.key, **_as_json(issued.credential)})
        return
    click.echo(issued.key)
    say(f"Keep it: it is not shown again. Its id is {issued.credential.id}.")


def _state(one: Credential) -> str:
    if one.revoked_at is not None:
        return "revoked"
    return "good" if one.is_good(datetime.now(UTC)) else "expired"


def _line(one: Credential) -> tuple[object, ...]:
    return (
        one.id,
        one.label,
        one.policy,
        " ".join(one.operations),
        " ".join(one.origins),
        _state(one),
    )


def _as_json(one: Credential) -> dict[str, object]:
    moments = {
        "createdAt": one.created_at,
        "expiresAt": one.expires_at,
        "revokedAt": one.revoked_at,
    }
    return {
        "id": one.id,
        "label": one.label,
        "entity": one.entity,
        "policy": one.policy,
        "operations": one.operations,
        "origins": one.origins,
        "fields": one.fields,
        "limits": asdict(one.limits),
        "state": _state(one),
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
    }
