from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from have_we_met import Resolver, Status, StoreError, create_store, open_store, rebuild_store
from have_we_met.store import follow as following
from have_we_met.store.drift import Drift
from have_we_met.store.postgres import PostgresStore
from have_we_met.store.sqlite import SqliteStore
from have_we_met.store.sync import has_triggers, set_triggers, sync_store

from . import test_postgres, test_sqlite
from .conformance import ADA, MODEL

Outside = Callable[..., Awaitable[None]]
AnyStore = SqliteStore | PostgresStore


async def read_index(store: Any) -> tuple[set[object], set[object]]:
    module = test_sqlite if isinstance(store, SqliteStore) else test_postgres
    return await module.read_index(store)


async def write(store: Any, *statements: str) -> None:
    """Write as another program would: past the resolver, on a connection of its own."""
    if isinstance(store, SqliteStore):
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(store.path)) as raw, raw:
            raw.execute("PRAGMA synchronous=OFF")
            for statement in statements:
                raw.execute(statement)
        return
    import asyncpg

    connection = await asyncpg.connect(**_address(store))
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def write_and_read(store: Any, question: str) -> Any:
    import asyncpg

    connection = await asyncpg.connect(**_address(store))
    answer = await connection.fetchval(question)
    await connection.close()
    return answer


def _address(store: PostgresStore) -> dict[str, object]:
    (url, _), _ = store.writing._connect.args, None  # type: ignore[attr-defined]
    return {"dsn": url.render_as_string(hide_password=False)}


PEOPLE = [
    "INSERT INTO contacts (id, email, first_name) VALUES"
    " ('1', 'ada@example.org', 'Ada'), ('2', 'wang@example.com', '伟'), ('3', NULL, 'Chinua')"
]


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/contacts.db"
    found: str = request.getfixturevalue("shared")
    return found


@pytest.fixture
async def store(address: str) -> AsyncIterator[Any]:
    """An empty store, on each database."""
    opened: Any = await create_store(address, MODEL)
    yield opened
    if isinstance(opened, PostgresStore):
        await leave_as_found(opened)
    await opened.close()


async def leave_as_found(store: Any) -> None:
    """Empty a database that tests share."""
    await set_triggers(store, False)
    meta = await write_and_read(store, "SELECT value FROM hwm_meta WHERE name = 'generation'")
    sides = ", ".join(f"hwm_contacts_{name}_{meta}" for name in ("values", "keys"))
    await write(
        store, f"TRUNCATE contacts, {sides}", "DELETE FROM hwm_meta WHERE entity LIKE '% (sync)'"
    )


async def test_new_rows_are_indexed(store: Any) -> None:
    """What another program wrote is found after a sync."""
    await write(store, *PEOPLE)
    before = await Resolver(store).lookup({"email": "ada@example.org"})

    assert before.status is Status.NOT_FOUND
    assert await sync_store(store) == Drift(added=3)
    assert (await Resolver(store).lookup({"email": "ada@example.org"})).status is Status.FOUND


async def test_a_second_sync_finds_nothing(store: Any) -> None:
    """What was mended is as it should be."""
    await write(store, *PEOPLE)
    await sync_store(store)

    assert await sync_store(store) == Drift(unchanged=3)


async def test_changed_and_deleted_rows(store: Any) -> None:
    """A change is indexed anew, a deleted row is forgotten, and the rest is left alone."""
    await write(store, *PEOPLE)
    await sync_store(store)
    await write(
        store,
        "UPDATE contacts SET email = 'countess@example.org' WHERE id = '1'",
        "DELETE FROM contacts WHERE id = '2'",
    )

    assert await sync_store(store) == Drift(changed=1, removed=1, unchanged=1)
    found = await Resolver(store).lookup({"email": "countess@example.org"})
    assert found.contact is not None
    assert found.contact["id"] == "1"
    assert (await Resolver(store).lookup({"email": "ada@example.org"})).status is Status.NOT_FOUND


