"""Nothing of what people said is in notes, in what is sent, or in the log."""

from __future__ import annotations

import logging

import pytest

from have_we_met import Resolver, late
from have_we_met.late import Webhook
from have_we_met.store import SqlStore
from have_we_met.store.late_tables import late_table, matches_table
from have_we_met.store.statements import compile_statement

from .receiver import receiving, status
from .scenes import Clock, doubtful, noted
from .test_webhook import SECRET

MARKED = {
    "email": "marked.mail@example.org",
    "phone": "+1 212 555 0142",
    "first_name": "Markedfirst",
    "last_name": "Markedlast",
    "company": "Marked Company",
}


async def test_no_personal_data(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    """Neither where all goes well nor where looking and telling fail."""
    caplog.set_level(logging.DEBUG)
    clock = Clock()
    resolver = Resolver(store, clock=clock)
    await doubtful(resolver, MARKED)
    await doubtful(resolver, MARKED | {"email": "marked.other@example.org"})
    await late.revisit(store, look=late.LongLook(store, seconds=0.0), clock=clock)
    clock.forward(60)
    await late.revisit(store, clock=clock)
    with receiving() as receiver:
        receiver.next.append(status(500))
        for _ in range(2):
            await late.deliver(store, Webhook(receiver.url, (SECRET,)), clock=clock)
            clock.forward(60)

    said = [caplog.text, repr(receiver.got), repr(await noted(store)), repr(vars(resolver._doubts))]
    for table in (late_table(store.side.contacts), matches_table(store.side.contacts)):
        query = compile_statement("all", table.select(), store.statements.dialect)
        async with store.survey(None) as unit:
            said.append(repr(await unit.connection.fetch(query, ())))
    everything = "\n".join(said).lower()
    assert len(receiver.got) >= 2
    assert "duplicate" in everything
    assert "marked" not in everything
    assert "2125550142" not in everything.replace(" ", "")
    assert SECRET.lower() not in everything
