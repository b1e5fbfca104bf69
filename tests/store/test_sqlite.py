from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa

from have_we_met import (
    InputError,
    Model,
    ModelError,
    RecordNotFound,
    Resolver,
    Status,
    StoreBusy,
    StoreError,
    StoreOutOfDate,
    TableNotFound,
    create_store,
    open_store,
    preset,
    rebuild_store,
)
from have_we_met.store import Store, StoreOptions
from have_we_met.store.sqlite import SqliteStore
from have_we_met.store.sqlite_words import fit

from .conformance import ADA, MODEL, WANG, Index, StoreConformance


async def read_index(store: Store) -> tuple[set[object], set[object]]:
    """Both side tables, with primary keys in place of record numbers."""
    assert isinstance(store, SqliteStore)
    raw, side = store.writer.raw, store.side
    key = ", ".join(f"v.{column.name}" for column in side.key_columns)
    values = raw.execute(f"SELECT * FROM {side.values.name}").fetchall()
    keys = raw.execute(
        f"SELECT k.key, {key} FROM {side.keys.name} k JOIN {side.values.name} v USING (record)"
    )
    return {row[1:] for row in values}, set(keys.fetchall())


class TestSqlite(StoreConformance):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        store = await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL)
        yield store
        await store.close()

    @pytest.fixture
    def index(self) -> Index:
        return read_index


class TestSqliteInMemory(StoreConformance):
    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        store = await create_store("sqlite://", MODEL)
        yield store
        await store.close()

    @pytest.fixture
    def index(self) -> Index:
        return read_index

    @pytest.mark.skip(reason="an in-memory database is one connection, which sees its own unit")
    async def test_readers_see_no_half_of_a_unit(self, store: Store) -> None:
        """Not of an in-memory database."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "their.db"


def their_table(path: Path, ddl: str, *inserts: str) -> str:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(ddl)
        for insert in inserts:
            raw.execute(insert)
        raw.commit()
    return f"sqlite:///{path}"


async def test_a_table_is_adopted_as_it_is(path: Path) -> None:
    """Columns under other names, an integer key and columns of no interest are no hindrance."""
    url = their_table(
        path,
        "CREATE TABLE people (nr INTEGER PRIMARY KEY, EMail TEXT, FirstName TEXT,"
        " surname TEXT, vip BOOLEAN NOT NULL DEFAULT 0)",
        "INSERT INTO people VALUES (7, 'ada@example.org', 'Ada', 'Lovelace', 1)",
    )
    columns = {"last_name": "surname"}
    store = await create_store(url, MODEL, table="people", columns=columns)
    resolver = Resolver(store)

    answer = await resolver.lookup({"email": "ADA@example.org", "last_name": "Lovelace"})
    added = await resolver.add({"email": "grace@example.org", "surname": "Hopper"})

    assert answer.contact == {
        "nr": 7,
        "email": "ada@example.org",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "vip": 1,
    }
    assert added == 8
    assert (await resolver.get(8))["vip"] == 0
    await store.close()

    again = await open_store(url, MODEL, table="people")
    assert (await Resolver(again).lookup({"email": "grace@example.org"})).status is Status.FOUND
    await again.close()


async def test_a_composite_key_is_a_tuple(path: Path) -> None:
    """A primary key of several columns is a tuple, in lookups and in writes."""
    url = their_table(
        path,
        "CREATE TABLE people (shop TEXT, nr INTEGER, email TEXT, PRIMARY KEY (shop, nr))",
        "INSERT INTO people VALUES ('rome', 1, 'ada@example.org')",
    )
    store = await create_store(url, MODEL, table="people")
    resolver = Resolver(store)

    found = await resolver.lookup({"email": "ada@example.org"})
    await resolver.update(("rome", 1), {"email": "new@example.org"})
    moved = await resolver.lookup({"email": "new@example.org"})
    await resolver.delete(("rome", 1))

    assert found.matches[0].record_id == moved.matches[0].record_id == ("rome", 1)
    assert await store.count() == 0
    with pytest.raises(RecordNotFound):
        await resolver.get("rome")
    await store.close()


@pytest.mark.parametrize("missing", [["shop"], ["nr"], ["shop", "nr"]])
async def test_a_part_of_a_key_must_be_given(path: Path, missing: list[str]) -> None:
    """Of a key of several columns, what is not given is named, even where SQLite would take it."""
    url = their_table(
        path, "CREATE TABLE people (shop TEXT, nr INTEGER, email TEXT, PRIMARY KEY (shop, nr))"
    )
    store = await create_store(url, MODEL, table="people")
    contact: dict[str, object] = {"shop": "rome", "nr": 1, "email": "ada@example.org"}

    for absent in ({}, dict.fromkeys(missing)):
        given = {name: value for name, value in contact.items() if name not in missing} | absent
        with pytest.raises(InputError) as caught:
            await Resolver(store).add(given)
        assert [problem.path for problem in caught.value.problems] == missing

    assert await store.count() == 0
    await store.close()


async def test_a_default_makes_a_part_of_a_key(path: Path) -> None:
    """What the table itself puts in a key need not be given."""
    url = their_table(
        path,
        "CREATE TABLE people (shop TEXT DEFAULT 'rome', nr INTEGER, email TEXT,"
        " PRIMARY KEY (shop, nr))",
    )
    store = await create_store(url, MODEL, table="people")

    assert await Resolver(store).add({"nr": 1, "email": "ada@example.org"}) == ("rome", 1)
    await store.close()


async def test_a_table_without_a_key_is_refused(path: Path) -> None:
    """Without a primary key there are no ids."""
    url = their_table(path, "CREATE TABLE people (email TEXT)")
    with pytest.raises(ModelError, match="no primary key"):
        await create_store(url, MODEL, table="people")


async def test_a_table_of_something_else_is_refused(path: Path) -> None:
    """A table with none of the model's fields is named together with them."""
    url = their_table(path, "CREATE TABLE cars (id INTEGER PRIMARY KEY, wheels INTEGER)")
    with pytest.raises(ModelError, match="none of id, wheels is one of the fields email"):
        await create_store(url, MODEL, table="cars")


