"""People whose values can be searched for, and the ways to look at everything that is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from have_we_met import preset
from have_we_met.store import SqlStore, StoreOptions
from have_we_met.store.audit import Checked, check, entries
from have_we_met.store.audit_chain import Entry
from have_we_met.store.lasting import lasting_tables
from have_we_met.store.marks import Marks
from have_we_met.store.side import META
from have_we_met.store.statements import Statement, compile_statement

MODEL = preset("contacts")
SECRET = "a secret of these tests that lasts"
OTHER_SECRET = "another secret of these tests"
MARKS = Marks(SECRET)
OPTIONS = StoreOptions(secret=SECRET)
NOON = datetime(2001, 2, 3, 12, tzinfo=UTC)

MARKED = {
    "email": "marked.mail@example.org",
    "phone": "+12125550142",
    "first_name": "Markedfirst",
    "last_name": "Markedlast",
    "company": "Marked Company",
}
TRACES = ("marked", "2125550142", "MRKT")
"""What must not be found anywhere once that person is erased: values, digits, sounds."""
ADA = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
WANG = {"email": "wang@example.com", "first_name": "伟", "last_name": "王", "phone": "+12125550143"}


async def chain(store: SqlStore) -> list[Entry]:
    """All entries of the audit."""
    return [entry async for entry in entries(store)]


async def actions(store: SqlStore) -> list[str]:
    """What was done, in order."""
    return [entry.action for entry in await chain(store)]


async def checked(store: SqlStore) -> Checked:
    """What a check says."""
    return await check(store, MARKS)


async def every_row(store: SqlStore) -> dict[str, list[Any]]:
    """Every row of every table that is ours or the caller's."""
    contacts = store.side.contacts
    tables = (contacts.table, *store.side.tables, META, *lasting_tables(contacts))
    found = {}
    async with store.survey(None) as unit:
        for table in tables:
            query = compile_statement("all", table.select(), store.statements.dialect)
            found[table.name] = [*await unit.connection.fetch(query, ())]
    return found


async def run(store: SqlStore, *statements: str) -> None:
    """Write past everything, as somebody with the database's password does."""
    async with store.begin(None) as unit:
        for statement in statements:
            await unit.connection.fetch(Statement("by hand", statement, ()), ())
