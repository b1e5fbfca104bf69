from __future__ import annotations

import asyncio
import sys
from uuid import UUID

import asyncpg
import pytest

from have_we_met import (
    InputError,
    MissingExtra,
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
from have_we_met.store.base import Loaded
from have_we_met.store.postgres import PostgresStore

from .conformance import ADA, MODEL, WANG, Index, StoreConformance


async def read_index(store: Store) -> tuple[set[object], set[object]]:
    """Both side tables, with primary keys in place of record numbers."""
    assert isinstance(store, PostgresStore)
    side = store.side
    connection = await store.writing.take(None)
    key = ", ".join(f"v.{column.name}" for column in side.key_columns)
    values = await connection.raw.fetch(f"SELECT * FROM {side.values.fullname}")
    keys = await connection.raw.fetch(
        f"SELECT k.key, {key} FROM {side.keys.fullname} k"
        f" JOIN {side.values.fullname} v USING (record)"
    )
    store.writing.give(connection)
    return {tuple(row)[1:] for row in values}, {tuple(row) for row in keys}


class TestPostgres(StoreConformance):
    @pytest.fixture
    async def store(self, postgres_store: PostgresStore) -> Store:
        return postgres_store

    @pytest.fixture
    def index(self) -> Index:
        return read_index


async def run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_a_table_is_adopted_as_it_is(database: str) -> None:
    """Columns under other names, an identity key and columns of no interest are no hindrance."""
    await run(
        database,
        'CREATE TABLE people (nr int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "EMail" text,'
        ' "First Name" varchar(40), surname text, vip boolean NOT NULL DEFAULT false)',
        "INSERT INTO people VALUES (DEFAULT, 'ada@example.org', 'Ada', 'Lovelace', true)",
    )
    columns = {"last_name": "surname"}
    store = await create_store(database, MODEL, table="people", columns=columns)
    resolver = Resolver(store)

    answer = await resolver.lookup({"email": "ADA@example.org", "last_name": "Lovelace"})
    added = await resolver.add({"email": "grace@example.org", "surname": "Hopper", "vip": "yes"})

    assert answer.contact == {
        "nr": 1,
        "email": "ada@example.org",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "vip": True,
    }
    assert added == 2
    assert (await resolver.get("2"))["vip"] is True
    await store.close()

    again = await open_store(database, MODEL, table="people")
    assert (await Resolver(again).lookup({"email": "grace@example.org"})).status is Status.FOUND
    await again.close()


async def test_a_composite_key_is_a_tuple(database: str) -> None:
    """A primary key of several columns is a tuple, in lookups and in writes."""
    await run(
        database,
        "CREATE TABLE people (shop text, since date, email text, PRIMARY KEY (shop, since))",
        "INSERT INTO people VALUES ('rome', '2020-02-29', 'ada@example.org')",
    )
    store = await create_store(database, MODEL, table="people")
    resolver = Resolver(store)

    found = await resolver.lookup({"email": "ada@example.org"})
    await resolver.update(("rome", "2020-02-29"), {"email": "new@example.org"})
    moved = await resolver.lookup({"email": "new@example.org"})
    await resolver.delete(("rome", "2020-02-29"))

    assert found.matches[0].record_id == moved.matches[0].record_id == ("rome", "2020-02-29")
    assert await store.count() == 0
    with pytest.raises(RecordNotFound):
        await resolver.get("rome")
    await store.close()


async def test_a_uuid_key_is_text_to_callers(database: str) -> None:
    """A UUID is made where none is given, and is a text in answers."""
    await run(database, "CREATE TABLE people (id uuid PRIMARY KEY, email text)")
    store = await create_store(database, MODEL, table="people")
    resolver = Resolver(store)

    made = await resolver.add({"email": "ada@example.org"})
    answer = await resolver.lookup({"email": "ada@example.org"})

    assert answer.matches[0].record_id == made == str(UUID(str(made)))
    assert (await resolver.get(made))["email"] == "ada@example.org"
    with pytest.raises(RecordNotFound):
        await resolver.get("ada")
    await store.close()


async def test_a_table_in_a_schema(database: str) -> None:
    """A table may be named with its schema; the side tables lie beside it."""
    await run(
        database,
        "CREATE SCHEMA crm",
        "CREATE TABLE crm.people (id int PRIMARY KEY, email text)",
        "CREATE TABLE people (id int PRIMARY KEY, email text)",
        "INSERT INTO crm.people VALUES (1, 'ada@example.org')",
    )
    theirs = await create_store(database, MODEL, table="crm.people")
    other = await create_store(database, MODEL, table="people")

    assert (await Resolver(theirs).lookup({"email": "ada@example.org"})).status is Status.FOUND
    assert (await Resolver(other).lookup({"email": "ada@example.org"})).status is Status.NOT_FOUND
    assert isinstance(theirs, PostgresStore)
    assert theirs.side.values.schema == "crm"
    await theirs.close()
    await other.close()


async def test_values_are_made_to_fit_their_columns(database: str) -> None:
    """Texts from a form go into columns of any type, and columns of odd types are left alone."""
    await run(
        database,
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%')",
        "CREATE TABLE people (id char(4) PRIMARY KEY, email mail, born date, mood mood,"
        " visits int, rating numeric(3, 1), seen timestamptz, tags text[], place point,"
        " notes jsonb)",
    )
    store = await create_store(database, MODEL, table="people")
    resolver = Resolver(store)

    await resolver.add(
        {
            "id": "a-1",
            "email": "ada@example.org",
            "born": "1815-12-10",
            "mood": "happy",
            "visits": "12",
            "rating": 4.5,
            "seen": "2024-02-29T12:00:00+02:00",
            "tags": ["poet"],
            "notes": {"vip": True},
        }
    )
    await resolver.update("a-1", {"visits": 13, "mood": None})
    contact = (await resolver.lookup({"email": "ada@example.org"})).contact

    assert contact is not None
    assert contact["born"].isoformat() == "1815-12-10"  # type: ignore[attr-defined]
    assert contact["seen"].isoformat() == "2024-02-29T10:00:00+00:00"  # type: ignore[attr-defined]
    assert (contact["visits"], contact["mood"], contact["tags"]) == (13, None, ["poet"])
    await store.close()


async def test_names_may_be_long(database: str) -> None:
    """Names that PostgreSQL would cut to equal ones stay two."""
    long = "a_table_of_people_with_a_name_that_is_as_long_as_names_may_be_xx"[:63]
    await run(database, f"CREATE TABLE {long} (id int PRIMARY KEY, email text)")
    store = await create_store(database, MODEL, table=long)
    await Resolver(store).add({"id": 1, "email": "ada@example.org"})

    assert (await Resolver(store).lookup({"email": "ada@example.org"})).status is Status.FOUND
    assert isinstance(store, PostgresStore)
    assert store.side.values.name != store.side.keys.name
    await store.close()


@pytest.mark.parametrize(
    ("ddl", "complaint"),
    [
        ("CREATE TABLE people (email text)", "no primary key"),
        ("CREATE TABLE people (id int PRIMARY KEY, wheels int)", "none of id, wheels is one of"),
    ],
)
async def test_a_table_that_cannot_be_used(database: str, ddl: str, complaint: str) -> None:
    """Without ids or without a field there is nothing to look up, and the error says which."""
    await run(database, ddl)
    with pytest.raises(ModelError, match=complaint):
        await create_store(database, MODEL, table="people")


async def test_nothing_to_open(database: str) -> None:
    """Opening does not create: a missing table, index, database or server says so."""
    with pytest.raises(StoreOutOfDate, match="have-we-met init"):
        await open_store(database, MODEL)
    with pytest.raises(TableNotFound):
        await rebuild_store(database, MODEL)
    with pytest.raises(StoreError, match="connect"):
        await open_store(database.replace("/test_", "/no_test_"), MODEL)
    with pytest.raises(StoreError, match="cannot be reached"):
        await open_store("postgresql://localhost:1/nowhere", MODEL)


async def test_any_spelling_of_the_address(stored: str) -> None:
    """The address that an application gives SQLAlchemy opens our store too."""
    for scheme in ("postgresql+asyncpg", "postgresql+psycopg", "postgres"):
        store = await open_store(stored.replace("postgresql", scheme, 1), MODEL)
        assert await store.count() == 0
        await store.close()


async def test_asyncpg_is_asked_for_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the driver the error says how to install it."""
    for name in [name for name in sys.modules if name.startswith("have_we_met.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("have_we_met.store.postgres_open")
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(MissingExtra, match=r"pip install 'have-we-met\[postgres\]'"):
        await open_store("postgresql://localhost/x", MODEL)


async def test_two_processes_create_one_store(database: str) -> None:
    """Whoever creates a store that another is creating waits, and opens that."""
    stores = await asyncio.gather(*(create_store(database, MODEL) for _ in range(3)))

    await Resolver(stores[0]).add(ADA)

    for store in stores:
        assert (await Resolver(store).lookup(ADA)).status is Status.FOUND
        await store.close()


async def test_one_person_from_two_processes(stored: str) -> None:
    """Sign-ups of one person through two stores at once make one record, with one id."""
    stores = [await open_store(stored, MODEL) for _ in range(2)]
    resolvers = [Resolver(store) for store in stores]

    made = await asyncio.gather(*(resolvers[n % 2].get_or_create(ADA) for n in range(60)))

    assert [one.created for one in made].count(True) == 1
    assert len({one.record_id for one in made}) == 1
    assert await stores[0].count() == 1
    for store in stores:
        await store.close()


async def test_updates_at_once_leave_a_true_index(postgres_store: PostgresStore) -> None:
    """Changes of one record by several callers end with side tables that say what the row says."""
    resolver = Resolver(postgres_store)
    record_id = await resolver.add(ADA)
    await asyncio.gather(
        *(resolver.update(record_id, {"email": f"a{n}@example.org"}) for n in range(5)),
        *(resolver.update(record_id, {"phone": f"+1415555010{n}"}) for n in range(5)),
    )
    kept = await read_index(postgres_store)
    contact = await resolver.get(record_id)
    await resolver.delete(record_id)
    names = postgres_store.model.field_names
    await resolver.add({"id": record_id} | {name: contact[name] for name in names})

    assert await read_index(postgres_store) == kept


async def test_a_change_of_what_was_just_deleted(postgres_store: PostgresStore) -> None:
    """Of a deletion and a change at once either the change came first or there is no record."""
    resolver = Resolver(postgres_store)
    for _ in range(5):
        record_id = await resolver.add(ADA)
        changed, gone = await asyncio.gather(
            resolver.update(record_id, {"company": "x"}),
            resolver.delete(record_id),
            return_exceptions=True,
        )

        assert gone is None
        assert isinstance(changed, dict | RecordNotFound)
        assert await read_index(postgres_store) == (set(), set())


async def test_tables_do_not_wait_for_each_other(stored: str) -> None:
    """Equal keys of two tables are two locks."""
    first = await open_store(stored, MODEL)
    second = await create_store(stored, MODEL, table="others")
    keys = MODEL.cut.one(MODEL.record(ADA).values)

    async with first.begin(None) as unit:
        await unit.hold(keys)
        made = await Resolver(second).get_or_create(ADA, deadline=2)

    assert made.created
    await first.close()
    await second.close()


async def test_lookups_go_to_the_replica(stored: str, database: str) -> None:
    """Lookups read the replica, where there is one; writes and ``get_or_create`` never do."""
    replica = await create_store(database, MODEL)
    await Resolver(replica).add(ADA)
    await replica.close()
    store = await open_store(stored, MODEL, options=StoreOptions(replica_url=database))
    resolver = Resolver(store)

    assert (await resolver.lookup(ADA)).status is Status.FOUND
    assert (await resolver.get_or_create(ADA)).created
    assert await store.count() == 1
    await store.close()


def other_model() -> Model:
    return preset("contacts-speed")


async def test_another_models_index_is_refused_then_rebuilt(database: str) -> None:
    """A store cut by another model says so, rebuilding mends it, and who had it open is told."""
    old = await create_store(database, other_model())
    record_id = await Resolver(old).add(ADA)
    with pytest.raises(StoreOutOfDate, match="have-we-met reindex"):
        await open_store(database, MODEL)
    rebuilt = await rebuild_store(database, MODEL)

    answer = await Resolver(old).lookup(ADA)

    assert (answer.status, answer.complete) == (Status.ERROR, False)
    assert [lack.name for lack in answer.degraded] == ["StoreOutOfDate"]
    with pytest.raises(StoreOutOfDate):
        await Resolver(old).add(WANG)
    assert (await Resolver(rebuilt).lookup(ADA)).matches[0].record_id == record_id
    await old.close()
    await rebuilt.close()


async def test_a_rebuild_goes_on_where_it_stopped(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken off, a rebuild keeps its pages, refuses writers, and ends as a whole one."""
    monkeypatch.setattr("have_we_met.store.build.PAGE", 10)
    store = await open_store(stored, MODEL)
    await store.load([{"id": f"{n:03}", "email": f"p{n}@example.org"} for n in range(35)])
    whole = await read_index(store)

    def stop(done: int, total: int) -> None:
        if done == 20:
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await rebuild_store(stored, MODEL, progress=stop)
    assert (await Resolver(store).lookup({"email": "p30@example.org"})).status is Status.FOUND
    with pytest.raises(StoreBusy, match="reindex"):
        await Resolver(store).add(ADA)

    seen: list[tuple[int, int]] = []
    rebuilt = await rebuild_store(stored, MODEL, progress=lambda *at: seen.append(at))

    assert seen == [(30, 35), (35, 35)]
    assert await read_index(rebuilt) == whole
    await rebuilt.close()
    await store.close()


async def test_ids_go_on_after_an_import(database: str) -> None:
    """After a load with numbers as ids the database's own next number is a new one."""
    await run(database, "CREATE TABLE people (id serial PRIMARY KEY, email text)")
    store = await create_store(database, MODEL, table="people")
    loaded = await store.load([{"id": n, "email": f"p{n}@example.org"} for n in range(1, 40)])

    assert loaded == Loaded(new=39)
    assert await Resolver(store).add({"email": "grace@example.org"}) == 40
    await store.close()


async def test_a_load_waits_for_its_turn(postgres_store: PostgresStore) -> None:
    """A batch is written while no unit writes, so that no sign-up misses who is in it."""
    async with postgres_store.begin(None) as unit:
        await unit.hold(MODEL.cut.one(MODEL.record(ADA).values))
        loading = asyncio.create_task(postgres_store.load([{"id": "1", **ADA}]))
        await asyncio.sleep(0.1)
        assert not loading.done()

    assert await loading == Loaded(new=1)
    assert not (await Resolver(postgres_store).get_or_create(ADA)).created


async def test_a_batch_that_does_not_fit_leaves_nothing(postgres_store: PostgresStore) -> None:
    """A value that the database cannot store is named by its field, and the batch is undone."""
    batch = [{"id": "1", **ADA}, {"id": "2", **ADA, "company": "\0secret"}]
    with pytest.raises(InputError, match="company") as caught:
        await postgres_store.load(batch)

    assert "secret" not in str(caught.value)
    assert await read_index(postgres_store) == (set(), set())