async def test_nothing_to_open(path: Path) -> None:
    """Opening does not create: a missing file, table or index says what to do."""
    with pytest.raises(StoreError, match="have-we-met init"):
        await open_store(f"sqlite:///{path}", MODEL)
    assert not path.exists()

    url = their_table(path, "CREATE TABLE contacts (id INTEGER PRIMARY KEY, email TEXT)")
    with pytest.raises(StoreOutOfDate, match="have-we-met init"):
        await open_store(url, MODEL)
    with pytest.raises((TableNotFound, StoreOutOfDate)):
        await open_store(url, MODEL, table="nowhere")


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x"])
async def test_no_such_store(url: str) -> None:
    """A name that is no store's is an error of ours."""
    with pytest.raises(StoreError):
        await open_store(url, MODEL)


async def test_a_file_of_something_else_is_refused(path: Path) -> None:
    """A file that is no database is an error of ours, and is not touched."""
    path.write_text("dear diary, " * 100)
    with pytest.raises(StoreError):
        await create_store(f"sqlite:///{path}", MODEL)
    assert path.read_text().startswith("dear diary")


def other_model() -> Model:
    return preset("contacts-speed")


async def test_another_models_index_is_refused_then_rebuilt(path: Path) -> None:
    """A store cut by another model says so, and rebuilding mends it."""
    url = f"sqlite:///{path}"
    store = await create_store(url, other_model())
    await Resolver(store).add(ADA)
    await store.close()
    with pytest.raises(StoreOutOfDate, match="have-we-met reindex"):
        await open_store(url, MODEL)

    seen: list[tuple[int, int]] = []
    rebuilt = await rebuild_store(url, MODEL, progress=lambda *at: seen.append(at))
    fresh = await create_store("sqlite://", MODEL)
    await fresh.load([{"id": (await Resolver(rebuilt).lookup(ADA)).matches[0].record_id, **ADA}])

    assert seen == [(1, 1)]
    assert await read_index(rebuilt) == await read_index(fresh)
    await rebuilt.close()
    await fresh.close()


async def test_an_old_reader_is_told(path: Path) -> None:
    """Whoever had the store open while it was rebuilt hears so, and misses nobody silently."""
    url = f"sqlite:///{path}"
    store = await create_store(url, other_model())
    resolver = Resolver(store)
    await resolver.add(ADA)
    await (await rebuild_store(url, MODEL)).close()

    answer = await resolver.lookup(ADA)

    assert (answer.status, answer.complete) == (Status.ERROR, False)
    assert [lack.name for lack in answer.degraded] == ["StoreOutOfDate"]
    with pytest.raises(StoreOutOfDate):
        await resolver.add(WANG)
    await store.close()


async def test_a_newer_layout_is_not_read(path: Path) -> None:
    """Side tables of a later version of the library are left alone."""
    url = f"sqlite:///{path}"
    await (await create_store(url, MODEL)).close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE hwm_meta SET value = '99' WHERE name = 'schema'")
        raw.commit()
    with pytest.raises(StoreOutOfDate, match="newer version"):
        await open_store(url, MODEL)


