"""A person is erased: nothing of them is found any more, and nobody brings them back unnoticed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from have_we_met import (
    Judgement,
    PersonErased,
    RecordNotFound,
    Resolver,
    Status,
    StillReferenced,
    StoreError,
    create_store,
    open_store,
)
from have_we_met.audit import Audit
from have_we_met.cache import open_cache
from have_we_met.store import SqlStore, StoreOptions, sync_store
from have_we_met.store.base import Remembered
from have_we_met.store.erasing import Purged
from have_we_met.store.sqlite import SqliteStore
from have_we_met.store.statements import Statement

from .. import servers
from ..late.scenes import doubtful
from .scenes import (
    ADA,
    MARKED,
    MODEL,
    NOON,
    OPTIONS,
    OTHER_SECRET,
    TRACES,
    WANG,
    actions,
    chain,
    checked,
    every_row,
    run,
)

SQL = (
    "INSERT INTO contacts (id, email, first_name) VALUES ('again', 'Marked.Mail@example.org', 'M')"
)


def traces_in(text: str) -> list[str]:
    """What of the erased is in a text."""
    return [trace for trace in TRACES if trace.lower() in text.lower()]


async def lived_in(resolver: Resolver) -> None:
    """Have the marked person meet with everything that writes something down."""
    await resolver.add(ADA | {"id": "ada"})
    await resolver.add({"email": "marked.before@example.org", "id": "m"})
    await resolver.update("m", MARKED)
    await resolver.get_or_create(MARKED, idempotency_key="again and again")
    await resolver.judge("ada", "m", Judgement.DIFFERENT)
    await doubtful(resolver, MARKED | {"email": "marked.twin@example.org", "id": "twin"})
    for _ in range(2):
        await resolver.lookup(MARKED)
    await resolver.forget("twin")


@pytest.mark.parametrize("kept_in", ["memory", "redis"])
async def test_nothing_is_found(
    store: SqlStore,
    kept_in: str,
    tmp_path: Path,
    redis: servers.Redis,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in a table, in the files of the database, in a cache, or in the log."""
    caplog.set_level(logging.DEBUG)
    where = "memory" if kept_in == "memory" else redis.url
    cache = await open_cache(store, where, secret="a secret of the cache", stale_for=60.0)
    resolver = Resolver(store, cache=cache, audit=Audit(store))
    await lived_in(resolver)
    assert traces_in(repr(await every_row(store)))
    await resolver.lookup(MARKED)
    held = traces_in(repr(store.rows._page))
    assert bool(held) is isinstance(store, SqliteStore)  # which keeps rows as it read them

    receipt = await resolver.forget("m", vacuum=True)
    assert traces_in(repr(store.rows._page)) == []

    assert (await resolver.lookup(MARKED)).status is Status.NOT_FOUND
    await resolver._audit.close()  # type: ignore[union-attr]
    assert receipt.deleted == {"contacts": 1, "keys": 5, "judgements": 1, "notes": 0, "answers": 1}
    noted = (await chain(store))[(receipt.entry or 0) - 1]
    assert (noted.action, noted.records, noted.seal) == ("forget", '["m"]', receipt.seal)
    assert (await checked(store)).faults == ()
    rows = await every_row(store)
    assert [row[0] for row in rows["contacts"]] == ["ada"]
    assert traces_in(repr(rows)) == []
    assert traces_in(caplog.text) == []
    assert traces_in(repr(receipt)) == []
    await cache.close()
    if cache.memory is not None:
        kept = (cache.memory._kept, cache.memory._marked)
        assert traces_in(repr([list(part.items()) for part in kept])) == []
    dumped = [key + redis.say("DUMP", key) for key in redis.say("KEYS", "*")]
    assert bool(dumped) is (kept_in == "redis")
    assert traces_in(b"".join(dumped).decode("latin-1")) == []
    if (tmp_path / "contacts.db").exists():
        assert receipt.purged is Purged.VACUUMED
        files = [path.read_bytes() for path in tmp_path.glob("contacts.db*")]
        assert traces_in(b"".join(files).decode("latin-1")) == []


async def test_without_a_vacuum(store: SqlStore, tmp_path: Path) -> None:
    """What was never changed is overwritten where it stood; the log is cut off."""
    resolver = Resolver(store)
    await resolver.add(ADA)
    await resolver.add(MARKED | {"id": "m"})

    receipt = await resolver.forget("m")

    if (tmp_path / "contacts.db").exists():
        assert receipt.purged is Purged.OVERWRITTEN
        files = [path.read_bytes() for path in tmp_path.glob("contacts.db*")]
        assert traces_in(b"".join(files).decode("latin-1")) == []


