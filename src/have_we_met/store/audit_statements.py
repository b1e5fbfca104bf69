"""Every statement on the audit and on tombstones, written once and named."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from .audit_tables import audit_table, head_table, tombstones_table
from .contacts import Contacts
from .statements import INSERTS, Statement, compile_statement

PAGE = 500
"""Entries read at a time."""
MARKS = 200
"""Marks asked about at a time."""
_NONE: sa.ColumnElement[int] = sa.literal_column("0")


class AuditStatements:
    """The statements for one table of contacts, compiled for one dialect on first use."""

    def __init__(self, contacts: Contacts, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self._audit = audit_table(contacts)
        self._head = head_table(contacts)
        self._tombstones = tombstones_table(contacts)

    # --- the chain -------------------------------------------------------------------------------

    @cached_property
    def append(self) -> Statement:
        """Write an entry."""
        return self._compile("append_audit", self._insert(self._audit))

    @cached_property
    def head(self) -> Statement:
        """Where the chain ends."""
        c = self._head.c
        return self._compile("audit_head", sa.select(c.number, c.seal, c.secret))

    @cached_property
    def write_head(self) -> Statement:
        """Say where the chain ends now."""
        query = INSERTS[self._dialect.name](self._head).values(_values(self._head))
        new = {name: query.excluded[name] for name in ("number", "seal", "secret")}
        query = query.on_conflict_do_update(index_elements=["place"], set_=new)
        return self._compile("write_audit_head", query)

    @cached_property
    def page(self) -> Statement:
        """The next entries from beyond a number."""
        c = self._audit.c
        query = sa.select(*self._audit.columns).where(c.number > _param("beyond"))
        query = query.order_by(c.number).limit(sa.literal_column(str(PAGE))).offset(_NONE)
        return self._compile("audit_page", query)

    @cached_property
    def first_since(self) -> Statement:
        """The first entry from a moment on."""
        c = self._audit.c
        query = sa.select(sa.func.min(c.number)).where(c.at >= _param("since"))
        return self._compile("audit_since", query)

    @cached_property
    def entry(self) -> Statement:
        """One entry's seal."""
        c = self._audit.c
        return self._compile("audit_entry", sa.select(c.seal).where(c.number == _param("number")))

    @cached_property
    def prune(self) -> Statement:
        """Delete the entries up to a number."""
        query = sa.delete(self._audit).where(self._audit.c.number <= _param("through"))
        return self._compile("prune_audit", query.returning(self._audit.c.number))

    # --- those who were erased -------------------------------------------------------------------

    @cached_property
    def bury(self) -> Statement:
        """Write a tombstone, in place of an earlier one."""
        query = INSERTS[self._dialect.name](self._tombstones).values(_values(self._tombstones))
        new = {name: query.excluded[name] for name in ("secret", "erased_at")}
        return self._compile("bury", query.on_conflict_do_update(index_elements=["mark"], set_=new))

    @cached_property
    def secrets(self) -> Statement:
        """The names of the secrets that tombstones were made with: none, one, or too many."""
        return self._compile("tombstone_secrets", sa.select(self._tombstones.c.secret).distinct())

    @cached_property
    def buried(self) -> Statement:
        """Which of some marks are on tombstones."""
        asked = [_param(f"mark{place}") for place in range(MARKS)]
        c = self._tombstones.c
        query = sa.select(c.mark, c.erased_at).where(c.mark.in_(asked))
        return self._compile("buried", query)

    def _insert(self, table: sa.Table) -> sa.Insert:
        return sa.insert(table).values(_values(table))

    def _compile(self, name: str, query: sa.ClauseElement) -> Statement:
        return compile_statement(name, query, self._dialect)


def _values(table: sa.Table) -> dict[str, sa.BindParameter[str]]:
    return {column.name: _param(column.name) for column in table.columns}


def _param(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name)
