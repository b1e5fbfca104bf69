from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from have_we_met import Resolver, create_store, preset, rebuild_store
from have_we_met.store.neighbours import ROOM, numbered

MODEL = preset("contacts")
NAMES = ["Ada Lovelace", "李 小龙", "Robert Nguyen", "Zoë Nguyen", "José García"]


def contacts(count: int) -> list[dict[str, object]]:
    """People of few names, one after the other."""
    parts = [NAMES[at % len(NAMES)].split() for at in range(count)]
    return [
        {"id": f"{at:03}", "email": f"{at}@example.org", "first_name": first, "last_name": last}
        for at, (first, last) in enumerate(parts)
    ]


def in_order(path: Path) -> list[str]:
    """The names as they stand in the file."""
    with closing(sqlite3.connect(path)) as raw:
        (table,) = raw.execute(
            "SELECT name FROM sqlite_master WHERE name GLOB 'hwm_contacts_values_[0-9]*'"
        ).fetchone()
        rows = raw.execute(f"SELECT v_first_name, v_last_name FROM {table} ORDER BY record")
        return [f"{first} {last}" for first, last in rows]


async def test_namesakes_stand_together_once_it_was_built_whole(tmp_path: Path) -> None:
    """Imported they stand as they came; a reindex puts them side by side."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    store = await create_store(url, MODEL)
    await store.load(contacts(50))
    await store.close()
    came = in_order(tmp_path / "contacts.db")

    await (await rebuild_store(url, MODEL)).close()
    stand = in_order(tmp_path / "contacts.db")

    changes = [a != b for a, b in pairwise(stand)]
    assert sorted(came) == sorted(stand)
    assert (sum(changes), len(set(stand))) == (4, 5)


async def test_whoever_comes_later_gets_a_number_of_their_own(tmp_path: Path) -> None:
    """Behind a table that was built whole, one by one and by the batch."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    store = await create_store(url, MODEL)
    await store.load(contacts(20))
    await store.close()
    store = await rebuild_store(url, MODEL)
    resolver = Resolver(store)

    await resolver.add({"email": "new@example.org", "first_name": "Ada", "last_name": "Lovelace"})
    later = [{**one, "id": f"later {one['id']}"} for one in contacts(20)]
    await store.load([{**one, "email": f"later.{one['email']}"} for one in later])

    assert await store.count() == 41
    for email in ("new@example.org", "later.7@example.org", "7@example.org"):
        assert (await resolver.lookup({"email": email})).contact is not None
    await resolver.close()


@given(arrays.arrays(np.uint16, st.integers(0, 40)), st.integers(0, 2**30))
def test_numbers_are_distinct_and_tell_the_neighbourhood(
    near: np.ndarray[tuple[int], np.dtype[np.uint16]], last: int
) -> None:
    """No two records get one number, and those of two batches never meet."""
    numbers = numbered(near, last)
    more = numbered(near, last + len(near))

    assert len({*numbers.tolist(), *more.tolist()}) == 2 * len(near)
    assert (numbers // ROOM).tolist() == near.tolist()
    assert numbers.max(initial=0) < 2**47