async def test_nobody_there(store: SqlStore) -> None:
    """Who is not there cannot be erased, nor erased twice."""
    resolver = Resolver(store)
    await resolver.add(ADA | {"id": "ada"})
    await resolver.forget("ada")
    for record_id in ("ada", "nobody"):
        with pytest.raises(RecordNotFound):
            await resolver.forget(record_id)

    assert await actions(store) == ["forget"]


async def test_it_waits_for_whoever_is_being_answered(store: SqlStore) -> None:
    """A sign-up that has found somebody and not answered yet leaves no answer that names them."""
    resolver = Resolver(store)
    await resolver.add(MARKED | {"id": "m"})
    asked = MODEL.record({"email": MARKED["email"]}).values
    told = '{"created":false,"linked":false,"status":"found","ids":["\\"m\\""]}'
    async with store.begin(None) as unit:
        await unit.hold(MODEL.cut.one(asked))
        going = asyncio.create_task(resolver.forget("m"))
        await asyncio.sleep(0.3)
        assert not going.done()
        await unit.remember("a mark", Remembered("asked", told, NOON), before=NOON)

    assert (await going).deleted["answers"] == 1
    assert '"m' not in repr((await every_row(store))["hwm_idempotency"])


@pytest.mark.parametrize("when", ["", " DEFERRABLE INITIALLY DEFERRED"])
async def test_somebody_holds_on(store: SqlStore, when: str) -> None:
    """A row of another table that forbids it: a clear error, and everything is as it was."""
    resolver = Resolver(store, audit=Audit(store))
    await resolver.add(ADA | {"id": "ada"})
    await resolver.get_or_create(ADA, idempotency_key="k")
    refers = f"who TEXT NOT NULL REFERENCES contacts (id){when}"
    await run(store, f"CREATE TABLE orders ({refers})", "INSERT INTO orders VALUES ('ada')")
    await resolver._audit.close()  # type: ignore[union-attr]
    before = await every_row(store)

    with pytest.raises(StillReferenced, match="nothing was erased"):
        await resolver.forget("ada")

    assert await every_row(store) == before
    await run(store, "DELETE FROM orders")
    assert (await resolver.forget("ada")).deleted["contacts"] == 1


async def test_a_cascade(store: SqlStore) -> None:
    """Rows that are to go with it go with it, on SQLite as well."""
    resolver = Resolver(store)
    await resolver.add(ADA | {"id": "ada"})
    refers = "who TEXT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE"
    await run(store, f"CREATE TABLE orders ({refers})", "INSERT INTO orders VALUES ('ada')")
    await resolver.forget("ada")
    async with store.survey(None) as unit:
        assert not [*await unit.connection.fetch(Statement("o", "SELECT who FROM orders", ()), ())]


async def test_a_request_that_is_sent_again(store: SqlStore) -> None:
    """An answer under an idempotency key creates nobody a second time."""
    resolver = Resolver(store)
    made = await resolver.get_or_create(ADA, idempotency_key="created")
    found = await resolver.get_or_create(ADA, idempotency_key="found")
    assert (made.created, found.created) == (True, False)
    await resolver.forget(made.record_id or "")

    for key in ("created", "found"):
        with pytest.raises(RecordNotFound):
            await resolver.get_or_create(ADA, idempotency_key=key)
    assert await store.count() == 0


async def test_whoever_signs_up_again(store: SqlStore) -> None:
    """They may, by every way of signing up; what they say then is theirs."""
    resolver = Resolver(store)
    await resolver.add(MARKED | {"id": "m"})
    await resolver.forget("m")
    assert (await resolver.get_or_create(MARKED)).created
    await resolver.forget((await resolver.lookup(MARKED)).matches[0].record_id or "")
    await resolver.add(MARKED | {"id": "n"})

    assert (await store.load([MARKED | {"id": "n", "company": "Another"}])).changed == 1
    assert (await sync_store(store, full=True)).erased == 0


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x", "email": "MARKED.mail@example.org", "phone": None, "first_name": "Other"},
        {"id": "x", "email": None, "phone": "(212) 555-0142", "first_name": None},
        {"id": "m", "email": None, "phone": None, "first_name": "Markedfirst"},
    ],
)
async def test_a_file_brings_them_back(store: SqlStore, row: dict[str, object]) -> None:
    """By e-mail, phone or id, however they are written: refused, counted, or not looked at."""
    resolver = Resolver(store)
    await resolver.add(MARKED | {"id": "m"})
    await resolver.forget("m")
    other = {"id": "wang", "email": WANG["email"], "phone": WANG["phone"], "first_name": "伟"}

    with pytest.raises(PersonErased) as refused:
        await store.load([other, row])

    assert refused.value.places == (1,)
    assert traces_in(str(refused.value)) == []
    assert await store.count() == 0
    store.tombstones = replace(store.tombstones, then="report")
    assert await store.load([other, row]) == _loaded(new=2, erased=1)


