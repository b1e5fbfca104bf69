from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met import StoreError, create_store, preset
from have_we_met.files import Format, Rejected, Rows, importing
from have_we_met.files.ahead import Ahead, Here, Preparer, fields_of, second_process
from have_we_met.files.contacts import Shaper
from have_we_met.files.importing import Step, import_rows
from have_we_met.files.load import load_rows
from have_we_met.files.plan import Planner
from have_we_met.store import Store
from have_we_met.store.base import Loaded
from have_we_met.store.prepare import prepare
from have_we_met.store.sqlite import SqliteStore

MODEL = preset("contacts")
PEOPLE = b"""id,email,phone,first_name,last_name,company
1,ada@example.org,+14155550101,Ada,Lovelace,Analytical Engines
2,wang@example.com,,\xe4\xbc\x9f,\xe7\x8e\x8b,
3,chinua@example.org,,Chinua,Achebe,
4,,+14155550102,Sor Juana,de la Cruz,
5,olga@example.net,,\xd0\x9e\xd0\xbb\xd1\x8c\xd0\xb3\xd0\xb0,,\xd0\x97\xd0\xb0\xd0\xb2\xd0\xbe\xd0\xb4
"""


def everything(store: Store) -> tuple[list[object], list[object], list[object]]:
    """The whole content of a store, with ids in place of record numbers, but for the times."""
    assert isinstance(store, SqliteStore)
    raw, side = store.writer.raw, store.side
    columns = ", ".join(name for name in side.contacts.column_names if not name.endswith("_at"))
    rows = raw.execute(f"SELECT {columns} FROM {side.contacts.name} ORDER BY id").fetchall()
    values = raw.execute(f"SELECT * FROM {side.values.name} ORDER BY id_id").fetchall()
    keys = raw.execute(
        f"SELECT k.key, v.id_id FROM {side.keys.name} k JOIN {side.values.name} v USING (record)"
        " ORDER BY 1, 2"
    ).fetchall()
    return rows, [row[1:] for row in values], keys


async def load_file(
    store: Store, content: bytes, *, chunk: int = 100, preparer: Preparer | None = None
) -> list[Step]:
    stretches = Format(name="csv", chunk=chunk).read(io.BytesIO(content))
    shaper = Shaper(Planner(MODEL, store.side.contacts))
    preparer = preparer or Here(MODEL)
    return [step async for step in import_rows(store, stretches, shaper, preparer)]


def loaded(steps: list[Step]) -> tuple[Loaded, list[Rejected]]:
    return (
        sum((step.loaded for step in steps), Loaded()),
        [one for step in steps for one in step.rejected],
    )


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else waits to write here."""
    monkeypatch.setattr(importing, "PAUSE", 0)


@pytest.fixture
async def store() -> Store:
    return await create_store("sqlite://", MODEL)


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
async def test_importing_twice_is_importing_once(store: Store, chunk: int) -> None:
    """A file that is imported again changes nothing, and says so."""
    first, _ = loaded(await load_file(store, PEOPLE, chunk=chunk))
    before = everything(store)
    again, _ = loaded(await load_file(store, PEOPLE, chunk=3))

    assert (first, again) == (Loaded(new=5), Loaded(unchanged=5))
    assert everything(store) == before


fields = st.sampled_from(["", "a@x.org", "b@x.org", "Ada", "Bo", "+14155550101", " ", '"', "王"])
files = st.lists(st.tuples(st.sampled_from(["", "1", "2", "3"]), fields, fields), max_size=6)


@given(files, st.integers(1, 7), st.integers(1, 7))
@settings(max_examples=25, deadline=None)
def test_any_file_twice_in_any_stretches(
    table: list[tuple[str, str, str]], first: int, second: int
) -> None:
    """Whatever a file says, and in whatever stretches it is read, the end is the same."""
    lines = [("id", "email", "first_name"), *table]
    content = "".join(
        ",".join(f'"{v.replace(chr(34), chr(34) * 2)}"' for v in line) + "\n" for line in lines
    )

    async def run() -> tuple[object, object, object]:
        one = await create_store("sqlite://", MODEL)
        await load_file(one, content.encode(), chunk=first)
        after = everything(one)
        await load_file(one, content.encode(), chunk=second)
        other = await create_store("sqlite://", MODEL)
        await load_file(other, content.encode(), chunk=second)
        return after, everything(one), everything(other)

    once, twice, elsewhere = asyncio.run(run())

    assert once == twice == elsewhere


async def test_equal_rows_are_one(store: Store) -> None:
    """Of rows without ids that say the same one contact is made."""
    content = b"email,phone\na@x.org,\nb@x.org,\na@x.org,\n"

    result, _ = loaded(await load_file(store, content))

    assert result == Loaded(new=2, unchanged=1)


async def test_what_the_table_refuses(tmp_path: object) -> None:
    """A row that breaks a rule of the table's own is rejected, and every other one is in."""
    url = f"sqlite:///{tmp_path}/their.db"
    import sqlite3

    with sqlite3.connect(f"{tmp_path}/their.db") as raw:
        raw.execute(
            "CREATE TABLE contacts (id INTEGER PRIMARY KEY, email TEXT UNIQUE,"
            " phone TEXT CHECK (phone != '3'))"
        )
    raw.close()
    lines = [f"{n},p{n % 97}@x.org,{n}" for n in range(1, 101)]
    store = await create_store(url, MODEL)

    result, rejected = loaded(
        await load_file(store, "\n".join(["id,email,phone", *lines]).encode())
    )
    await store.close()

    assert result == Loaded(new=97)
    assert [one.line for one in rejected] == [4, 99, 100]
    assert rejected[0].reason == "the table does not take it: check"
    assert all("UNIQUE constraint failed: contacts.email" in one.reason for one in rejected[1:])
    assert not any("@" in one.reason for one in rejected)