async def test_a_rebuild_goes_on_where_it_stopped(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off, a rebuild keeps its pages, refuses writers, and ends as a whole one."""
    monkeypatch.setattr("have_we_met.store.build.PAGE", 10)
    url = f"sqlite:///{path}"
    store = await create_store(url, other_model())
    await store.load([{"id": f"{n:03}", "email": f"p{n}@example.org"} for n in range(35)])

    def stop(done: int, total: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuild_store(url, MODEL, progress=stop)
    assert (await Resolver(store).lookup({"email": "p30@example.org"})).status is Status.FOUND
    with pytest.raises(StoreBusy, match="reindex"):
        await Resolver(store).add(ADA)

    seen: list[tuple[int, int]] = []
    rebuilt = await rebuild_store(url, MODEL, progress=lambda *at: seen.append(at))

    assert seen == [(30, 35), (35, 35)]
    assert await rebuilt.count() == 35
    whole = await read_index(rebuilt)
    assert await read_index(await rebuild_store(url, MODEL)) == whole
    await rebuilt.close()
    await store.close()


async def test_a_rebuild_that_is_cancelled(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends after the page that it is at, though it never waits for anything."""
    monkeypatch.setattr("have_we_met.store.build.PAGE", 10)
    store = await create_store(f"sqlite:///{path}", MODEL)
    await store.load([{"id": f"{n:03}", "email": f"p{n}@example.org"} for n in range(35)])
    await store.close()
    seen: list[int] = []

    def cancel(done: int, total: int) -> None:
        seen.append(done)
        rebuilding.cancel()

    rebuilding = asyncio.create_task(rebuild_store(f"sqlite:///{path}", MODEL, progress=cancel))
    with pytest.raises(asyncio.CancelledError):
        await rebuilding

    assert seen == [10]


async def test_a_rebuild_of_another_model_begins_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a broken-off rebuild for another model left is not used."""
    monkeypatch.setattr("have_we_met.store.build.PAGE", 10)
    url = f"sqlite:///{path}"
    store = await create_store(url, MODEL)
    await store.load([{"id": f"{n:03}", "email": f"p{n}@example.org"} for n in range(25)])
    clean = await read_index(store)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuild_store(url, other_model(), progress=stop)
    rebuilt = await rebuild_store(url, MODEL)

    assert await read_index(rebuilt) == clean
    await rebuilt.close()
    await store.close()


async def test_a_deadline_stops_the_database(path: Path) -> None:
    """A statement that runs past the deadline is stopped inside the database, and soon."""
    store = await create_store(f"sqlite:///{path}", MODEL)
    assert isinstance(store, SqliteStore)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    began = monotonic()

    store.reader.deadline = began + 0.05
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        store.reader.raw.execute(endless).fetchall()

    assert 0.05 <= monotonic() - began < 1
    await store.close()


async def test_a_writer_waits_no_longer_than_its_deadline(path: Path) -> None:
    """Where another process holds the write lock, a write gives up at its deadline."""
    url = f"sqlite:///{path}"
    store = await create_store(url, MODEL)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="timeout"):
            await Resolver(store).get_or_create(ADA, deadline=0.05)
        other.execute("ROLLBACK")

    assert (await Resolver(store).get_or_create(ADA)).created
    await store.close()


async def test_a_contact_deleted_behind_our_back(path: Path) -> None:
    """A row that vanished from the caller's table is not shown, and the answer is not complete."""
    url = f"sqlite:///{path}"
    store = await create_store(url, MODEL)
    await Resolver(store).add(ADA)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DELETE FROM contacts")
        raw.commit()

    answer = await Resolver(store).lookup(ADA)

    assert (answer.status, answer.complete) == (Status.NOT_FOUND, False)
    assert [*map(str, answer.degraded)] == ["index side tables: name records that are gone"]
    await store.close()


@pytest.mark.parametrize("kind", ["INTEGER", "REAL", "NUMERIC", "TEXT", "DATE", "BOOLEAN", ""])
@pytest.mark.parametrize(
    "value",
    [
        *("42", " 42 ", "007", "+4.50", "1e3", ".5", "5.", "4a", "", "1_000", "٣", "20240131"),
        *("9" * 30, "-9223372036854775807", "1e999", "2024-01-31", "Ada", "0x10", "- 4"),
        *(42, 4.5, True, False, 2**70, Decimal("4.50"), date(2024, 1, 31), b"Ada"),
    ],
    ids=repr,
)
def test_a_value_is_the_same_before_it_was_stored_and_after(kind: str, value: object) -> None:
    """What we make of a value for a column is what SQLite gives back of it."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute(f"CREATE TABLE t (id TEXT PRIMARY KEY, v {kind})")
        engine = sa.create_engine("sqlite://", creator=lambda: raw, poolclass=sa.StaticPool)
        table = sa.Table("t", sa.MetaData(), autoload_with=engine)
        fitted = fit(table.c.v)(value)
        raw.execute("INSERT INTO t VALUES ('1', ?)", (fitted,))
        (stored,) = raw.execute("SELECT v FROM t").fetchone()

    assert stored == fitted


@pytest.mark.parametrize("value", ["4a", "4.5", "", "1e999", 4.5, 2**70, None, "9" * 30])
def test_what_cannot_be_an_integer_key(value: object) -> None:
    """An id of another kind is refused without being quoted."""
    column = sa.Column("id", sa.Integer, primary_key=True)

    with pytest.raises(ValueError, match=r"^must be a whole number$"):
        fit(column)(value)


def test_half_a_character_is_refused() -> None:
    """A lone surrogate cannot be stored, and is refused without being quoted."""
    with pytest.raises(ValueError, match="character that the database does not store"):
        fit(sa.Column("name", sa.Text))("Ada\ud800")


@pytest.mark.parametrize("name", ["id", "email", "created_at"])
@pytest.mark.parametrize(
    "values",
    [[], [None], ["Ada", None, ""], ["王"], [0], [False, None], [1.5, "Ada"], [Decimal("1.50")]],
    ids=repr,
)
async def test_a_column_is_fitted_as_its_values_are(name: str, values: list[object]) -> None:
    """A column comes out as its values do one by one, the ordinary one without a look at each."""
    store = await create_store("sqlite://", MODEL)
    contacts = store.side.contacts

    one_by_one = [contacts.fitted({name: value})[name] for value in values]

    fitted = list(contacts.fitted_column(name, values))
    assert (fitted, [*map(type, fitted)]) == (one_by_one, [*map(type, one_by_one)])


async def test_a_text_that_cannot_be_stored_is_refused_in_a_column() -> None:
    """Half a character is refused among others too."""
    store = await create_store("sqlite://", MODEL)

    with pytest.raises(InputError, match=r"email: .* does not store"):
        store.side.contacts.fitted_column("email", ["a@example.org", "b\ud800"])


def test_several_create_one_store(tmp_path: Path) -> None:
    """Workers that start at the same moment make one store, which all of them can use."""
    url = f"sqlite:///{tmp_path}/contacts.db"

    async def sign_up() -> object:
        resolver = Resolver(await create_store(url, MODEL))
        try:
            return (await resolver.get_or_create(ADA)).record_id
        finally:
            await resolver.close()

    with ThreadPoolExecutor(6) as threads:
        ids = {*threads.map(lambda _: asyncio.run(sign_up()), range(12))}

    assert len(ids) == 1


async def test_a_build_goes_on_where_another_one_is(tmp_path: Path) -> None:
    """Two that build at the same moment come to one end; a model of another kind is refused."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    people = [{"id": str(n), "email": f"p{n}@example.org"} for n in range(10)]
    store = await create_store(url, MODEL)
    await store.load(people)
    await store.close()
    progress: list[tuple[int, int]] = []

    async def build(model: Model) -> None:
        await (await rebuild_store(url, model)).close()

    def beside(model: Model) -> Callable[[int, int], None]:
        def told(done: int, total: int) -> None:
            progress.append((done, total))
            if len(progress) == 1:
                with ThreadPoolExecutor(1) as thread:
                    thread.submit(lambda: asyncio.run(build(model))).result()

        return told

    again = await rebuild_store(url, MODEL, progress=beside(MODEL))
    assert (await Resolver(again).lookup({"email": "p3@example.org"})).status is Status.FOUND
    assert (again.generation, await again.count()) == (2, 10)
    await again.close()

    progress.clear()
    with pytest.raises((StoreBusy, StoreOutOfDate)):
        await rebuild_store(url, MODEL, progress=beside(preset("contacts-speed")))


async def test_slow_statements_are_logged_by_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A statement over the limit is told with its time and its rows, and with no value."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    store = await create_store(url, MODEL, options=StoreOptions(slow=-1.0))
    with caplog.at_level(logging.INFO, "have_we_met.store"):
        await Resolver(store).get_or_create(ADA)
    await store.close()

    names = {record.__dict__["statement"] for record in caplog.records}
    assert {"candidates", "insert_contact", "contact"} <= names
    assert not any(str(value) in caplog.text for value in ADA.values())

    caplog.clear()
    quick = await open_store(url, MODEL, options=StoreOptions(slow=30.0))
    assert (await Resolver(quick).lookup(ADA)).status is Status.FOUND
    await quick.close()
    assert not caplog.records
