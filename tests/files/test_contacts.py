from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import InputError, ModelError, create_store, preset
from have_we_met.files import Rejected, Rows
from have_we_met.files.contacts import Shaper
from have_we_met.files.ids import content_id, id_maker
from have_we_met.files.plan import Planner
from have_we_met.store.contacts import Contacts

MODEL = preset("contacts")


def own() -> Contacts:
    return asyncio.run(create_store("sqlite://", MODEL)).side.contacts


def theirs(folder: Path, ddl: str) -> Contacts:
    path = folder / "their.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(ddl)
    url = f"sqlite:///{path}"

    async def adopt() -> Contacts:
        store = await create_store(url, MODEL, table="people")
        await store.close()
        return store.side.contacts

    return asyncio.run(adopt())


def rows(**columns: list[object]) -> Rows:
    count = len(next(iter(columns.values())))
    return Rows(tuple(columns), tuple(columns.values()), range(2, 2 + count))


def shape(contacts: Contacts, said: Rows, **how: object) -> dict[str, list[object]]:
    shaped = Shaper(Planner(MODEL, contacts, **how)).shape(said)  # type: ignore[arg-type]
    return {n: list(c) for n, c in zip(shaped.names, shaped.columns, strict=True)}


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    return own()


def test_columns_are_recognised(contacts: Contacts) -> None:
    """Fields, other columns of the table and the key are known by name, in any spelling."""
    given = rows(**{"ID": ["1"], "E-Mail": ["a@b.org"], "FirstName": ["A"], "Created At": ["x"]})

    assert shape(contacts, given) == {
        "id": ["1"],
        "email": ["a@b.org"],
        "first_name": ["A"],
        "created_at": ["x"],
    }


def test_columns_are_given(contacts: Contacts) -> None:
    """What is said by hand is asked first; the rest is recognised."""
    given = rows(Mail=["a@b.org"], email=["old@b.org"], Nummer=["7"], id=["1"])

    found = shape(contacts, given, given={"email": "Mail"}, id_column="Nummer")

    assert found == {"id": ["7"], "email": ["a@b.org"]}


def test_what_is_left_out(contacts: Contacts) -> None:
    """A column that nobody asked for is named; one without a name is not."""
    shaper = Shaper(Planner(MODEL, contacts))
    shaper.shape(rows(**{"email": ["a@b.org"], "shoe size": ["42"], "": ["x"]}))

    assert shaper.left_out == {"shoe size"}


def test_rows_that_say_nothing(contacts: Contacts) -> None:
    """A row in which every field is empty or blank is rejected, even with an id."""
    shaped = Shaper(Planner(MODEL, contacts)).shape(
        rows(
            id=["1", "2", "3"],
            email=[None, "a@b.org", "  "],
            phone=["", None, None],
            created_at=["2024-01-31", None, "2024-01-31"],
        )
    )

    assert shaped.lines == (3,)
    assert shaped.rejected == tuple(Rejected(n, "no field says anything") for n in (2, 4))


def test_no_field_at_all(contacts: Contacts) -> None:
    """A file in which no column is a field is refused; a later stretch like that is rejected."""
    shaper = Shaper(Planner(MODEL, contacts))

    with pytest.raises(ModelError, match="none of shoe"):
        shaper.shape(rows(shoe=["42"]))
    shaper.shape(rows(email=["a@b.org"]))
    later = shaper.shape(rows(shoe=["42"]))
    assert (len(later), len(later.rejected)) == (0, 1)


def test_what_was_given_must_be_there(contacts: Contacts) -> None:
    """A column that was given and is not there is named, and so is an id's."""
    with pytest.raises(ModelError, match="no column 'Mail'"):
        shape(contacts, rows(email=["a"]), given={"email": "Mail"})
    with pytest.raises(InputError, match="no column 'Nummer'"):
        shape(contacts, rows(email=["a"]), id_column="Nummer")


def test_ids_follow_from_the_content(contacts: Contacts) -> None:
    """Rows without an id have the same id where they say the same, and given ids stay."""
    given = rows(id=[None, "7", None, None], email=["a@b", "a@b", "a@b", "c@d"])

    first, second, third, fourth = shape(contacts, given)["id"]

    assert (second, first == third, first == fourth) == ("7", True, False)
    assert UUID(str(first)).version == 5