async def test_rejects_are_in_order(store: Store) -> None:
    """Rejected rows come in the order of their lines, whoever rejected them."""
    content = b"id,email,first_name\n1,a@x.org,\n2,,\n3,x\n4,,\n"

    _, rejected = loaded(await load_file(store, content))

    assert [one.line for one in rejected] == [3, 4, 5]


async def test_nothing_to_load(store: Store) -> None:
    """No rows are no work."""
    assert await load_rows(store, Rows((), (), ())) == (Loaded(), [])


async def test_a_second_process(store: Store) -> None:
    """Prepared in another process, a file leaves what it leaves when prepared here."""
    with second_process(MODEL) as preparer:
        result, _ = loaded(await load_file(store, PEOPLE, chunk=1, preparer=preparer))
    other = await create_store("sqlite://", MODEL)
    await load_file(other, PEOPLE)

    assert result == Loaded(new=5)
    assert everything(store) == everything(other)


def test_a_second_process_that_ends() -> None:
    """Where the other process is gone, the error says what to do."""

    class Gone:
        def send(self, rows: object) -> None: ...

        def recv(self) -> object:
            raise EOFError

    ahead = Ahead(MODEL, Gone())  # type: ignore[arg-type]
    ahead.begin(Rows((), (), ()))

    with pytest.raises(StoreError, match="run it again"):
        ahead.end()


async def test_one_stretch_ahead(store: Store) -> None:
    """A stretch is handed in before the one before it is written, and never two at once."""
    heard: list[str] = []

    class Noting(Here):
        def begin(self, rows: Rows) -> None:
            heard.append("begin")
            super().begin(rows)

        def end(self):  # type: ignore[no-untyped-def]
            heard.append("end")
            return super().end()

    stretches = Format(name="csv", chunk=2).read(io.BytesIO(PEOPLE))
    shaper = Shaper(Planner(MODEL, store.side.contacts))
    steps = import_rows(store, stretches, shaper, Noting(MODEL))
    await anext(steps)
    heard.append("written")
    heard += ["written" async for _ in steps]

    assert heard[:5] == ["begin", "end", "begin", "written", "end"]
    assert [one for one in heard if one != "written"] == ["begin", "end"] * 3


def test_prepared_part() -> None:
    """Of what was prepared, the part for some rows is what those rows alone come to."""

    def stretch() -> Iterator[Rows]:
        return Format(name="csv").read(io.BytesIO(PEOPLE))

    (rows,) = stretch()
    places = [0, 2, 4]
    some = Rows(rows.names, tuple([c[p] for p in places] for c in rows.columns), places)

    part = prepare(MODEL, *fields_of(MODEL, rows)).only(places)
    alone = prepare(MODEL, *fields_of(MODEL, some))

    assert [*part.columns] == [*alone.columns]
    assert np.array_equal(part.hashes, alone.hashes)
    assert np.array_equal(part.places, alone.places)
