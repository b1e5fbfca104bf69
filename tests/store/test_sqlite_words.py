from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from have_we_met import HaveWeMetError, InputError, RecordExists, Resolver, create_store
from have_we_met.store.sqlite_words import in_our_words

from .conformance import MODEL

SECRET = "zebulon@quagga.example"
TABLE = f"""
    CREATE TABLE contacts (
        branch TEXT NOT NULL,
        number INTEGER,
        email TEXT UNIQUE,
        last_name TEXT NOT NULL,
        phone TEXT CHECK (phone <> '{SECRET}'),
        company TEXT CONSTRAINT short_company CHECK (length(company) < 9),
        PRIMARY KEY (branch, number)
    );
    CREATE TRIGGER closed BEFORE INSERT ON contacts WHEN new.branch = 'paris'
    BEGIN SELECT RAISE(ABORT, 'paris is closed'); END;
"""
FIRST = {"branch": "rome", "number": 1, "email": SECRET, "last_name": "Quagga"}
SECOND = {"branch": "rome", "number": 2, "email": "other@example.org", "last_name": "Quagga"}


@pytest.fixture
async def resolver(tmp_path: Path) -> AsyncIterator[Resolver]:
    """A table with all kinds of rules, and one person in it."""
    path = tmp_path / "contacts.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(TABLE)
    store = await create_store(f"sqlite:///{path}", MODEL)
    resolver = Resolver(store)
    await resolver.add(FIRST)
    yield resolver
    await store.close()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"number": 1}, RecordExists, r"contacts\.branch, contacts\.number"),
        ({"email": SECRET}, RecordExists, r"contacts\.email"),
        ({"number": None}, InputError, "^number: is part of the primary key, and must be given$"),
        ({"last_name": None}, InputError, "^last_name: the table does not take it: not null$"),
        ({"phone": SECRET}, InputError, "^the table does not take it: check$"),
        ({"company": SECRET}, InputError, "^the table does not take it: short_company$"),
        ({"branch": "paris"}, InputError, "^the table does not take it: a rule of its own$"),
    ],
)
async def test_a_rule_of_the_table_is_told(
    resolver: Resolver, change: dict[str, object], error: type[HaveWeMetError], said: str
) -> None:
    """What is taken and what does not fit are told apart, by column or rule; no value is quoted."""
    contact = {name: value for name, value in (SECOND | change).items() if value is not None}

    with pytest.raises(error, match=said) as caught:
        await resolver.add(contact)

    assert SECRET not in str(caught.value)
    assert await resolver.store.count() == 1


def test_a_foreign_key_is_told() -> None:
    """A row that refers to nothing does not fit, where SQLite is asked to look."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.executescript(
            "PRAGMA foreign_keys = ON; CREATE TABLE shops (id INTEGER PRIMARY KEY);"
            "CREATE TABLE contacts (shop INTEGER REFERENCES shops)"
        )
        with pytest.raises(sqlite3.IntegrityError) as caught:
            raw.execute("INSERT INTO contacts VALUES (7)")

    told = in_our_words(caught.value, "insert_contact")

    assert isinstance(told, InputError)
    assert str(told) == "the table does not take it: foreign key"