def _loaded(**counts: int) -> object:
    from have_we_met.store.base import Loaded

    return Loaded(**counts)


async def test_somebody_else_is_let_in(store: SqlStore) -> None:
    """A record that shares no exact key with the erased, and one that had it before them."""
    resolver = Resolver(store)
    await resolver.add(MARKED | {"id": "m"})
    await resolver.add({"id": "spouse", "phone": MARKED["phone"], "first_name": "Spouse"})
    await resolver.forget("m")
    rows = [
        {"id": "spouse", "email": None, "phone": MARKED["phone"], "first_name": "Spouse Two"},
        {"id": "o", "email": "other@example.org", "phone": None, "first_name": "Markedfirst"},
    ]

    assert await store.load(rows) == _loaded(new=1, changed=1)


async def test_a_sync_brings_them_back(store: SqlStore) -> None:
    """A row that another program writes stays out of the side tables, and is counted each time."""
    resolver = Resolver(store)
    await resolver.add(MARKED | {"id": "m"})
    await resolver.add(ADA | {"id": "ada"})
    await resolver.forget("m")
    await run(store, SQL)

    for _ in range(2):
        drift = await sync_store(store, full=True)
        assert (drift.added, drift.erased, drift.unchanged) == (0, 1, 1)
    assert (await resolver.lookup(MARKED)).status is Status.NOT_FOUND
    store.tombstones = replace(store.tombstones, then="report")
    assert (await sync_store(store, full=True)).added == 1
    assert (await resolver.lookup(MARKED)).status is not Status.NOT_FOUND


@pytest.mark.parametrize("secret", ["", OTHER_SECRET])
async def test_without_the_secret(url: str, store: SqlStore, secret: str) -> None:
    """Who cannot read the tombstones is told so, and lets nobody in by not knowing."""
    resolver = Resolver(store)
    await resolver.add(ADA | {"id": "ada"})
    await resolver.forget("ada")
    await run(store, SQL)
    other = await open_store(url, MODEL, options=StoreOptions(secret=secret))

    with pytest.raises(StoreError, match="HAVE_WE_MET_MARKS_SECRET"):
        await other.load([{"id": "ada", "email": "ada@example.org"}])
    with pytest.raises(StoreError, match="HAVE_WE_MET_MARKS_SECRET"):
        await sync_store(other, full=True)
    await other.close()
    off = await open_store(url, MODEL, options=StoreOptions(secret=secret, erased="off"))
    assert (await off.load([{"id": "ada", "email": "ada@example.org"}])).new == 1
    await off.close()


async def test_erasing_without_a_secret(tmp_path: Path) -> None:
    """Without a secret there is no erasing, unless nobody is to look."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    resolver = Resolver(await create_store(url, MODEL))
    await resolver.add(ADA | {"id": "ada"})
    with pytest.raises(StoreError, match="HAVE_WE_MET_MARKS_SECRET"):
        await resolver.forget("ada")
    assert (await resolver.get("ada"))["email"] == ADA["email"]
    off = Resolver(await open_store(url, MODEL, options=StoreOptions(erased="off")))

    receipt = await off.forget("ada")

    assert (receipt.tombstones, receipt.entry, receipt.deleted["contacts"]) == (0, None, 1)


async def test_everything_known(store: SqlStore) -> None:
    """A person is told all that is stored of them, and that they were told is written down."""
    resolver = Resolver(store, audit=Audit(store))
    await lived_in(resolver)
    await resolver._audit.flush()  # type: ignore[union-attr]

    found = (await resolver.everything("m")).as_json()

    assert found["contact"]["email"] == MARKED["email"]  # type: ignore[index]
    assert found["normalised"]["phone"] == "+12125550142"  # type: ignore[index]
    assert len(found["keys"]) == 5  # type: ignore[arg-type]
    assert len(found["judgements"]) == 1  # type: ignore[arg-type]
    assert len(found["rememberedAnswers"]) == 1  # type: ignore[arg-type]
    known = [entry["action"] for entry in found["audit"]]  # type: ignore[attr-defined,index]
    assert {"create", "update", "decide", "lookup", "export"} <= {*known}
    assert OPTIONS.secret not in repr(OPTIONS)
