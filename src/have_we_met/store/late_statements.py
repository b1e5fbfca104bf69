"""Every statement on late verdicts, written once and named."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import sqlalchemy as sa

from .contacts import Contacts
from .late_note import State, Verdict
from .late_tables import late_table, matches_table
from .statements import Statement, compile_statement

_SWEPT = 16
"""How many old notes one new verdict sweeps away: they never pile up, and nobody waits long."""


class LateStatements:
    """The statements for one table of contacts, compiled for one dialect on first use."""

    def __init__(self, contacts: Contacts, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self._late = late_table(contacts)
        self._matches = matches_table(contacts)

    # --- writing notes ---------------------------------------------------------------------------

    @cached_property
    def note(self) -> Statement:
        """Note that a record was created upon an incomplete answer."""
        names = ("event", "record_id", "lookup_id", "lacks", "noted_at", "state")
        values: dict[str, Any] = {name: sa.bindparam(name) for name in (*names, "due_at")}
        query = sa.insert(self._late).values(values | {"attempts": sa.literal_column("0")})
        return self._compile("note", query)

    @cached_property
    def forget_matches(self) -> Statement:
        """Delete a record from among those that notes name."""
        query = sa.delete(self._matches).where(self._matches.c.record_id == _param("id"))
        return self._compile("forget_matches", query.returning(self._matches.c.note))

    @cached_property
    def forget_matched(self) -> Statement:
        """Delete whom a record's note names."""
        of_it = sa.select(self._late.c.number).where(self._late.c.record_id == _param("id"))
        query = sa.delete(self._matches).where(self._matches.c.note.in_(of_it))
        return self._compile("forget_matched", query.returning(self._matches.c.note))

    @cached_property
    def forget_note(self) -> Statement:
        """Delete a record's note."""
        query = sa.delete(self._late).where(self._late.c.record_id == _param("id"))
        return self._compile("forget_note", query.returning(self._late.c.number))

    # --- taking them on --------------------------------------------------------------------------

    @cached_property
    def due(self) -> Statement:
        """The note in a state that is due first, but those that another process is taking on."""
        c = self._late.c
        query = sa.select(*self._late.columns).where(
            c.state == _param("state"), c.due_at <= _param("now")
        )
        first = query.order_by(c.due_at).limit(sa.literal_column("1"))
        first = first.offset(sa.literal_column("0")).with_for_update(skip_locked=True)
        return self._compile("due", first)

    @cached_property
    def is_due(self) -> Statement:
        """A row where any note in a state is due."""
        c = self._late.c
        is_due = c.state == _param("state"), c.due_at <= _param("now")
        query = sa.select(c.number).where(*is_due).limit(sa.literal_column("1"))
        return self._compile("is_due", query.offset(sa.literal_column("0")))

    @cached_property
    def take(self) -> Statement:
        """Take a note on: nobody else does before ``due_at``."""
        c = self._late.c
        taken = {"attempts": c.attempts + sa.literal_column("1"), "due_at": _param("due_at")}
        query = sa.update(self._late).where(c.number == _param("the_number")).values(taken)
        return self._compile("take", query)

    @cached_property
    def put_off(self) -> Statement:
        """Have a note that we have taken on wait until ``due_at``."""
        return self._compile(
            "put_off", sa.update(self._late).where(*self._is_ours()).values(due_at=_param("due_at"))
        )

    @cached_property
    def drop(self) -> Statement:
        """Delete a note that we have taken on."""
        query = sa.delete(self._late).where(*self._is_ours())
        return self._compile("drop", query)

    @cached_property
    def answer(self) -> Statement:
        """Write the verdict on a note that we have taken on; gives its number back if we have."""
        names = ("verdict", "model", "answered_at", "due_at")
        values: dict[str, Any] = {name: _param(name) for name in names}
        values |= {"state": sa.literal_column(f"'{State.ANSWERED}'")}
        values |= {"attempts": sa.literal_column("0")}
        query = (
            sa.update(self._late)
            .where(*self._is_ours())
            .values(values)
            .returning(self._late.c.number)
        )
        return self._compile("answer", query)

    @cached_property
    def told(self) -> Statement:
        """Write that a verdict was told."""
        c = self._late.c
        told: dict[str, Any] = {"state": sa.literal_column(f"'{State.TOLD}'")}
        query = sa.update(self._late).where(c.number == _param("the_number")).values(told)
        return self._compile("told", query.where(c.state == _param("the_state")))

    @cached_property
    def match(self) -> Statement:
        """Write one of the records that a verdict names."""
        values = {column.name: _param(column.name) for column in self._matches.columns}
        return self._compile("match", sa.insert(self._matches).values(values))

    @cached_property
    def sweep_clear(self) -> Statement:
        """Forget some of the clear ones from ``before`` a moment; others may be at it too."""
        c = self._late.c
        is_clear = c.verdict == sa.literal_column(f"'{Verdict.CLEAR}'")
        old = sa.select(c.number).where(is_clear, c.answered_at < _param("before"))
        old = old.order_by(c.answered_at).limit(sa.literal_column(str(_SWEPT)))
        old = old.offset(sa.literal_column("0")).with_for_update(skip_locked=True)
        return self._compile("sweep_clear", sa.delete(self._late).where(c.number.in_(old)))

    # --- reading them ----------------------------------------------------------------------------

    @cached_property
    def note_of(self) -> Statement:
        """The note of one record."""
        query = sa.select(*self._late.columns).where(self._late.c.record_id == _param("id"))
        return self._compile("note_of", query)

    @cached_property
    def notes(self) -> Statement:
        """The next notes beyond a number, in the order in which they were made."""
        c = self._late.c
        query = sa.select(*self._late.columns).where(c.number > _param("beyond"))
        page = query.order_by(c.number).limit(sa.literal_column("500"))
        return self._compile("notes", page.offset(sa.literal_column("0")))

    @cached_property
    def matches(self) -> Statement:
        """The records that a note names, best first."""
        c = self._matches.c
        query = sa.select(c.record_id, c.confidence).where(c.note == _param("note"))
        return self._compile("matches", query.order_by(c.place))

    @cached_property
    def tally(self) -> Statement:
        """How many notes there are in each state and of each verdict, and since when one is due."""
        c = self._late.c
        query = sa.select(c.state, c.verdict, sa.func.count(), sa.func.min(c.due_at))
        return self._compile("tally", query.group_by(c.state, c.verdict))

    def _is_ours(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Only where nobody took it on after us."""
        c = self._late.c
        return (
            c.number == _param("the_number"),
            c.state == _param("the_state"),
            c.attempts == _param("the_attempts"),
        )

    def _compile(self, name: str, query: sa.ClauseElement) -> Statement:
        return compile_statement(name, query, self._dialect)


def _param(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name)
