"""Every statement on remembered answers and judgements, written once and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from .audit_statements import AuditStatements
from .contacts import Contacts
from .credentials import CredentialStatements
from .lasting import IDEMPOTENCY, judgements_table
from .late_statements import LateStatements
from .statements import Statement, compile_statement

_SWEPT = 16
"""How many old answers one new answer sweeps away: they never pile up, and no write waits long."""


class LastingStatements:
    """The statements for one table of contacts, compiled for one dialect on first use."""

    def __init__(self, contacts: Contacts, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self._contacts = contacts
        self._judgements = judgements_table(contacts)

    # --- remembered answers --------------------------------------------------------------------

    @cached_property
    def recall(self) -> Statement:
        """The answer that was given under a key."""
        c = IDEMPOTENCY.c
        query = sa.select(c.body_mark, c.answer, c.created_at)
        this_key = c.key_mark == sa.bindparam("key_mark")
        return self._compile("recall", query.where(_ours(), this_key))

    @cached_property
    def sweep(self) -> Statement:
        """Forget some of the answers from ``before`` a moment; others may be at it too."""
        c = IDEMPOTENCY.c
        old = (
            sa.select(c.key_mark)
            .where(_ours(), c.created_at < sa.bindparam("before"))
            .order_by(c.created_at)
            .limit(sa.literal_column(str(_SWEPT)))
            .offset(sa.literal_column("0"))
            .with_for_update(skip_locked=True)
        )
        return self._compile("sweep", sa.delete(IDEMPOTENCY).where(_ours(), c.key_mark.in_(old)))

    @cached_property
    def remember(self) -> Statement:
        """Write the answer that is given under a key, in place of the one that was."""
        key = [column.name for column in IDEMPOTENCY.primary_key]
        query = _INSERTS[self._dialect.name](IDEMPOTENCY).values(_parameters(IDEMPOTENCY))
        new = {c.name: query.excluded[c.name] for c in IDEMPOTENCY.columns if c.name not in key}
        replacing = query.on_conflict_do_update(index_elements=key, set_=new)
        return self._compile("remember", replacing)

    @cached_property
    def naming(self) -> Statement:
        """The answers whose text holds another one; that may be by chance."""
        c = IDEMPOTENCY.c
        query = sa.select(c.key_mark, c.answer).where(_ours())
        holds = sa.func.replace(c.answer, sa.bindparam("text"), sa.literal_column("''")) != c.answer
        return self._compile("naming", query.where(holds))

    @cached_property
    def rewrite(self) -> Statement:
        """Put another answer in place of the one under a key."""
        query = sa.update(IDEMPOTENCY).values(answer=sa.bindparam("new_answer"))
        this_key = IDEMPOTENCY.c.key_mark == sa.bindparam("the_key_mark")
        return self._compile("rewrite", query.where(_ours(), this_key))

    # --- judgements ----------------------------------------------------------------------------

    @cached_property
    def judged(self) -> Statement:
        """What stands of a pair."""
        c = self._judgements.c
        query = sa.select(c.judgement, c.basis).where(
            c.left_id == sa.bindparam("left_id"), c.right_id == sa.bindparam("right_id")
        )
        latest = query.order_by(c.number.desc()).limit(sa.literal_column("1"))
        return self._compile("judged", latest.offset(sa.literal_column("0")))

    @cached_property
    def judge(self) -> Statement:
        """Write a judgement."""
        values = _parameters(self._judgements, but="number")
        return self._compile("judge", sa.insert(self._judgements).values(values))

    @cached_property
    def judgements(self) -> Statement:
        """All that was ever asserted of a record and others, oldest first."""
        columns = [column for column in self._judgements.columns if column.name != "number"]
        query = sa.select(*columns).where(self._about()).order_by(self._judgements.c.number)
        return self._compile("judgements", query)

    @cached_property
    def forget_judgements(self) -> Statement:
        """Delete all that was asserted of a record."""
        query = sa.delete(self._judgements).where(self._about())
        return self._compile("forget_judgements", query.returning(self._judgements.c.number))

    @cached_property
    def late(self) -> LateStatements:
        """Those on late verdicts."""
        return LateStatements(self._contacts, self._dialect)

    @cached_property
    def credentials(self) -> CredentialStatements:
        """Those on credentials."""
        return CredentialStatements(self._dialect)

    @cached_property
    def audit(self) -> AuditStatements:
        """Those on the audit and on tombstones."""
        return AuditStatements(self._contacts, self._dialect)

    def _about(self) -> sa.ColumnElement[bool]:
        c = self._judgements.c
        record: sa.BindParameter[str] = sa.bindparam("id")
        return sa.or_(c.left_id == record, c.right_id == record)

    def _compile(self, name: str, query: sa.ClauseElement) -> Statement:
        return compile_statement(name, query, self._dialect)


def _ours() -> sa.ColumnElement[bool]:
    return IDEMPOTENCY.c.entity == sa.bindparam("entity")


def _parameters(table: sa.Table, but: str = "") -> dict[str, Any]:
    names = (column.name for column in table.columns)
    return {name: sa.bindparam(name) for name in names if name != but}


_INSERTS: Mapping[str, Callable[[sa.Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""The same words in both, and SQLAlchemy has them once for each."""
