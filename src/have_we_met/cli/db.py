"""``have-we-met db``: the layout of the tables that a reindex does not make anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .options import db_option, json_option
from .output import emit, facts, say
from .where import wait

if TYPE_CHECKING:
    from ..store.migrations import Standing

_ADVICE = "run: have-we-met db upgrade"
_GONE = "run: have-we-met init, which makes what is missing"


@click.group()
def db() -> None:
    """Bring the tables that outlive a reindex to the newest layout.

    These are hwm_meta, hwm_idempotency, the judgements, the late verdicts and the stamps. Steps
    only add, so processes of the release before go on meanwhile. All other side tables are made
    anew by reindex.
    """


@db.command(
    epilog="""\b
Example:
  have-we-met db upgrade --db postgresql://localhost/crm
"""
)
@db_option
@json_option
def upgrade(db: str, as_json: bool) -> None:
    """Take the steps that are missing, all or none; done already, change nothing."""
    from ..store.migrations import upgrade_store

    _tell(wait(upgrade_store(db)), as_json)


@db.command(
    epilog="""\b
Example:
  have-we-met db check --db postgresql://localhost/crm
"""
)
@db_option
@json_option
def check(db: str, as_json: bool) -> None:
    """Say whether the layout is the newest; status 1 where it is not."""
    from ..store.migrations import standing

    found = wait(standing(db))
    _tell(found, as_json)
    if not found.is_newest:
        raise SystemExit(1)


@db.command(
    epilog="""\b
Examples:
  have-we-met db sql --db postgresql://localhost/crm --table people
  have-we-met db sql --db postgresql://localhost/crm --table people --since 0001
"""
)
@db_option
@click.option(
    "--table",
    "tables",
    multiple=True,
    default=["contacts"],
    show_default=True,
    help="A table of contacts in this database. Repeatable.",
)
@click.option("--since", metavar="LAYOUT", help="The layout that it has; without, it has none.")
def sql(db: str, tables: Sequence[str], since: str | None) -> None:
    """Write the steps as SQL, for somebody else to run; the database is not asked."""
    from ..store.migrations import migration_sql

    click.echo(migration_sql(db, tables, since), nl=False)


def _tell(found: Standing, as_json: bool) -> None:
    from ..store.layout import NEWEST

    if as_json:
        emit({"layout": found.layout, "newest": NEWEST, "missing": [*found.missing]})
    else:
        click.echo(facts({"layout": found.layout or "none", "newest": NEWEST}))
    if (found.layout or "") < NEWEST:
        say(_ADVICE)
    elif found.missing:
        say(f"{', '.join(found.missing)} missing; {_GONE}")
