"""The table of credentials, one for all tables of contacts, and the statements on it.

It holds no secret: of a key only its mark, from which nobody can make the key.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import sqlalchemy as sa

from .statements import Statement, compile_statement

CREDENTIALS = sa.Table(
    "hwm_credentials",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("operations", sa.Text, nullable=False),
    sa.Column("origins", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("limits", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text),
    sa.Column("revoked_at", sa.Text),
    sa.Column("mark", sa.Text, nullable=False),
    sa.Column("old_mark", sa.Text),
    sa.Column("old_until", sa.Text),
    sa.Index("hwm_credentials_entity", "entity", "created_at"),
)


class CredentialStatements:
    """The statements, compiled for one dialect on first use."""

    COLUMNS = tuple(column.name for column in CREDENTIALS.columns)

    def __init__(self, dialect: sa.Dialect) -> None:
        self._dialect = dialect

    @cached_property
    def add(self) -> Statement:
        """Write a new one."""
        values: dict[str, Any] = {name: sa.bindparam(name) for name in self.COLUMNS}
        return self._compile("add_credential", sa.insert(CREDENTIALS).values(values))

    @cached_property
    def all(self) -> Statement:
        """All of a table of contacts."""
        c = CREDENTIALS.c
        query = sa.select(CREDENTIALS).where(c.entity == sa.bindparam("entity"))
        return self._compile("credentials", query.order_by(c.created_at, c.id))

    @cached_property
    def rotate(self) -> Statement:
        """Set a new mark; the one that was stays good until a moment."""
        new: dict[str, Any] = {
            "mark": sa.bindparam("new_mark"),
            "old_mark": CREDENTIALS.c.mark,
            "old_until": sa.bindparam("old_until"),
        }
        return self._change("rotate_credential", new)

    @cached_property
    def revoke(self) -> Statement:
        """Write when it stopped being good."""
        return self._change("revoke_credential", {"revoked_at": sa.bindparam("revoked_at")})

    def _change(self, name: str, new: dict[str, Any]) -> Statement:
        """Change one that is not revoked; in one statement, so of two changes neither is lost."""
        c = CREDENTIALS.c
        one = (c.entity == sa.bindparam("the_entity"), c.id == sa.bindparam("the_id"))
        query = sa.update(CREDENTIALS).where(*one, c.revoked_at.is_(None)).values(new)
        return self._compile(name, query.returning(CREDENTIALS))

    def _compile(self, name: str, query: sa.ClauseElement) -> Statement:
        return compile_statement(name, query, self._dialect)
