from __future__ import annotations

import inspect
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from have_we_met import BreakerOpen, InputError, RecordNotFound, StoreError, preset, sync
from have_we_met import resolver as asynchronous
from have_we_met.audit import Audit, acting
from have_we_met.cache import open_cache
from have_we_met.resilience import BreakerSettings
from have_we_met.store import SqlStore, StoreOptions
from have_we_met.store.audit import entries
from have_we_met.store.audit_chain import Entry
from have_we_met.sync import open_resolver

MODEL = preset("contacts")
ADA = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}


def test_the_whole_road_without_a_loop(tmp_path: Path) -> None:
    """A script adds, looks up, changes, explains and deletes without an event loop of its own."""
    with open_resolver(f"sqlite:///{tmp_path}/c.db", MODEL, create=True) as resolver:
        record_id = resolver.add(ADA)
        assert resolver.lookup({"email": "ADA@example.org"}).status == "found"
        assert resolver.update(record_id, {"company": "Engines"})["company"] == "Engines"
        assert resolver.get(record_id)["first_name"] == "Ada"
        assert resolver.explain(record_id, ADA).outcome == "definite-match"
        assert "email" in resolver.why_not(ADA, record_id).brought_by
        assert not resolver.get_or_create(ADA).created
        resolver.delete(record_id)
        with pytest.raises(RecordNotFound):
            resolver.get(record_id)


def test_a_breaker_around_the_store(tmp_path: Path) -> None:
    """Where one is asked for, a table that is gone is asked for so often and no more."""
    path = tmp_path / "c.db"
    settings = BreakerSettings(minimum_calls=2)
    url = f"sqlite:///{path}"
    with open_resolver(url, MODEL, create=True, breaker=settings) as resolver:
        with sqlite3.connect(path) as other:
            other.execute("ALTER TABLE contacts RENAME TO elsewhere")
        other.close()
        with pytest.raises(StoreError):
            resolver.get(1)
        with pytest.raises(StoreError):
            resolver.get(1)
        with pytest.raises(BreakerOpen):
            resolver.get(1)


def test_many_threads_make_one_person(tmp_path: Path) -> None:
    """Threads that share a resolver, and threads with one each, create a person once."""
    url = f"sqlite:///{tmp_path}/c.db"
    with open_resolver(url, MODEL, create=True) as shared:

        def own(_: int) -> object:
            with open_resolver(url, MODEL) as resolver:
                return resolver.get_or_create(ADA).record_id

        with ThreadPoolExecutor(8) as pool:
            ids = [*pool.map(own, range(8))]
            ids += pool.map(lambda _: shared.get_or_create(ADA).record_id, range(40))

        assert len(set(ids)) == 1


def test_late_verdicts() -> None:
    """Who was created in doubt is noted, looked at again, and listed with what was found."""
    with open_resolver("sqlite://", preset("contacts"), create=True) as resolver:
        resolver.add({"id": "first", "email": "ada@example.org"})
        resolver.lookup({"email": "ada@example.org"}, deadline=0)
        resolver.add({"id": "second", "email": "ada@example.org"})

        assert resolver.revisit().total == 1
        (note,) = resolver.late_notes()
        assert note.record_id == "second"
        assert note.finding is not None


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """A mapped class is a table too, its columns are told by hand where they are created."""
    url = f"sqlite:///{tmp_path}/c.db"
    engine = sa.create_engine(url)
    members = sa.Table(
        "members",
        sa.MetaData(),
        sa.Column("nr", sa.Integer, primary_key=True),
        sa.Column("mail", sa.Text),
    )
    members.create(engine)
    engine.dispose()
    reached = StoreOptions(connections=2)
    columns = {"email": "mail"}

    with open_resolver(
        url, MODEL, table=members, create=True, columns=columns, store_options=reached
    ) as made:
        record_id = made.add({"email": "ada@example.org"})
    with open_resolver(url, MODEL, table="members", store_options=reached) as again:
        assert again.get(record_id)["email"] == "ada@example.org"


def test_the_options_reach_the_store(database: str) -> None:
    """On PostgreSQL the pools are as the caller wants them."""
    reached = StoreOptions(connections=1)
    with open_resolver(database, MODEL, create=True, store_options=reached) as resolver:
        resolver.add(ADA)
        pool = resolver._resolver.store.writing  # type: ignore[attr-defined]

        assert (resolver.lookup(ADA).status, pool.use.limit) == ("found", 1)


PUBLIC = [
    name
    for name in vars(asynchronous.Resolver)
    if not name.startswith("_") and name != "close"  # which the ``with`` block does
]


@pytest.mark.parametrize("name", PUBLIC)
def test_nothing_is_missing(name: str) -> None:
    """Whatever the resolver of an event loop has, this one has, and takes the same."""
    theirs, ours = (getattr(module.Resolver, name, None) for module in (asynchronous, sync))
    assert ours is not None, f"have_we_met.sync.Resolver lacks {name}"
    if callable(theirs):
        taken = [[*inspect.signature(one).parameters.values()] for one in (theirs, ours)]
        wanted, has = ([(p.name, p.kind, p.default) for p in some] for some in taken)
        assert has == wanted


def test_what_is_kept_and_written_down(tmp_path: Path) -> None:
    """A cache, an audit, erasure and access are there for scripts, too; who acts is heard."""
    secret = StoreOptions(secret="a secret of 16 characters or more")
    url = f"sqlite:///{tmp_path}/c.db"
    with open_resolver(
        url, MODEL, create=True, store_options=secret, cache=open_cache, audit=Audit
    ) as resolver:
        ada = resolver.add(ADA)
        for _ in range(2):
            assert resolver.lookup(ADA).status == "found"
        assert resolver._resolver.cache.counts == {"miss": 1, "memory": 1}  # type: ignore[union-attr]
        with acting("key-7", "backoffice"):
            assert resolver.everything(ada).contact["email"] == ADA["email"]
            receipt = resolver.forget(ada, vacuum=True)
        assert receipt.deleted["contacts"] == 1
        assert resolver.lookup(ADA).status == "not_found"
    with open_resolver(url, MODEL, store_options=secret) as resolver:
        store = resolver._resolver.store
        found = resolver._portal.call(_entries, store)
    assert [(one.action, one.actor) for one in found if one.actor != "library"] == [
        ("export", "key-7"),
        ("forget", "key-7"),
    ]
    assert [one.action for one in found].count("lookup") == 3


async def _entries(store: SqlStore) -> list[Entry]:
    return [one async for one in entries(store)]


def test_a_cache_that_cannot_be_opened(tmp_path: Path) -> None:
    """It is said, and the store is let go of."""
    opening = partial(open_cache, address="memcached")
    url = f"sqlite:///{tmp_path}/c.db"
    with (
        pytest.raises(InputError, match="must be memory"),
        open_resolver(url, MODEL, create=True, cache=opening),
    ):
        pass
