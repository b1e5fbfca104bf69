"""Who did what is written down on both databases, in order, and without anybody's data."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from have_we_met import InputError, Judgement, Resolver, StoreError, create_store, open_store
from have_we_met.audit import Audit, Who, acting
from have_we_met.store import SqlStore
from have_we_met.store.audit import check, prune
from have_we_met.store.audit_chain import Act, Action, Fault
from have_we_met.store.marks import Marks

from .scenes import (
    ADA,
    MARKED,
    MARKS,
    MODEL,
    NOON,
    OTHER_SECRET,
    TRACES,
    WANG,
    actions,
    chain,
    checked,
    run,
)


@pytest.fixture
def resolver(store: SqlStore) -> Resolver:
    """A resolver that has everything written down."""
    return Resolver(store, audit=Audit(store, who=Who("tests", "desk"), every=0.0))


async def test_everything_is_written_down(resolver: Resolver, store: SqlStore) -> None:
    """Each action once, with who did it to which record."""
    ada = await resolver.add(ADA | {"id": "ada"})
    await resolver.lookup(ADA)
    await resolver._audit.flush()  # type: ignore[union-attr]
    made = await resolver.get_or_create(WANG)
    await resolver.confirm(WANG, made.record_id or "")
    await resolver.judge(ada, made.record_id or "", Judgement.DIFFERENT)
    await resolver.update(ada, {"company": "Analytical Engines"})
    with acting("key-7", "backoffice"):
        await resolver.everything(ada)
        await resolver.forget(ada)
    await resolver.delete(made.record_id or "")
    await resolver._audit.close()  # type: ignore[union-attr]

    found = await chain(store)
    assert [entry.action for entry in found] == [
        "create", "lookup", "create", "link", "decide", "update", "export", "forget", "delete",
    ]  # fmt: skip
    assert found[0].records == '["ada"]'
    assert [(e.actor, e.policy) for e in found[5:8]] == [
        ("tests", "desk"),
        ("key-7", "backoffice"),
        ("key-7", "backoffice"),
    ]
    assert json.loads(found[1].facts)["status"] == "found"
    assert found[1].marks == found[0].marks
    assert (await checked(store)).faults == ()


async def test_a_record_that_is_read(resolver: Resolver, store: SqlStore) -> None:
    """Who reads a record by its id is written down, by that id."""
    await resolver.add(ADA | {"id": "ada"})
    await resolver.get("ada")
    await resolver._audit.close()  # type: ignore[union-attr]

    found = (await chain(store))[-1]
    assert (found.action, found.records, found.policy) == ("read", '["ada"]', "desk")


async def test_who_was_not_shown(resolver: Resolver, store: SqlStore) -> None:
    """An answer that names somebody and shows nobody is written down without an id."""
    await resolver.add(ADA | {"id": "ada"})
    found = await resolver.lookup(ADA)
    audit = resolver._audit
    assert audit is not None
    audit.looked(MODEL.record(ADA), replace(found, contact=None))
    await audit.close()

    assert [entry.records for entry in (await chain(store))[1:]] == ['["ada"]', "[]"]


async def test_an_answer_that_is_not_complete(resolver: Resolver, store: SqlStore) -> None:
    """What was answered without looking everywhere is written down as that."""
    await resolver.lookup(ADA, deadline=0)
    await resolver.lookup(ADA)
    await resolver._audit.close()  # type: ignore[union-attr]

    facts = [json.loads(entry.facts) for entry in await chain(store)]
    assert [one["complete"] for one in facts] == [False, True]


async def test_no_values(resolver: Resolver, store: SqlStore) -> None:
    """Marks stand for values, and who has the value and the secret finds the entries by it."""
    await resolver.get_or_create(MARKED)
    await resolver.lookup(MARKED | {"first_name": "Someone"})
    await resolver.lookup({"email": "marked.nobody@example.org"})
    await resolver._audit.close()  # type: ignore[union-attr]

    said = "\n".join(map(repr, await chain(store))).lower()
    assert said.count("lookup'") == 2
    assert not [trace for trace in TRACES if trace.lower() in said]


async def test_a_unit_that_fails_writes_nothing_down(resolver: Resolver, store: SqlStore) -> None:
    """What did not happen is in no audit."""
    await resolver.add(ADA | {"id": "ada"})
    with pytest.raises(StoreError):
        await resolver.add(ADA | {"id": "ada"})

    assert await actions(store) == ["create"]


async def test_lookups_do_not_wait(resolver: Resolver, store: SqlStore) -> None:
    """A lookup is answered while somebody else holds the right to write."""
    async with store.begin(None) as unit:
        await unit.audit(MARKS, [Act(Action.READ, NOON, "tests", "desk")])
        answer = await asyncio.wait_for(resolver.lookup(ADA), 5)
    await resolver._audit.close()  # type: ignore[union-attr]

    assert answer.complete
    assert await actions(store) == ["read", "lookup"]


async def test_more_than_can_wait(store: SqlStore) -> None:
    """Of what could not be kept is written how many they were."""
    audit = Audit(store, most=3, every=60)
    resolver = Resolver(store, audit=audit)
    for _ in range(5):
        await resolver.lookup(ADA)
    await audit.close()

    found = await chain(store)
    assert [entry.action for entry in found] == ["lookup"] * 3 + ["lost"]
    assert json.loads(found[-1].facts) == {"lookups": 2}


async def test_many_writers(url: str, store: SqlStore) -> None:
    """Writers in several stores at once make one chain."""
    others = [await open_store(url, MODEL, options=_options()) for _ in range(3)]
    resolvers = [Resolver(one, audit=Audit(one, every=0.0)) for one in others]
    people = [{"email": f"person{n}@example.org", "first_name": f"P{n}"} for n in range(24)]
    await asyncio.gather(
        *(r.get_or_create(p) for n, p in enumerate(people) for r in (resolvers[n % 3],)),
        *(r.lookup(p) for p in people for r in resolvers),
    )
    for one in resolvers:
        await one.close()

    found = await checked(store)
    assert found.faults == ()
    assert found.entries == found.head.number == 24 + 72


def _options() -> object:
    from .scenes import OPTIONS

    return OPTIONS


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE hwm_contacts_audit SET actor = 'nobody' WHERE number = 2",
        "UPDATE hwm_contacts_audit SET records = '[\"x\"]' WHERE number = 1",
        "DELETE FROM hwm_contacts_audit WHERE number = 1",
        "DELETE FROM hwm_contacts_audit WHERE number = 2",
        "DELETE FROM hwm_contacts_audit WHERE number = 3",
        "DELETE FROM hwm_contacts_audit",
        "DELETE FROM hwm_contacts_audit_head",
        "UPDATE hwm_contacts_audit SET number = 9 WHERE number = 3",
    ],
)
async def test_a_crime_is_seen(store: SqlStore, crime: str) -> None:
    """Whoever writes to the tables past us is found out."""
    resolver = Resolver(store, audit=Audit(store))
    for number in range(3):
        await resolver.add({"email": f"p{number}@example.org", "id": f"p{number}"})
    assert (await checked(store)).faults == ()

    await run(store, crime)

    assert (await checked(store)).faults


async def test_the_end_cut_off_with_care(store: SqlStore) -> None:
    """Who cuts off the end and sets the head back is seen by who kept the head elsewhere."""
    resolver = Resolver(store, audit=Audit(store))
    for number in range(3):
        await resolver.add({"email": f"p{number}@example.org", "id": f"p{number}"})
    known, second = (await checked(store)).head, (await chain(store))[1]
    await run(
        store,
        "DELETE FROM hwm_contacts_audit WHERE number = 3",
        f"UPDATE hwm_contacts_audit_head SET number = 2, seal = '{second.seal}'",
    )

    assert (await checked(store)).faults == ()
    assert (await check(store, MARKS, known)).faults == (Fault(2, "is the last, and 3 is known"),)


async def test_prune(store: SqlStore) -> None:
    """What is old goes, and a checkpoint stands for it; pruned again and again, it holds."""
    clock = [NOON]
    resolver = Resolver(store, audit=Audit(store, clock=lambda: clock[0]))
    act = Act(Action.CHECKPOINT, NOON, "tests", "desk")
    for number in range(6):
        await resolver.add({"email": f"p{number}@example.org", "id": f"p{number}"})
        clock[0] += timedelta(days=1)
    gone = []
    for days in (2, 2, 4):
        async with store.begin(None) as unit:
            gone.append(await prune(unit, MARKS, NOON + timedelta(days=days), act))
        assert (await checked(store)).faults == ()

    assert gone == [2, 0, 2]
    await run(store, "DELETE FROM hwm_contacts_audit WHERE number = 5")
    assert (await checked(store)).faults != ()


async def test_another_secret(url: str, store: SqlStore) -> None:
    """A chain is never gone on with under another secret, nor found broken for that."""
    from have_we_met.store import StoreOptions

    await Resolver(store, audit=Audit(store)).add(ADA)
    other = await open_store(url, MODEL, options=StoreOptions(secret=OTHER_SECRET))
    resolver = Resolver(other, audit=Audit(other))

    with pytest.raises(StoreError, match="another secret"):
        await resolver.add(WANG)
    with pytest.raises(StoreError, match="another secret"):
        await check(other, Marks(OTHER_SECRET))
    assert await other.count() == 1
    await other.close()


async def test_without_a_secret() -> None:
    """There is no audit of values that anybody could try out."""
    with pytest.raises(InputError, match="secret"):
        Audit(await create_store("sqlite://", MODEL))


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 201])
def test_names(name: str) -> None:
    """Who acts is called by something that can be shown."""
    with pytest.raises(InputError):
        Who(name)
