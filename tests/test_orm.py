from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    sessionmaker,
)

from have_we_met import (
    ModelError,
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
from have_we_met.orm import Keeper, keep
from have_we_met.store import Drift, sync_store

MODEL = preset("contacts")


class Base(DeclarativeBase):
    pass


class Household(Base):
    __tablename__ = "households"
    id: Mapped[int] = mapped_column(primary_key=True)
    members: Mapped[list[Person]] = relationship(cascade="all, delete-orphan")


class Person(Base):
    """Attributes under other names than their columns, and a key that SQLite keeps as text."""

    __tablename__ = "people"
    key: Mapped[UUID] = mapped_column("person_id", primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(default="person")
    email: Mapped[str | None] = mapped_column("mail_1")
    first_name: Mapped[str | None] = mapped_column("fname")
    last_name: Mapped[str | None] = mapped_column("lname")
    born: Mapped[date | None]
    household_id: Mapped[int | None] = mapped_column(sa.ForeignKey("households.id"))
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}


class Doctor(Person):
    __mapper_args__ = {"polymorphic_identity": "doctor"}


class Visit(Base):
    """A key of two columns, in another order than they are declared in."""

    __tablename__ = "visits"
    day: Mapped[date] = mapped_column()
    shop: Mapped[str] = mapped_column()
    email: Mapped[str]
    __table_args__ = (sa.PrimaryKeyConstraint("shop", "day"),)


def ada(**more: Any) -> Person:
    values = {"email": "ada@example.org", "first_name": "Ada", "last_name": "Lovelace"}
    return Person(**values | more)


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/people.db"


@pytest.fixture
def engine(file: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(file)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
async def store(engine: sa.Engine, file: str) -> AsyncIterator[Any]:
    store = await create_store(file, MODEL, table=Person)
    yield store
    await store.close()


@pytest.fixture
def kept(store: Any, engine: sa.Engine) -> Iterator[Keeper]:
    keeper = keep(Person, store, engine)
    yield keeper
    keeper.stop()


async def status(store: Any, **values: object) -> Status:
    return (await Resolver(store).lookup(values)).status


# --- opening by a Table or a class -------------------------------------------------------------


async def test_a_mapped_class_names_its_columns(store: Any, engine: sa.Engine) -> None:
    """Fields are found by the attributes' names, whatever the columns are called."""
    assert store.side.contacts.name == "people"
    assert dict(store.side.contacts.fields) == {
        "email": "mail_1",
        "first_name": "fname",
        "last_name": "lname",
    }


async def test_a_class_and_columns_by_hand(engine: sa.Engine, file: str) -> None:
    """A field's column may be given by its attribute or by its own name."""
    model = MODEL
    columns = {"last_name": "first_name", "first_name": "lname"}
    store = await create_store(file, model, table=Person, columns=columns)

    assert store.side.contacts.fields["last_name"] == "fname"
    assert store.side.contacts.fields["first_name"] == "lname"
    await store.close()


async def test_a_table_is_opened(engine: sa.Engine, file: str) -> None:
    """A Table does as well as its name."""
    table: Any = Visit.__table__
    await (await create_store(file, MODEL, table=table)).close()
    store = await open_store(file, MODEL, table=Visit)

    assert store.side.contacts.name == "visits"
    await store.close()


async def test_the_table_is_the_callers(file: str) -> None:
    """A class whose table is not there is not made up."""
    with pytest.raises(TableNotFound, match=r"'people'.*create it"):
        await create_store(file, MODEL, table=Person)


async def test_not_a_table(file: str) -> None:
    """Anything else is refused."""
    with pytest.raises(ModelError, match="a mapped class"):
        await create_store(file, MODEL, table=int)


# --- what a Session does -----------------------------------------------------------------------


async def test_insert_update_delete(store: Any, kept: Keeper, engine: sa.Engine) -> None:
    """What a session writes is found as soon as it is committed, and under nothing else."""
    with Session(engine) as session:
        person = ada()
        session.add(person)
        session.commit()
        added = await status(store, email="ADA@example.org")
        person.email = "countess@example.org"
        session.commit()
        changed = await status(store, email="countess@example.org")
        before = await status(store, email="ada@example.org")
        session.delete(person)
        session.commit()

    assert (added, changed, before) == (Status.FOUND, Status.FOUND, Status.NOT_FOUND)
    assert await status(store, email="countess@example.org") is Status.NOT_FOUND
    assert await sync_store(store) == Drift()


async def test_the_index_is_what_a_sync_makes(store: Any, kept: Keeper, engine: sa.Engine) -> None:
    """A sync finds nothing to mend, whatever was written."""
    with Session(engine) as session:
        people = [ada(), ada(email=None, last_name="Byron"), Doctor(email="dr@example.org")]
        session.add_all(people)
        session.flush()
        people[0].first_name = sa.func.upper("augusta")  # type: ignore[assignment]
        people[1].key = uuid4()
        people[2].born = date(1815, 12, 10)
        session.commit()

    assert await sync_store(store) == Drift(unchanged=3)


async def test_rolled_back_is_nothing(store: Any, kept: Keeper, engine: sa.Engine) -> None:
    """What is rolled back was never indexed, savepoints included."""
    with Session(engine) as session:
        session.add(ada())
        session.flush()
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            session.add(Person(email="no@example.org"))
            session.flush()
            raise ZeroDivisionError
        session.commit()
        session.add(Person(email="neither@example.org"))
        session.flush()
        session.rollback()

    assert await sync_store(store) == Drift(unchanged=1)


async def test_orphans(store: Any, kept: Keeper, engine: sa.Engine) -> None:
    """What a cascade of the ORM deletes is forgotten."""
    with Session(engine) as session:
        home = Household(members=[ada(), ada()])
        session.add(home)
        session.commit()
        home.members.pop()
        session.commit()
        assert await store.count() == 1
        session.delete(home)
        session.commit()

    assert await store.count() == 0


async def test_a_session_factory(store: Any, engine: sa.Engine, tmp_path: Path) -> None:
    """Sessions of another engine are none of its business."""
    keeper = keep(Person, MODEL, sessionmaker(engine))
    other = sa.create_engine(f"sqlite:///{tmp_path}/other.db")
    Base.metadata.create_all(other)
    for bound in (engine, other):
        with Session(bound) as session:
            session.add(ada())
            session.commit()
    keeper.stop()
    other.dispose()

    assert await sync_store(store) == Drift(unchanged=1)


async def test_stopped(store: Any, kept: Keeper, engine: sa.Engine) -> None:
    """After stop() nothing is indexed."""
    kept.stop()
    with Session(engine) as session:
        session.add(ada())
        session.commit()
    kept.start()

    assert await sync_store(store) == Drift(added=1)


async def test_a_table_keeps_its_classes(engine: sa.Engine, file: str) -> None:
    """Given a Table, every class that is mapped to it is kept; so is a key of two columns."""
    table: Any = Visit.__table__
    store = await create_store(file, MODEL, table=table)
    keeper = keep(table, MODEL)
    with Session(engine) as session:
        visit = Visit(shop="rome", day=date(2020, 2, 29), email="ada@example.org")
        session.add_all([visit, Household()])
        session.commit()
        found = await Resolver(store).lookup({"email": "ada@example.org"})
        assert found.matches[0].record_id == ("rome", "2020-02-29")
        visit.day = date(2021, 3, 1)
        session.commit()
    keeper.stop()

    assert await sync_store(store) == Drift(unchanged=1)
    await store.close()


async def test_bulk_statements_are_for_sync(store: Any, kept: Keeper, engine: sa.Engine) -> None:
    """A bulk insert is not seen by the ORM's events, and a sync finds it."""
    with Session(engine) as session:
        session.execute(sa.insert(Person), [{"email": "a@example.org"}, {"email": "b@x.org"}])
        session.commit()

    assert await sync_store(store) == Drift(added=2)


async def test_after_a_rebuild(store: Any, kept: Keeper, engine: sa.Engine, file: str) -> None:
    """It goes on with the side tables that a rebuild made."""
    with Session(engine) as session:
        session.add(ada())
        session.commit()
        rebuilt = await rebuild_store(file, MODEL, table=Person)
        session.add(Person(email="later@example.org"))
        session.commit()

    assert await sync_store(rebuilt) == Drift(unchanged=2)
    await rebuilt.close()


async def test_while_rebuilding(store: Any, kept: Keeper, engine: sa.Engine, file: str) -> None:
    """While side tables are being rebuilt a flush is refused, as every write is."""
    with closing(sqlite3.connect(store.path)) as raw, raw:
        raw.execute("UPDATE hwm_meta SET value = 'x' WHERE entity = 'people' AND name = 'building'")
    with Session(engine) as session:
        session.add(ada())
        with pytest.raises(StoreBusy, match="rebuilt"):
            session.flush()


@pytest.mark.parametrize("there", [True, False])
async def test_no_side_tables(engine: sa.Engine, file: str, there: bool) -> None:
    """Where there is nothing to keep true, the flush says what to do."""
    if there:
        await (await create_store(file, MODEL)).close()  # another table's
    keeper = keep(Person, MODEL, engine)
    with Session(engine) as session:
        session.add(ada())
        with pytest.raises(StoreOutOfDate, match="have-we-met init"):
            session.flush()
    keeper.stop()


def test_sessions_must_lead_to_an_engine() -> None:
    """A factory that is bound to nothing cannot limit anything."""
    with pytest.raises(StoreError, match="bound"):
        keep(Person, MODEL, sessionmaker())


async def test_errors_quote_no_values(store: Any, kept: Keeper, engine: sa.Engine) -> None:
    """Where a statement of ours fails, its parameters are not in the message."""
    with closing(sqlite3.connect(store.path)) as raw, raw:
        raw.execute(
            "CREATE TRIGGER no BEFORE INSERT ON hwm_people_values_1"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with Session(engine) as session:
        session.add(ada())
        with pytest.raises(sa.exc.IntegrityError) as caught:
            session.flush()

    assert "ada@example.org" not in str(caught.value)


# --- AsyncSession ------------------------------------------------------------------------------


@pytest.fixture(params=["postgres", "sqlite"])
def asynchronous(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        pytest.importorskip("aiosqlite", reason="AsyncSession on SQLite needs aiosqlite")
        return f"sqlite+aiosqlite:///{tmp_path}/people.db"
    url: str = request.getfixturevalue("database")
    return url.replace("postgresql:", "postgresql+asyncpg:")


@pytest.fixture
async def async_kept(asynchronous: str) -> AsyncIterator[tuple[Any, Callable[[], AsyncSession]]]:
    engine = create_async_engine(asynchronous)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    store = await create_store(asynchronous, MODEL, table=Person)
    factory = async_sessionmaker(engine, expire_on_commit=False)
    keeper = keep(Person, store, factory)
    yield store, factory
    keeper.stop()
    await store.close()
    await engine.dispose()


async def test_async_session(async_kept: Any) -> None:
    """An AsyncSession is kept as a Session is."""
    store, factory = async_kept
    async with factory() as session:
        person = ada()
        session.add_all([person, Doctor(email="dr@example.org"), Person(email="x@example.org")])
        await session.commit()
        person.email = "countess@example.org"
        person.key = uuid4()
        await session.commit()
        found = await Resolver(store).lookup({"email": "countess@example.org"})
        await session.delete(person)
        await session.commit()

    assert found.status is Status.FOUND
    assert UUID(found.matches[0].record_id) == person.key
    assert await status(store, email="countess@example.org") is Status.NOT_FOUND
    assert await sync_store(store) == Drift(unchanged=2)


async def test_async_savepoints(async_kept: Any) -> None:
    """A savepoint that is rolled back takes what it indexed with it, and the rest goes on."""
    store, factory = async_kept
    async with factory() as session:
        with pytest.raises(ZeroDivisionError):
            async with session.begin_nested():
                session.add(ada())
                await session.flush()
                raise ZeroDivisionError
        session.add(Person(email="x@example.org"))
        await session.commit()

    assert await sync_store(store) == Drift(unchanged=1)


async def test_a_plain_session_on_postgres(async_kept: Any) -> None:
    """A Session on PostgreSQL is kept, too."""
    store, factory = async_kept

    def work(session: Session) -> None:
        session.add(ada())
        session.commit()

    async with factory() as session:
        await session.run_sync(work)

    assert await status(store, email="ada@example.org") is Status.FOUND


def test_psycopg(database: str) -> None:
    """A Session on a driver that takes parameters in another style is kept as well."""
    pytest.importorskip("psycopg", reason="a plain Session on PostgreSQL needs psycopg")
    import asyncio

    engine = sa.create_engine(database.replace("postgresql:", "postgresql+psycopg:"))
    Base.metadata.create_all(engine)
    asyncio.run(_made(database))
    keeper = keep(Person, MODEL, engine)
    with Session(engine) as session:
        person = ada()
        session.add_all([person, Person(email="x@example.org")])
        session.commit()
        person.email = "countess@example.org"
        session.commit()
        session.delete(person)
        session.commit()
    keeper.stop()
    engine.dispose()

    assert asyncio.run(_compared(database)) == Drift(unchanged=1)


async def _made(url: str) -> None:
    await (await create_store(url, MODEL, table=Person)).close()


async def _compared(url: str) -> Drift:
    store = await open_store(url, MODEL, table=Person)
    drift = await sync_store(store)
    await store.close()
    return drift
