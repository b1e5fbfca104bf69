"""``advise``: what keys cost and bring, and narrower ones for those that are over-full."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .running import data, run, url, write

MODEL = """
name = "guests"
keys = ["soundex(last_name)", "first(city, 3) + letter(last_name)", "called(last_name)"]
key_limit = 8
fields = [
  {name = "email", type = "email"},
  {name = "first_name", type = "name"},
  {name = "last_name", type = "name"},
  {name = "city", type = "string"},
  {name = "born", type = "date"},
]
comparisons = [
  {field = "email", weight = 20},
  {field = "first_name", measure = "given_name", weight = 10},
  {field = "last_name", measure = "jaro_winkler", weight = 10},
  {field = "born", measure = "date", weight = 20, threshold = 1.0},
]
thresholds = {no_match = 35, definite_match = 50}
"""
GIVEN = ("Ana", "Bo", "Chidi", "Dilnoza", "Emeka", "Farid", "Gul", "Hana", "Ilse", "Jun")
SURNAMES = ("Okafor", "Tanaka", "Silva", "Kowalski", "Haddad")


def people() -> str:
    """Forty of one surname, born in forty years; five others, each of whom came back."""
    many = [
        f"n{n},nguyen{n}@x.example,{GIVEN[n % 10]},Nguyen,Hue{n},{1950 + n}-02-03"
        for n in range(40)
    ]
    twice = [
        f"{name}{time},,{GIVEN[n]},{name},,1980-0{n + 1}-11"
        for n, name in enumerate(SURNAMES)
        for time in (1, 2)
    ]
    return "\n".join(["id,email,first_name,last_name,city,born", *many, *twice, ""])


def filled(db: str, folder: Path, model: str = MODEL) -> tuple[object, ...]:
    where = ("--db", db, "--model", write(folder / "model.toml", model))
    assert data("import", write(folder / "people.csv", people()), *where)["new"] == 50
    return where


@pytest.fixture
def where(tmp_path: Path) -> tuple[object, ...]:
    return filled(url(tmp_path), tmp_path)


def by_key(advice: Any) -> dict[str, Any]:
    return {one["key"]: one for one in advice["keys"]}


def test_buckets(where: tuple[object, ...]) -> None:
    """Of each key it is said what it files, and which buckets are over-full."""
    advice = data("advise", *where)
    soundex = by_key(advice)["soundex(last_name)"]

    assert (advice["records"], advice["sample"], advice["keyLimit"]) == (50, 50, 8)
    assert (soundex["records"], soundex["hashes"]) == (50, 6)
    assert [bucket["records"] for bucket in soundex["largest"]] == [40]
    assert (soundex["overFull"], soundex["crowded"]) == (1, 0.8)
    email = by_key(advice)["email"]
    assert (email["records"], email["hashes"], email["overFull"]) == (40, 40, 0)


def test_the_hash_is_the_stored_one(where: tuple[object, ...], tmp_path: Path) -> None:
    """A bucket's hash is that of the table of keys, so that one can look into it."""
    (bucket,) = by_key(data("advise", *where))["soundex(last_name)"]["largest"]

    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        query = "SELECT count(*) FROM hwm_contacts_keys_1 WHERE key = ?"
        assert raw.execute(query, (bucket["hash"],)).fetchone() == (40,)


def test_what_keys_bring(where: tuple[object, ...]) -> None:
    """Each of the five who came back is found twice, by two keys that say the same."""
    advice = data("advise", *where)
    keys = by_key(advice)

    assert advice["pairs"] == 10
    assert [keys[key]["pairs"] for key in ("email", "soundex(last_name)")] == [0, 10]
    assert keys["soundex(last_name)"]["recall"] == 1.0
    assert [one["only"] for one in advice["keys"]] == [0, 0, 0, 0]
    assert advice["idle"] == [str(key) for key in keys if key != "email"]


def test_only_this_key(tmp_path: Path) -> None:
    """A match that one key alone brings is that key's own, and the key is not idle."""
    where = filled(url(tmp_path), tmp_path, MODEL.replace(', "called(last_name)"', ""))

    advice = data("advise", *where)

    assert by_key(advice)["soundex(last_name)"]["only"] == 10
    assert advice["idle"] == ["first(city, 3) + letter(last_name)"]