@given(st.permutations(["email", "phone", "company"]))
def test_ids_do_not_depend_on_the_order_of_columns(order: list[str]) -> None:
    """A file whose columns stand in another order has the same ids."""
    contacts = _OWN
    values: dict[str, list[object]] = {"email": ["a@b"], "phone": [None], "company": ["C"]}

    found = shape(contacts, rows(**{name: values[name] for name in order}))

    assert found["id"] == shape(contacts, rows(company=["C"], email=["a@b"]))["id"]


_OWN = own()


@given(
    st.lists(
        st.tuples(st.text(max_size=2), st.text(max_size=3)), max_size=3, unique_by=lambda p: p[0]
    ),
    st.lists(
        st.tuples(st.text(max_size=2), st.text(max_size=3)), max_size=3, unique_by=lambda p: p[0]
    ),
)
def test_other_content_has_another_id(
    left: list[tuple[str, str]], right: list[tuple[str, str]]
) -> None:
    """Two contents have one id only where they are equal, whatever characters they hold."""
    ids = [content_id([n for n, _ in said], [v for _, v in said]) for said in (left, right)]

    assert (ids[0] == ids[1]) == (left == right)


def test_an_id_is_the_same_in_every_release() -> None:
    """Ids are kept in databases, so they must never change."""
    found = content_id(["email", "phone"], ["ada@example.org", None])

    assert str(found) == "a11a24e5-0ac8-5a31-8f85-878dee26aeb6"


def test_integer_ids(tmp_path: Path) -> None:
    """A table with an integer key gets integers that JSON's readers keep exact."""
    contacts = theirs(tmp_path, "CREATE TABLE people (no INTEGER PRIMARY KEY, email TEXT)")

    found = shape(contacts, rows(email=["a@b", "c@d", "a@b"]))["no"]

    assert found[0] == found[2] != found[1]
    assert all(isinstance(one, int) and 0 <= one < 2**53 for one in found)


def test_an_id_of_another_kind(tmp_path: Path) -> None:
    """An id that the table's key cannot be is rejected, and not quoted."""
    contacts = theirs(tmp_path, "CREATE TABLE people (no INTEGER PRIMARY KEY, email TEXT)")
    shaped = Shaper(Planner(MODEL, contacts)).shape(
        rows(id=["17", "secret", "18.0"], email=["a@b", "c@d", "e@f"])
    )

    assert dict(zip(shaped.names, shaped.columns, strict=True))["no"] == (17, 18)
    assert shaped.rejected == (Rejected(3, "no: must be a whole number"),)


def test_a_key_of_several_columns(tmp_path: Path) -> None:
    """A key of several columns must be in the file, in every row."""
    ddl = "CREATE TABLE people (land TEXT, no INT, email TEXT, PRIMARY KEY (land, no))"
    contacts = theirs(tmp_path, ddl)

    assert id_maker(contacts) is None
    with pytest.raises(InputError, match="no column holds no, by which"):
        shape(contacts, rows(land=["DE"], email=["a@b"]))
    shaped = Shaper(Planner(MODEL, contacts)).shape(
        rows(land=["DE", None], no=["1", "2"], email=["a@b", "c@d"])
    )
    assert shaped.rejected == (Rejected(3, "the id is missing"),)


def test_a_key_that_is_a_field(tmp_path: Path) -> None:
    """Where the e-mail is the key, a row without one is rejected: nobody invents an e-mail."""
    contacts = theirs(tmp_path, "CREATE TABLE people (email TEXT PRIMARY KEY, phone TEXT)")
    shaped = Shaper(Planner(MODEL, contacts)).shape(rows(email=["a@b", None], phone=["1", "2"]))

    assert shaped.lines == (2,)
    assert shaped.rejected == (Rejected(3, "the id is missing"),)


def test_a_field_that_the_table_lacks(tmp_path: Path) -> None:
    """A field for which the table has no column is left out."""
    contacts = theirs(tmp_path, "CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT)")
    shaper = Shaper(Planner(MODEL, contacts))
    shaped = shaper.shape(rows(email=["a@b"], company=["C"]))

    assert set(shaped.names) == {"id", "email"}
    assert shaper.left_out == {"company"}