async def test_a_change_that_says_nothing_new(store: Any) -> None:
    """Only what compares counts: another spelling of one e-mail is no change."""
    await write(store, *PEOPLE)
    await sync_store(store)
    await write(store, "UPDATE contacts SET email = ' ADA@Example.org ' WHERE id = '1'")

    assert await sync_store(store) == Drift(unchanged=3)


@pytest.mark.parametrize("page", [1, 2, 3, 7])
async def test_any_page_size(store: Any, page: int) -> None:
    """However many rows are read at a time, the same is found."""
    await write(store, *PEOPLE)
    await sync_store(store, page=page)
    await write(store, "DELETE FROM contacts WHERE id IN ('2', '3')")

    assert await sync_store(store, page=page) == Drift(removed=2, unchanged=1)
    await write(store, *[s.replace("'1'", "'0'") for s in PEOPLE])
    assert await sync_store(store, page=page) == Drift(added=3, unchanged=1)


async def test_broken_off_it_goes_on(store: Any) -> None:
    """A full run that dies in the middle is continued, and tells the whole drift."""
    await write(store, *PEOPLE)

    def die(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await sync_store(store, page=1, progress=die)
    await write(store, "DELETE FROM contacts WHERE id = '1'")  # which was read already

    assert await sync_store(store, page=1) == Drift(added=3, removed=1)
    assert await sync_store(store) == Drift(unchanged=2)


async def test_cancelled_between_pages(store: Any) -> None:
    """A sync that is cancelled ends at the next page, on a database that it never waits for too."""
    await write(store, *PEOPLE)
    seen: list[int] = []

    def cancel(done: int, total: int) -> None:
        seen.append(done)
        syncing.cancel()

    syncing = asyncio.create_task(sync_store(store, page=1, progress=cancel))
    with pytest.raises(asyncio.CancelledError):
        await syncing

    assert seen == [1]


async def test_a_rebuild_starts_it_anew(store: Any) -> None:
    """A run over side tables that are no more does not go on over the new ones."""
    await write(store, *PEOPLE)
    with pytest.raises(ZeroDivisionError):
        await sync_store(store, page=2, progress=lambda done, total: 1 // 0)
    url = f"sqlite:///{store.path}" if isinstance(store, SqliteStore) else _address(store)["dsn"]
    rebuilt = await rebuild_store(str(url), MODEL)

    assert await sync_store(rebuilt) == Drift(unchanged=3)  # type: ignore[arg-type]
    await rebuilt.close()


async def test_the_watermark_first_looks_at_everything(store: Any) -> None:
    """Before anything is remembered, a watermark run is a full one."""
    await write(store, *PEOPLE)

    assert await sync_store(store, watermark="updated_at") == Drift(added=3)


async def test_the_watermark_looks_beyond_it(store: Any) -> None:
    """Only rows that were written since are compared, and those from shortly before."""
    await write(
        store,
        *PEOPLE,
        "UPDATE contacts SET updated_at = '2024-05-01 12:00:00' WHERE id = '1'",
        "UPDATE contacts SET updated_at = '2024-05-01 12:30:00' WHERE id = '2'",
        "UPDATE contacts SET updated_at = '2024-05-01 12:30:30' WHERE id = '3'",
    )
    await sync_store(store, watermark="updated_at")
    await write(
        store,
        "UPDATE contacts SET email = 'unseen@example.org' WHERE id = '1'",
        "UPDATE contacts SET email = 'late@example.org' WHERE id = '2'",
        "INSERT INTO contacts (id, email, updated_at) VALUES"
        " ('4', 'd@example.org', '2024-05-01 13:00:00')",
    )

    assert await sync_store(store) == Drift(added=1, changed=1, unchanged=1)
    assert await sync_store(store, overlap=0) == Drift(unchanged=1)
    assert await sync_store(store, full=True) == Drift(changed=1, unchanged=3)


async def test_the_watermark_goes_page_by_page(store: Any) -> None:
    """Rows with one and the same watermark are all seen, whatever a page holds."""
    await write(store, *PEOPLE, "UPDATE contacts SET updated_at = '2024-05-01 12:00:00'")
    await sync_store(store, watermark="updated_at")
    await write(store, "UPDATE contacts SET last_name = 'Lovelace'")

    assert await sync_store(store, page=1) == Drift(changed=3)


async def test_an_unknown_watermark(store: Any) -> None:
    """A column that is not there is named, with what it might have been."""
    with pytest.raises(StoreError, match=r"no column 'update_at'.*updated_at"):
        await sync_store(store, watermark="update_at")


async def test_lag_is_the_time_since(store: Any) -> None:
    """Without triggers it is the time since the last sync; before the first, nobody knows."""
    assert (await store.lag()).seconds is None

    await sync_store(store)
    lag = await store.lag()

    assert (lag.by, lag.pending) == ("time", None)
    assert 0 <= lag.seconds < 5


async def test_lag_counts_rows_beyond_the_watermark(store: Any) -> None:
    """With a watermark, it is also the rows beyond it."""
    await write(store, *PEOPLE, "UPDATE contacts SET updated_at = '2024-05-01 12:00:00'")
    await sync_store(store, watermark="updated_at")
    await write(store, "UPDATE contacts SET updated_at = '2024-05-02 12:00:00' WHERE id < '3'")

    lag = await store.lag()

    assert (lag.by, lag.pending) == ("watermark", 2)


async def test_what_was_deleted_elsewhere_may_come_back(store: Any) -> None:
    """A row that was deleted elsewhere, unnoticed, can be added again under its id."""
    resolver = Resolver(store)
    await resolver.add(ADA | {"id": "1"})
    await write(store, "DELETE FROM contacts WHERE id = '1'")
    await resolver.add({"id": "1", "email": "new@example.org"})

    assert await sync_store(store) == Drift(unchanged=1)
    assert (await resolver.lookup({"email": ADA["email"]})).status is Status.NOT_FOUND
    assert (await resolver.lookup({"email": "new@example.org"})).status is Status.FOUND


async def test_no_triggers_on_sqlite(tmp_path: Path) -> None:
    """SQLite says that it has none."""
    store: Any = await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL)

    with pytest.raises(StoreError, match="PostgreSQL"):
        await set_triggers(store, True)
    await set_triggers(store, False)
    assert await has_triggers(store) is False
    await store.close()


# --- on PostgreSQL ------------------------------------------------------------------------------


@pytest.fixture
async def noted(shared: str) -> AsyncIterator[Any]:
    """A store with triggers, in which there are three people already."""
    store: Any = await open_store(shared, MODEL)
    await write(store, *PEOPLE)
    await set_triggers(store, True)
    yield store
    await leave_as_found(store)
    await store.close()


async def test_new_triggers_compare_once(noted: Any) -> None:
    """What was written before there were triggers is indexed when they come."""
    assert await noted.count() == 3
    assert await has_triggers(noted)
    assert await sync_store(noted) == Drift()


async def test_triggers_note_each_write(noted: Any) -> None:
    """Rows that were added, changed and deleted are mended, and nothing else is looked at."""
    await write(
        noted,
        "INSERT INTO contacts (id, email) VALUES ('4', 'd@example.org')",
        "UPDATE contacts SET email = 'countess@example.org' WHERE id = '1'",
        "DELETE FROM contacts WHERE id = '2'",
    )
    lag = await noted.lag()

    assert (lag.by, lag.pending, lag.seconds >= 0) == ("changes", 3, True)
    assert await sync_store(noted) == Drift(added=1, changed=1, removed=1)
    assert (await noted.lag()).pending == 0
    assert await sync_store(noted, full=True) == Drift(unchanged=3)


async def test_triggers_note_a_new_key(noted: Any) -> None:
    """A row whose primary key changed is forgotten under the old one."""
    await write(noted, "UPDATE contacts SET id = '9' WHERE id = '1'")

    assert await sync_store(noted) == Drift(added=1, removed=1)
    found = await Resolver(noted).lookup({"email": "ada@example.org"})
    assert found.contact is not None
    assert found.contact["id"] == "9"


async def test_triggers_note_an_emptied_table(noted: Any) -> None:
    """TRUNCATE is noted, too."""
    await write(noted, "TRUNCATE contacts")

    assert await sync_store(noted) == Drift(removed=3)
    assert (await noted.lag()).pending == 0


async def test_triggers_leave_out_what_does_not_matter(noted: Any) -> None:
    """Columns that are no fields, and writes of our own, are not noted."""
    await write(noted, "UPDATE contacts SET updated_at = now()")
    resolver = Resolver(noted)
    await resolver.add(ADA | {"id": "7"})
    await resolver.update("7", {"last_name": "Byron"})
    await resolver.delete("7")

    assert (await noted.lag()).pending == 0


async def test_a_row_that_is_being_written_waits(noted: Any) -> None:
    """A sync waits for nobody's transaction: what it cannot have stays noted."""
    import asyncpg

    await write(noted, "UPDATE contacts SET email = 'a@example.org'")
    other = await asyncpg.connect(**_address(noted))
    begun = other.transaction()
    await begun.start()
    await other.execute("UPDATE contacts SET email = 'b@example.org' WHERE id = '1'")

    assert await asyncio.wait_for(sync_store(noted), 5) == Drift(changed=2, waiting=1)
    await begun.commit()
    assert await sync_store(noted) == Drift(changed=1)
    await other.close()


async def test_a_full_sync_waits_for_a_row_alone(noted: Any) -> None:
    """A full run waits for a row that somebody writes, and holds nothing meanwhile."""
    import asyncpg

    await write(noted, "UPDATE contacts SET email = 'a@example.org'")
    other = await asyncpg.connect(**_address(noted))
    begun = other.transaction()
    await begun.start()
    await other.execute("UPDATE contacts SET email = 'b@example.org' WHERE id = '1'")
    running = asyncio.create_task(sync_store(noted, full=True))
    await asyncio.sleep(0.2)
    await asyncio.wait_for(
        other.execute("UPDATE contacts SET phone = '+14155550101' WHERE id <> '1'"), 2
    )
    await begun.commit()

    assert (await asyncio.wait_for(running, 5)).mended == 3
    assert await sync_store(noted, full=True) == Drift(changed=2, unchanged=1)
    await other.close()


async def test_triggers_can_be_taken_away(noted: Any) -> None:
    """Without them nothing of ours stays on the table, and a sync looks for itself."""
    await set_triggers(noted, False)
    await write(noted, "DELETE FROM contacts WHERE id = '2'")

    assert not await has_triggers(noted)
    assert await sync_store(noted) == Drift(removed=1, unchanged=2)
    assert (await noted.lag()).by == "time"


async def test_following_wakes_at_once(noted: Any) -> None:
    """With triggers, a write is indexed as soon as it is committed."""
    stop = asyncio.Event()
    rounds = following.follow_store(noted, stop, every=60)
    first = await anext(rounds)
    following_on = asyncio.ensure_future(anext(rounds))
    await asyncio.sleep(0.1)
    await write(noted, "DELETE FROM contacts WHERE id = '2'")

    assert first == Drift()
    assert await asyncio.wait_for(following_on, 5) == Drift(removed=1)
    stop.set()
    assert [drift async for drift in rounds] == []


async def test_following_looks_again(store: Any) -> None:
    """Without triggers, it looks every so often, until it is told to stop."""
    stop = asyncio.Event()
    found = []
    async for drift in following.follow_store(store, stop, every=0.01):
        found.append(drift)
        if len(found) == 1:
            await write(store, *PEOPLE)
        if len(found) == 3:
            stop.set()

    assert found == [Drift(), Drift(added=3), Drift(unchanged=3)]
