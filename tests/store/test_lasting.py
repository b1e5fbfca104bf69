"""The side tables that outlive generations, in stores that were made before there were any."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from operator import attrgetter
from pathlib import Path

import asyncpg
import pytest

from have_we_met import (
    Judgement,
    Resolver,
    StoreOutOfDate,
    create_store,
    open_store,
    rebuild_store,
)

from .conformance import ADA, MODEL, WANG

NAMES = (
    "hwm_idempotency",
    "hwm_contacts_judgements",
    "hwm_contacts_late",
    "hwm_contacts_late_matches",
    "hwm_contacts_stamps",
    "hwm_contacts_audit",
    "hwm_contacts_audit_head",
    "hwm_contacts_tombstones",
)
DROP = [f"DROP TABLE {name}" for name in NAMES]


async def use(url: str) -> None:
    """Open a store and use them."""
    resolver = Resolver(await open_store(url, MODEL))
    one = await resolver.get_or_create(ADA, idempotency_key="k")
    other = await resolver.create_apart(WANG, [one.record_id or ""])
    assert (one.created, other.created) == (True, True)
    assert len(await resolver.judgements(one.record_id or "")) == 1
    await resolver.close()


async def test_missing_on_sqlite(tmp_path: Path) -> None:
    """A store without them is given them when it is opened."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    await (await create_store(url, MODEL)).close()
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        for statement in DROP:
            raw.execute(statement)

    await use(url)


async def test_missing_on_postgres(stored: str) -> None:
    """The same on PostgreSQL."""
    raw = await asyncpg.connect(stored)
    for statement in DROP:
        await raw.execute(statement)
    await raw.close()

    await use(stored)


async def test_missing_and_not_ours_to_create(stored: str) -> None:
    """A user who may not create tables is told who has to."""
    raw = await asyncpg.connect(stored)
    for statement in DROP:
        await raw.execute(statement)
    await raw.execute("CREATE ROLE clerk LOGIN")
    await raw.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk")
    await raw.close()

    with pytest.raises(StoreOutOfDate, match=r"hwm_idempotency is missing.*run: have-we-met init"):
        await open_store(stored.replace("postgres@", "clerk@"), MODEL)

    raw = await asyncpg.connect(stored)
    await raw.execute("DROP OWNED BY clerk")
    await raw.execute("DROP ROLE clerk")
    await raw.close()


async def test_they_outlive_a_rebuild(tmp_path: Path) -> None:
    """Cutting the side tables anew forgets neither answers nor judgements."""
    url = f"sqlite:///{tmp_path}/contacts.db"
    await use_and_close(url)
    resolver = Resolver(await rebuild_store(url, MODEL))

    (told,) = await resolver.judgements("ada")
    again = await resolver.get_or_create(WANG, idempotency_key="k")

    assert told.judgement is Judgement.DIFFERENT
    assert again.created
    await resolver.close()


async def use_and_close(url: str) -> None:
    resolver = Resolver(await create_store(url, MODEL))
    await resolver.add(ADA | {"id": "ada"})
    made = await resolver.get_or_create(WANG, idempotency_key="k")
    await resolver.judge("ada", made.record_id or "", Judgement.DIFFERENT)
    await resolver.close()


WAYS = {
    "recall": "hwm_idempotency_1 (entity=? AND key_mark=?)",
    "sweep": "hwm_idempotency_1 (entity=? AND key_mark=?)",
    "judged": "hwm_contacts_judgements_left (left_id=? AND right_id=?)",
    "judgements": "hwm_contacts_judgements_right (right_id=?)",
    "forget_judgements": "hwm_contacts_judgements_right (right_id=?)",
    "late.is_due": "hwm_contacts_late_due (state=? AND due_at<?)",
    "late.due": "hwm_contacts_late_due (state=? AND due_at<?)",
    "late.take": "INTEGER PRIMARY KEY (rowid=?)",
    "late.put_off": "INTEGER PRIMARY KEY (rowid=?)",
    "late.answer": "INTEGER PRIMARY KEY (rowid=?)",
    "late.told": "INTEGER PRIMARY KEY (rowid=?)",
    "late.notes": "INTEGER PRIMARY KEY (rowid>?)",
    "late.matches": "hwm_contacts_late_matches_1 (note=?)",
    "late.forget_note": "hwm_contacts_late_record (record_id=?)",
    "late.forget_matches": "hwm_contacts_late_match (record_id=?)",
    "late.forget_matched": "hwm_contacts_late_matches_1 (note=?)",
    "late.sweep_clear": "hwm_contacts_late_age (verdict=? AND answered_at<?)",
}
"""How SQLite gets at the rows of each statement."""


@pytest.mark.parametrize(("name", "way"), WAYS.items())
async def test_the_way_on_sqlite(name: str, way: str) -> None:
    """Each statement goes by an index, all the way."""
    store = await create_store("sqlite://", MODEL)
    statement = attrgetter(name)(store.statements.lasting)
    nothing = ["x"] * len(statement.parameters)
    plan = store.writer.raw.execute(f"EXPLAIN QUERY PLAN {statement.text}", nothing).fetchall()
    await store.close()

    steps = [row[3] for row in plan]
    assert any(way in step for step in steps)
    assert not any(step.startswith("SCAN") for step in steps)


MANY = "FROM generate_series(1, 20000) AS n"
FILL = [
    f"INSERT INTO hwm_idempotency SELECT 'contacts', n::text, '', '', n::text {MANY}",
    "INSERT INTO hwm_contacts_judgements"
    " (left_id, right_id, judgement, basis, judged_by, judged_at)"
    f" SELECT n::text, (n + 1)::text, 'same', 'asserted', '', '' {MANY}",
    "INSERT INTO hwm_contacts_late (event, record_id, lookup_id, lacks, noted_at, state, attempts,"
    " due_at, verdict, answered_at) SELECT '', n::text, '', '[]', '', 'told', 0, n::text,"
    f" CASE WHEN n % 2 = 0 THEN 'clear' ELSE 'duplicate' END, n::text {MANY}",
    f"INSERT INTO hwm_contacts_late_matches SELECT n, 0, n::text, 1.0 {MANY}",
    f"ANALYZE {', '.join(NAMES)}",
]


async def test_the_way_on_postgres(stored: str) -> None:
    """The same on PostgreSQL, at a size at which it has a choice."""
    store = await open_store(stored, MODEL)
    raw = await asyncpg.connect(stored)
    for fill in FILL:
        await raw.execute(fill)
    for name in WAYS:
        statement = attrgetter(name)(store.statements.lasting)
        await raw.execute(f"PREPARE asked AS {statement.text}")
        given = ", ".join(["'0'"] * len(set(statement.parameters)))
        told = await raw.fetch(f"EXPLAIN EXECUTE asked({given})")
        await raw.execute("DEALLOCATE asked")

        plan = "\n".join(line for (line,) in told)
        assert "Index" in plan, name
        assert "Seq Scan" not in plan, plan
    await raw.close()
    await store.close()