def test_a_better_key_is_better(where: tuple[object, ...], tmp_path: Path) -> None:
    """The composition that is named first is as small as was said when it is tried."""
    better = by_key(data("advise", *where))["soundex(last_name)"]["better"][0]
    assert better["key"] == "soundex(last_name) + year(born)"
    assert (better["lost"], better["filed"]) == (0, 1.0)
    assert better["largest"] <= 8

    model = MODEL.replace('"soundex(last_name)"', f'"{better["key"]}"')
    changed = (*where[:3], write(tmp_path / "better.toml", model))
    data("reindex", *changed)
    tried = by_key(data("advise", *changed))[better["key"]]

    assert (tried["overFull"], tried["recall"]) == (0, 1.0)
    assert tried["largestSeen"] <= 8
    assert tried["candidates"]["mean"] == pytest.approx(better["mean"], abs=0.5)


def test_what_would_be_lost(tmp_path: Path) -> None:
    """A composition with a field that says nothing of some would lose them, and says so."""
    model = MODEL.replace('{field = "born", measure = "date", weight = 20, threshold = 1.0},', "")
    model = model.replace(
        "no_match = 35, definite_match = 50", "no_match = 15, definite_match = 38"
    )
    where = filled(url(tmp_path), tmp_path, model.replace(', "called(last_name)"', ""))

    found = data("advise", *where)
    better = {one["key"]: one for one in by_key(found)["soundex(last_name)"]["better"]}

    assert all(one["filed"] == 1.0 and one["recallLost"] < 0.1 for one in better.values())
    assert not any("city" in key or "email" in key for key in better)


def test_indexes(where: tuple[object, ...], tmp_path: Path) -> None:
    """What lookups use is there; a watermark's column without an index gets a hint."""
    assert {one["state"] for one in data("advise", *where)["indexes"]} == {"there"}
    data("sync", "--watermark", "updated_at", *where)

    *others, last = data("advise", *where)["indexes"]

    assert {one["state"] for one in others} == {"there"}
    assert (last["columns"], last["state"]) == (["updated_at"], "missing")
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        raw.execute(last["mend"])
    assert data("advise", *where)["indexes"][-1]["state"] == "there"


def test_no_personal_data(where: tuple[object, ...]) -> None:
    """No value of a record is in what is written, whichever way it is written."""
    values = {word for line in people().splitlines()[1:] for word in line.split(",")}
    said = (run("advise", *where).output + run("advise", *where, "--json").output).lower()
    long = {value.lower() for value in values if len(value) > 3}

    assert [value for value in long if value in said] == []


def test_in_words(where: tuple[object, ...]) -> None:
    """For people it is tables, and expressions that are ready to paste."""
    text = run("advise", *where).stdout

    assert '"soundex(last_name) + ' in text
    assert "On this sample called(last_name) brings no match that another key does not" in text


def test_a_small_sample(where: tuple[object, ...]) -> None:
    """A smaller sample looks fewer up, the same each time."""
    first, again = data("advise", "--sample", 12, *where), data("advise", "--sample", 12, *where)

    assert first == again
    assert 0 < first["sample"] <= 12
    assert by_key(first)["soundex(last_name)"]["largest"][0]["records"] == 40


def test_an_empty_table(tmp_path: Path) -> None:
    """Where nothing is stored, there is nothing to say, and that is said."""
    where = ("--db", url(tmp_path))
    data("init", *where)

    assert data("advise", *where)["records"] == 0
    assert "what keys bring is not known" in run("advise", *where).stdout


def test_on_postgres(database: str, tmp_path: Path) -> None:
    """PostgreSQL says the same as SQLite, but for the names of tables and columns' types."""
    here = filled(database, tmp_path)
    there = filled(url(tmp_path), tmp_path)

    found, expected = data("advise", *here), data("advise", *there)

    assert {one["state"] for one in found["indexes"]} == {"there"}
    assert found["keys"] == expected["keys"]
    assert data("advise", "--sample", 12, *here)["sample"] > 0
