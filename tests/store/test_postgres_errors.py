"""What goes wrong in PostgreSQL is said in our words, and never with a value."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator

import pytest

from have_we_met import (
    DeadlineExceeded,
    HaveWeMetError,
    InputError,
    RecordExists,
    Resolver,
    StoreBusy,
    StoreError,
    create_store,
    open_store,
)
from have_we_met.errors import StoreConflict

from ..servers import Postgres
from .conformance import ADA, MODEL
from .test_postgres import run

SECRET = "ada.secret@example.org"

TABLE = """
CREATE TABLE contacts (
    id int PRIMARY KEY, email text UNIQUE, company varchar(20) CHECK (company <> 'forbidden'),
    last_name text NOT NULL, country text, born date, shop int REFERENCES shops (id)
)
"""


@pytest.fixture(scope="module")
def guarded(postgres: Postgres) -> Iterator[str]:
    """A table with all kinds of rules, and one person in it."""

    async def create(url: str) -> None:
        await run(url, "CREATE TABLE shops (id int PRIMARY KEY)", TABLE)
        store = await create_store(url, MODEL)
        await Resolver(store).add({"id": 1, "email": SECRET, "last_name": "Lovelace"})
        await store.close()

    with postgres.database() as url:
        asyncio.run(create(url))
        yield url


@pytest.mark.parametrize(
    ("contact", "error", "said"),
    [
        ({"id": 1}, RecordExists, "contacts_pkey"),
        ({"email": SECRET}, RecordExists, "contacts_email_key"),
        ({"last_name": None}, InputError, "last_name: the table does not take it: not null"),
        ({"company": "forbidden"}, InputError, "contacts_company_check"),
        ({"company": f"{SECRET} and more"}, InputError, "company: is longer than 20 characters"),
        ({"shop": 7}, InputError, "contacts_shop_fkey"),
        ({"born": SECRET}, InputError, "born: must be a date"),
        ({"id": SECRET}, InputError, "id: must be a whole number"),
        ({"id": 2**40}, InputError, "id: must be a whole number of 32 bits"),
        ({"country": f"{SECRET}\0"}, InputError, "country: holds a character"),
        ({"country": f"{SECRET}\udc00"}, InputError, "country: holds a character"),
    ],
)
async def test_no_value_in_an_error(
    guarded: str, contact: dict[str, object], error: type[HaveWeMetError], said: str
) -> None:
    """A refused contact is told by column or rule; neither message nor traceback has a value."""
    store = await open_store(guarded, MODEL)
    second = {"id": 2, "email": "other@example.org", "last_name": "Lovelace"}
    try:
        with pytest.raises(error, match=said) as caught:
            await Resolver(store).add(second | contact)
        with pytest.raises(HaveWeMetError):
            await store.load([second | contact | {"id": 3, "email": SECRET}])
        assert await store.count() == 1
    finally:
        await store.close()

    assert SECRET not in "".join(traceback.format_exception(caught.value))


async def failing(database: str, code: str, times: int) -> None:
    """Have the first so many inserts fail with a code, given as an expression of SQL."""
    await run(
        database,
        "CREATE SEQUENCE tries",
        f"""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('tries') <= {times} THEN
                RAISE EXCEPTION '%', NEW.email USING ERRCODE = {code};
            END IF;
            RETURN NEW;
        END $$
        """,
        "CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON contacts"
        " FOR EACH ROW EXECUTE FUNCTION fail()",
    )


@pytest.mark.parametrize("code", ["40001", "40P01"])
async def test_a_conflict_is_tried_again(stored: str, code: str) -> None:
    """A deadlock or a serialisation failure costs the caller nothing but time."""
    await failing(stored, f"'{code}'", times=3)
    store = await create_store(stored, MODEL)

    made = await Resolver(store).get_or_create(ADA)
    loaded = await store.load([{"id": "1", "email": "other@example.org"}])

    assert (made.created, loaded.new, await store.count()) == (True, 1, 2)
    await store.close()


async def test_a_conflict_that_lasts_ends_at_the_deadline(stored: str) -> None:
    """Trying again has an end, and nothing is written then."""
    await failing(stored, "'40001'", times=10**6)
    store = await create_store(stored, MODEL)

    with pytest.raises((StoreConflict, StoreBusy, DeadlineExceeded)):
        await Resolver(store).get_or_create(ADA, deadline=0.3)

    assert await store.count() == 0
    await store.close()


CODES = {
    "53100": StoreBusy,  # disk_full
    "55P03": StoreBusy,  # lock_not_available
    "22003": InputError,  # numeric_value_out_of_range
    "23514": InputError,  # check_violation
    "42501": StoreError,  # insufficient_privilege
    "P0001": StoreError,  # a trigger's own
}


async def test_what_a_code_means(stored: str) -> None:
    """Each kind of complaint is an error of ours, without its words."""
    await failing(stored, "NEW.company", times=len(CODES))
    store = await create_store(stored, MODEL)

    for code, error in CODES.items():
        with pytest.raises(error) as caught:
            await Resolver(store).add(ADA | {"email": SECRET, "company": code})
        assert SECRET not in "".join(traceback.format_exception(caught.value))
    await store.close()


async def test_a_changed_table(stored: str) -> None:
    """A column that is gone since the store was opened is no riddle."""
    store = await create_store(stored, MODEL)
    record_id = await Resolver(store).add(ADA)
    await run(stored, "ALTER TABLE contacts DROP COLUMN company")

    with pytest.raises(StoreError, match="the table changed"):
        await Resolver(store).get(record_id)
    await store.close()


async def test_a_password_is_not_shown(database: str) -> None:
    """An address that leads nowhere is not repeated."""
    for url in (
        "postgresql://ada:hidden@localhost:1/x",
        "postgresql://ada:hidden@:x/y",
        database.replace("postgres@", "nobody:hidden@"),
    ):
        with pytest.raises(StoreError) as caught:
            await create_store(url, MODEL)
        assert "hidden" not in "".join(traceback.format_exception(caught.value))
