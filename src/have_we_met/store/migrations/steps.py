"""Alembic, told where our steps are, where they are noted, and how they are run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ...errors import StoreError
from ..credentials import CREDENTIALS
from ..lasting import IDEMPOTENCY
from ..layout import LAYOUT
from ..side import META
from .tables import OfTable

SCRIPTS = ScriptDirectory(str(Path(__file__).parent))
_OF_EACH = (
    "judgements",
    "late",
    "late_matches",
    "stamps",
    "audit",
    "audit_head",
    "tombstones",
)
"""The ends of the names of those tables that each table of contacts has."""
_HOW: dict[str, Any] = {"version_table": LAYOUT.name, "transactional_ddl": True}


def noted(connection: sa.Connection) -> str | None:
    """Read the layout that is noted."""
    return MigrationContext.configure(connection, opts=_HOW).get_current_revision()


def missing(connection: sa.Connection, tables: Sequence[OfTable]) -> tuple[str, ...]:
    """Name those tables of ours that are not there."""
    inspector = sa.inspect(connection)
    wanted: list[tuple[str | None, str]] = [
        (None, one.name) for one in (META, IDEMPOTENCY, CREDENTIALS)
    ]
    wanted += [(table.schema, f"{table.stem}_{end}") for table in tables for end in _OF_EACH]
    gone = [(schema, name) for schema, name in wanted if not inspector.has_table(name, schema)]
    return tuple(f"{schema}.{name}" if schema else name for schema, name in gone)


def take_steps(connection: sa.Connection, tables: Sequence[OfTable]) -> None:
    """Take the steps that are missing, in the transaction of the connection."""
    with _environment() as environment:
        environment.configure(connection=connection, **_HOW)
        environment.run_migrations(tables=tables)


def sql_text(kind: str, tables: Sequence[OfTable], since: str | None, out: TextIO) -> None:
    """Write the steps as SQL; raises :class:`StoreError` where ``since`` is none of them."""
    known = [script.revision for script in SCRIPTS.walk_revisions()]
    if since is not None and since not in known:
        raise StoreError(f"there is no layout {since}; there are: {', '.join(sorted(known))}")
    with _environment(as_sql=True, starting_rev=since) as environment:
        environment.configure(dialect_name=kind, output_buffer=out, literal_binds=True, **_HOW)
        with environment.begin_transaction():
            environment.run_migrations(tables=tables)


def _environment(**how: Any) -> EnvironmentContext:
    def all_steps(layout: Any, context: MigrationContext) -> Any:
        return SCRIPTS._upgrade_revs("head", layout)

    return EnvironmentContext(Config(), SCRIPTS, fn=all_steps, **how)
