"""What every store must do. Each store's own test module gives it a ``store`` to do it with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from have_we_met import (
    Basis,
    IdempotencyConflict,
    InputError,
    Judged,
    Judgement,
    Lack,
    Model,
    RecordExists,
    RecordNotFound,
    Resolver,
    Status,
    preset,
)
from have_we_met.store import Store, late
from have_we_met.store.base import Loaded, Remembered
from have_we_met.store.late_note import Doubt, Finding, Near, Note, State, Tally, Verdict
from have_we_met.store.prepare import prepare
from have_we_met.store.stamps import ALL

MODEL = preset("contacts")
ADA = {
    "email": "ada@example.org",
    "phone": "+14155550101",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": "Analytical Engines",
}
WANG = {"email": "wang@example.com", "first_name": "伟", "last_name": "王"}

Index = Callable[[Store], Awaitable[tuple[set[object], set[object]]]]


class StoreConformance:
    """Inherit, and give two fixtures: ``store`` (empty) and ``index`` (reads both side tables)."""

    model: Model = MODEL

    @pytest.fixture
    async def resolver(self, store: Store) -> Resolver:
        return Resolver(store)

    async def test_what_was_added_is_found(self, resolver: Resolver) -> None:
        """A contact that was added is found by its e-mail, in any case."""
        record_id = await resolver.add(ADA)

        answer = await resolver.lookup({"email": "ADA@Example.org"})

        assert (answer.status, answer.complete) == (Status.FOUND, True)
        assert answer.contact is not None
        assert answer.contact["id"] == record_id
        assert answer.contact["last_name"] == "Lovelace"

    async def test_the_raw_value_is_never_lost(self, resolver: Resolver) -> None:
        """What the caller wrote is given back as it was written."""
        record_id = await resolver.add(WANG | {"email": "  Wang@EXAMPLE.com "})

        contact = await resolver.get(record_id)

        assert contact["last_name"] == "王"
        assert contact["email"] == "  Wang@EXAMPLE.com "

    async def test_a_given_id_is_kept(self, resolver: Resolver) -> None:
        """An id that the caller gives is the contact's id."""
        assert await resolver.add(ADA | {"id": "a-1"}) == "a-1"

    async def test_contacts_are_read_in_the_order_of_their_ids(self, resolver: Resolver) -> None:
        """All of them as each by itself, or nothing where one is gone."""
        ids = [await resolver.add(raw) for raw in (ADA, WANG)]
        store = resolver.store
        await store.keep_stamps()

        async def contacts(some: list[Any]) -> object:
            standing = await store.standing((ALL,), some, None)
            assert standing is not None
            return standing.contacts

        for some in (ids, ids[::-1], ids[:1], []):
            assert await contacts(some) == tuple([await resolver.get(i) for i in some])
        await resolver.delete(ids[0])

        assert await contacts(ids) is None
        assert await contacts(ids[:1]) is None

    async def test_an_id_is_taken_once(self, resolver: Resolver, index: Index) -> None:
        """A second contact under one id is refused and leaves nothing behind."""
        await resolver.add(ADA | {"id": "a-1"})
        before = await index(resolver.store)

        with pytest.raises(RecordExists):
            await resolver.add(WANG | {"id": "a-1"})

        assert await index(resolver.store) == before
        assert await resolver.store.count() == 1

    async def test_an_unknown_column_is_refused(self, resolver: Resolver) -> None:
        """A name that is no field, alias or column is named in the error, its value is not."""
        with pytest.raises(InputError, match="shoe_size") as caught:
            await resolver.add(ADA | {"shoe_size": "secret"})

        assert "secret" not in str(caught.value)
        assert await resolver.store.count() == 0

    async def test_an_alias_is_read(self, resolver: Resolver) -> None:
        """``firstName`` is ``first_name``."""
        record_id = await resolver.add({"email": "x@example.org", "firstName": "Xi"})

        assert (await resolver.get(record_id))["first_name"] == "Xi"

    async def test_update_moves_the_keys(self, resolver: Resolver) -> None:
        """After a change the old e-mail finds nobody and the new one finds the person."""
        record_id = await resolver.add(ADA)
        await resolver.update(record_id, {"email": "countess@example.net", "phone": None})

        old = await resolver.lookup({"email": ADA["email"]})
        new = await resolver.lookup({"email": "countess@example.net"})

        assert (old.status, new.status) == (Status.NOT_FOUND, Status.FOUND)
        assert new.contact is not None
        assert new.contact["first_name"] == "Ada"

    async def test_update_changes_only_what_it_names(self, resolver: Resolver) -> None:
        """Columns that an update does not name stay as they are."""
        record_id = await resolver.add(ADA)

        after = await resolver.update(record_id, {"company": "Babbage & Co"})

        assert {k: after[k] for k in ADA} == ADA | {"company": "Babbage & Co"}

    async def test_delete_leaves_nothing(self, resolver: Resolver, index: Index) -> None:
        """A deleted contact is not found, and both side tables are empty again."""
        record_id = await resolver.add(ADA)
        await resolver.delete(record_id)

        assert (await resolver.lookup(ADA)).status is Status.NOT_FOUND
        assert await index(resolver.store) == (set(), set())

    async def test_no_such_record(self, resolver: Resolver) -> None:
        """Reading, changing or deleting what is not there says so."""
        with pytest.raises(RecordNotFound):
            await resolver.get("nobody")
        with pytest.raises(RecordNotFound):
            await resolver.update("nobody", {"company": "x"})
        with pytest.raises(RecordNotFound):
            await resolver.delete("nobody")

    async def test_a_unit_is_all_or_nothing(self, store: Store, index: Index) -> None:
        """An error inside a unit undoes everything in it."""
        with pytest.raises(RuntimeError, match="half way"):
            async with store.begin(monotonic() + 5) as unit:
                await unit.insert(store.model.record(ADA))
                raise RuntimeError("half way")

        assert await store.count() == 0
        assert await index(store) == (set(), set())

    async def test_readers_see_no_half_of_a_unit(self, store: Store) -> None:
        """A lookup beside an open unit sees nothing of it, and does not wait for it."""
        async with store.begin(monotonic() + 5) as unit:
            await unit.insert(store.model.record(ADA))
            beside = await asyncio.wait_for(Resolver(store).lookup(ADA), 2)

        assert beside.status is Status.NOT_FOUND
        assert (await Resolver(store).lookup(ADA)).status is Status.FOUND

    async def test_get_or_create_creates_once(self, resolver: Resolver) -> None:
        """Fifty sign-ups at once make one person, and each is told the same id."""
        made = await asyncio.gather(*(resolver.get_or_create(ADA) for _ in range(50)))

        assert [one.created for one in made].count(True) == 1
        assert len({one.record_id for one in made}) == 1
        assert await resolver.store.count() == 1

    async def test_a_review_creates_nothing(self, resolver: Resolver) -> None:
        """Where a person has to tell, nothing is created and the suggestions are given."""
        await resolver.add(ADA)

        made = await resolver.get_or_create({"phone": ADA["phone"]})

        assert (made.created, made.lookup.status) == (False, Status.REVIEW)
        assert [c["email"] for c in made.lookup.suggestions] == [ADA["email"]]
        assert await resolver.store.count() == 1

    async def test_over_full_keys_are_reported(self, resolver: Resolver) -> None:
        """Where a key holds more than the limit, the answer says that it is not complete."""
        people = [
            {"id": f"p{n}", "email": f"p{n}@example.org", "phone": "+14155550199"}
            for n in range(resolver.model.key_limit + 1)
        ]
        await resolver.store.load(people)

        answer = await resolver.lookup({"phone": "+14155550199"})

        assert not answer.complete
        assert ("key", "phone") in [(lack.kind, lack.name) for lack in answer.degraded]

    async def test_over_full_keys_that_hide_nobody_are_not(self, resolver: Resolver) -> None:
        """Who shares a mailbox's name and no more is no match, so nobody of them is missed."""
        hosts = range(resolver.model.key_limit + 1)
        await resolver.store.load([{"id": f"l{n}", "email": f"lee@firm{n}.example"} for n in hosts])

        for email in ("lee@elsewhere.example", "lee@firm0.example"):
            answer = await resolver.lookup({"email": email, "company": "Elsewhere"})
            assert (answer.complete, answer.degraded) == (True, ())

        named = {"email": "lee@elsewhere.example", "first_name": "Ada", "last_name": "Lovelace"}
        assert [lack.name for lack in (await resolver.lookup(named)).degraded] == ["local(email)"]

    async def test_over_full_keys_do_not_hide_who_was_found(self, resolver: Resolver) -> None:
        """A phone of many hides nobody from whoever is found by it."""
        many = range(resolver.model.key_limit + 1)
        await resolver.store.load([ADA | {"id": f"a{n}", "email": None} for n in many])

        answer = await resolver.lookup(ADA | {"email": None})

        assert (answer.status, answer.complete) == (Status.FOUND, True)

    @pytest.mark.parametrize("more", [0, 1])
    async def test_over_full_keys_bring_nobody(self, resolver: Resolver, more: int) -> None:
        """The first of too many are not compared; of as many as may be all are."""
        people = range(resolver.model.key_limit + more)
        emails = [f"lee@firm{n}.example" for n in people]
        await resolver.store.load_columns({"id": [f"l{n}" for n in people], "email": emails})
        lacking = ["key local(email)"] if more else []

        for _ in range(2):  # found out, and remembered
            answer = await resolver.lookup(ADA | {"email": "lee@elsewhere.example"})

            assert [str(lack).partition(":")[0] for lack in answer.degraded] == lacking
            assert answer.candidates == (0 if more else len(people))

    async def test_who_is_under_another_key_is_seen(self, resolver: Resolver) -> None:
        """An over-full key hides nobody whom a narrower one brings."""
        people = range(resolver.model.key_limit + 1)
        await resolver.store.load(
            [{"id": f"l{n}", "email": f"lee@firm{n}.example"} for n in people]
        )
        await resolver.store.load([ADA | {"id": "ada", "email": "lee@firm.example"}])

        for _ in range(2):
            answer = await resolver.lookup(ADA | {"email": "lee@elsewhere.example", "phone": None})

            assert [match.record_id for match in answer.matches] == ["ada"]

    async def test_exact_keys_are_always_read(self, resolver: Resolver) -> None:
        """However many share a phone: who says it may be any of them."""
        many = range(resolver.model.key_limit + 1)
        await resolver.store.load([ADA | {"id": f"a{n}", "email": None} for n in many])

        for _ in range(2):
            assert (await resolver.lookup(ADA | {"email": None})).status is Status.FOUND

    async def test_a_full_key_is_not_over_full(self, resolver: Resolver) -> None:
        """A key that holds just the limit was read to its end."""
        people = [
            {"id": f"p{n}", "email": f"p{n}@example.org", "phone": "+14155550199"}
            for n in range(resolver.model.key_limit)
        ]
        await resolver.store.load(people)

        answer = await resolver.lookup({"phone": "+14155550199"})

        assert "key" not in [lack.kind for lack in answer.degraded]

    async def test_load_twice_is_load_once(self, store: Store, index: Index) -> None:
        """Loading a batch again changes nothing, and says so."""
        batch = [{"id": "1", **ADA}, {"id": "2", **ADA, "email": "b@example.org"}]

        first = await store.load(batch)
        before = await index(store)
        again = await store.load(batch)

        assert (first, again) == (Loaded(new=2), Loaded(unchanged=2))
        assert await index(store) == before

    async def test_load_is_add(self, store: Store, index: Index, resolver: Resolver) -> None:
        """Loading leaves the same values and keys as adding one by one."""
        batch = [{"id": "1", **ADA}, {"id": "2", **ADA, "email": "b@example.org", "phone": None}]
        await store.load(batch)
        loaded = await index(store)
        for contact in batch:
            await resolver.delete(str(contact["id"]))
        for contact in batch:
            await resolver.add(contact)

        assert await index(store) == loaded

    async def test_load_updates_what_differs(self, resolver: Resolver) -> None:
        """A loaded contact that differs from the stored one takes its place."""
        await resolver.store.load([{"id": "1", **ADA}])
        loaded = await resolver.store.load([{"id": "1", **ADA, "email": "new@example.org"}])

        assert loaded == Loaded(changed=1)
        assert (await resolver.lookup({"email": "new@example.org"})).status is Status.FOUND
        assert (await resolver.lookup({"email": ADA["email"]})).status is Status.NOT_FOUND

    async def test_a_batch_has_one_set_of_names(self, store: Store) -> None:
        """A contact with other names than the first is named, and nothing is written."""
        with pytest.raises(InputError, match=r"contacts\[1\]: differs from the first in: .*phone"):
            await store.load([{"id": "1", "email": "a@x.org"}, {"id": "2", **ADA}])

        assert await store.count() == 0

    async def test_one_batch_may_say_an_id_twice(self, resolver: Resolver) -> None:
        """Of two contacts under one id in a batch the later one stays."""
        loaded = await resolver.store.load([{"id": "1", **ADA}, {"id": "1", **ADA, "phone": None}])

        assert loaded == Loaded(new=1, changed=1)
        assert (await resolver.get("1"))["phone"] is None

    async def test_load_keeps_what_a_batch_does_not_say(self, resolver: Resolver) -> None:
        """Columns that a batch lacks stay as they are, in the table and in the keys."""
        await resolver.store.load([{"id": "1", **ADA}])
        loaded = await resolver.store.load([{"id": "1", "company": "Babbage & Co"}])

        assert loaded == Loaded(changed=1)
        assert (await resolver.get("1"))["phone"] == ADA["phone"]
        assert (await resolver.lookup({"phone": ADA["phone"]})).status is not Status.NOT_FOUND

    async def test_columns_come_in_any_order(self, resolver: Resolver) -> None:
        """Each value goes to its own column, whatever their order in a batch is."""
        await resolver.store.load([dict(reversed(({"id": "1"} | ADA).items()))])

        assert {k: v for k, v in (await resolver.get("1")).items() if k in ADA} == ADA

    async def test_prepared_is_load(self, store: Store, index: Index) -> None:
        """What was prepared beforehand leaves the same values and keys, for the new among it."""
        await store.load([{"id": "2", **WANG}])
        batch: dict[str, list[object]] = {name: [ADA.get(name)] * 3 for name in MODEL.field_names}
        batch["email"] = ["a@example.org", "wang@example.com", "c@example.org"]
        prepared = prepare(store.model, batch, 3)
        loaded = await store.load_columns({"id": ["1", "2", "3"], **batch}, prepared)
        as_prepared = await index(store)
        async with store.begin(monotonic() + 5) as unit:
            for record_id in ("1", "2", "3"):
                await unit.delete(record_id)
        await store.load_columns({"id": ["1", "2", "3"], **batch})

        assert loaded == Loaded(new=2, changed=1)
        assert await index(store) == as_prepared

    async def test_one_key_creates_once(self, resolver: Resolver) -> None:
        """Twenty requests at once under one key get one answer: the one that created."""
        asked = [resolver.get_or_create(ADA, idempotency_key="k-1") for _ in range(20)]

        made = await asyncio.gather(*asked)

        assert {(one.created, one.record_id) for one in made} == {(True, made[0].record_id)}
        assert {one.lookup.lookup_id for one in made} == {made[0].lookup.lookup_id}
        assert await resolver.store.count() == 1

    async def test_one_key_is_one_body(self, resolver: Resolver) -> None:
        """Of two people at once under one key one is created, the other is refused."""
        asked = [resolver.get_or_create(who, idempotency_key="k-1") for who in (ADA, WANG)]

        made = await asyncio.gather(*asked, return_exceptions=True)

        assert sorted(type(one).__name__ for one in made) == [
            IdempotencyConflict.__name__,
            "Registration",
        ]
        assert await resolver.store.count() == 1

    async def test_an_answer_is_remembered(self, store: Store) -> None:
        """What is written under a key is read back, until another answer takes its place."""
        at = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
        first, second = Remembered("body", "{}", at), Remembered("other", "[]", at)
        async with store.begin(monotonic() + 5) as unit:
            await unit.remember("key", first, before=at)
            assert await unit.recall("key") == first
            await unit.remember("key", second, before=at)

        async with store.read(None) as unit:
            assert await unit.recall("key") == second
            assert await unit.recall("another") is None

    async def test_old_answers_are_swept(self, store: Store) -> None:
        """A new answer sweeps old ones away, and none that is kept still."""
        start = datetime(2001, 2, 3, tzinfo=UTC)
        async with store.begin(monotonic() + 5) as unit:
            for hour in range(10):
                given = Remembered("body", "{}", start + timedelta(hours=hour))
                await unit.remember(f"key {hour}", given, before=start)
            now = Remembered("body", "{}", start + timedelta(days=1))
            await unit.remember("now", now, before=start + timedelta(hours=5))

        async with store.read(None) as unit:
            kept = [hour for hour in range(10) if await unit.recall(f"key {hour}")]
        assert kept == [5, 6, 7, 8, 9]

    async def test_the_latest_judgement_comes_last(self, resolver: Resolver) -> None:
        """All that was asserted of a pair stays, whichever of the two is named first."""
        at = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
        one, other = [await resolver.add(who | {"id": who["email"]}) for who in (ADA, WANG)]
        asserted = [
            Judged(one, other, Judgement.DIFFERENT, Basis.ASSERTED, "eve", at),
            Judged(other, one, Judgement.UNSURE, Basis.ASSERTED, "bob", at),
            Judged(one, other, Judgement.UNSURE, Basis.ASSERTED, "bob", at),  # stands already
            Judged(one, other, Judgement.SAME, Basis.ASSERTED, "ann", at),
        ]
        async with resolver.store.begin(monotonic() + 5) as unit:
            for judged in asserted:
                await unit.judge(judged)

        told = await resolver.judgements(one)

        assert [(j.judgement.value, j.by) for j in told] == [
            ("different", "eve"),
            ("unsure", "bob"),
            ("same", "ann"),
        ]
        assert {(j.left, j.right, j.at) for j in told} == {(one, other, at)}
        assert await resolver.judgements(other) == told

    async def test_a_deleted_record_is_judged_no_more(self, resolver: Resolver) -> None:
        """With a record goes what was asserted of it: its id may come to mean somebody else."""
        one, other = await resolver.add(ADA), await resolver.add(WANG)
        await resolver.judge(one, other, Judgement.DIFFERENT)
        await resolver.delete(one)

        assert await resolver.judgements(other) == []

    async def test_told_apart(self, resolver: Resolver) -> None:
        """Whoever is none of the suggestions is created, and remembered as told apart from them."""
        ada = await resolver.add(ADA)
        asked = {"email": "ada@example.com", "phone": ADA["phone"]}
        review = await resolver.get_or_create(asked)
        assert review.lookup.status is Status.REVIEW

        made = await asyncio.gather(*(resolver.create_apart(asked, [ada]) for _ in range(10)))

        assert [one.created for one in made].count(True) == 1
        assert len({one.record_id for one in made}) == 1
        (judged,) = await resolver.judgements(ada)
        assert judged.judgement is Judgement.DIFFERENT
        assert judged.of(ada) == made[0].record_id
        assert await resolver.store.count() == 2

    async def test_a_decision_is_all_or_nothing(self, resolver: Resolver, index: Index) -> None:
        """Where the commit does not happen, nothing is created, judged or remembered."""
        ada = await resolver.add(ADA)
        before = await index(resolver.store)
        now = datetime(2001, 2, 3, tzinfo=UTC)
        with pytest.raises(RuntimeError, match="half way"):
            async with resolver.store.begin(monotonic() + 5) as unit:
                made = await unit.insert(resolver.model.record(WANG))
                await unit.judge(Judged(made, ada, Judgement.SAME, Basis.ASSERTED, "eve", now))
                await unit.remember("key", Remembered("body", "{}", now), before=now)
                raise RuntimeError("half way")

        async with resolver.store.read(None) as unit:
            assert await unit.recall("key") is None
        assert await resolver.judgements(ada) == []
        assert await index(resolver.store) == before

    async def test_an_incomplete_answer_that_was_acted_upon_is_noted(
        self, resolver: Resolver, store: Store
    ) -> None:
        """Of a crowd nobody is shown; who is created then is noted, with what was lacking."""
        for number in range(6):
            await resolver.add({"first_name": "Ada", "last_name": "Lovelace", "id": f"n{number}"})
        made = await resolver.get_or_create(CROWDED)
        sure = await resolver.get_or_create(WANG)

        (note,) = await noted(store)

        assert (made.created, made.lookup.complete) == (True, False)
        assert (sure.created, sure.lookup.complete) == (True, True)
        assert note.record_id == made.record_id
        assert note.doubt == Doubt(made.lookup.lookup_id, made.lookup.degraded)
        assert (note.state, note.attempts, note.finding) == (State.WAITING, 0, None)

    async def test_looked_up_and_then_added(self, resolver: Resolver, store: Store) -> None:
        """Who is added upon an incomplete lookup is noted; nobody else is."""
        late = await resolver.lookup(ADA, deadline=0)
        await resolver.add(WANG)
        record_id = await resolver.add(ADA)

        (note,) = await noted(store)

        assert note.record_id == record_id
        assert note.doubt == Doubt(late.lookup_id, late.degraded)

    async def test_a_note_goes_with_its_unit(self, resolver: Resolver, store: Store) -> None:
        """Where nothing was created, nothing is noted."""
        await resolver.lookup(ADA, deadline=0)
        await resolver.add(WANG | {"id": "taken"})
        with pytest.raises(RecordExists):
            await resolver.add(ADA | {"id": "taken"})

        assert await noted(store) == []

    async def test_a_note_is_taken_on_once(self, store: Store) -> None:
        """Whoever takes a note on has it until the moment that was said."""
        await note_one(store, "one")
        async with store.begin(monotonic() + 5) as unit:
            assert not await late.is_due(unit, State.WAITING, NOON - MINUTE)
            assert await late.is_due(unit, State.WAITING, NOON)
            mine = await late.take(unit, State.WAITING, NOON, NOON + MINUTE)
            assert await late.take(unit, State.WAITING, NOON, NOON + MINUTE) is None
            theirs = await late.take(unit, State.WAITING, NOON + MINUTE, NOON + MINUTE)

        assert mine is not None
        assert theirs is not None
        assert (mine.attempts, theirs.attempts) == (1, 2)
        async with store.begin(monotonic() + 5) as unit:
            assert not await late.answer(unit, mine, CLEAR)
            await late.put_off(unit, mine, NOON + 9 * MINUTE)
            assert await late.answer(unit, theirs, CLEAR)
            assert not await late.answer(unit, theirs, CLEAR)

        (note,) = await noted(store)
        assert (note.state, note.finding) == (State.ANSWERED, CLEAR)

    async def test_whom_a_note_names(self, store: Store) -> None:
        """A finding is read as it was written, but for records that are forgotten."""
        await store.load(
            [{"id": name, "email": f"{name}@example.org"} for name in ("first", "second")]
        )
        named = (Near("first", 0.9), Near("second", 0.5))
        finding = Finding(Verdict.REVIEW, named, "a model", NOON)
        await answer_one(store, "one", finding)
        (before,) = await noted(store)
        async with store.begin(monotonic() + 5) as unit:
            await unit.delete("first")
        (after,) = await noted(store)

        assert before.finding == finding
        assert after.finding is not None
        assert after.finding.near == named[1:]

    async def test_with_a_record_goes_its_note(self, resolver: Resolver, store: Store) -> None:
        """A record that is deleted has no note any more, nor does another under its id."""
        await resolver.add(ADA | {"id": "one"})
        await answer_one(store, "one", Finding(Verdict.REVIEW, (Near("x", 0.5),), "m", NOON))
        await resolver.delete("one")
        assert await noted(store) == []

        await note_one(store, "one")
        await note_one(store, "one")
        (note,) = await noted(store)
        assert note.state is State.WAITING

    async def test_notes_are_counted(self, store: Store) -> None:
        """Each stands where it stands, and the oldest that is due says how far behind we are."""
        async with store.read(None) as unit:
            assert await late.tally(unit, NOON) == Tally(found=dict.fromkeys(Verdict, 0))
        await answer_one(store, "one", CLEAR)
        await note_one(store, "two")
        await note_one(store, "three")

        async with store.read(None) as unit:
            tally = await late.tally(unit, NOON + MINUTE)

        assert (tally.waiting, tally.untold, tally.lag) == (2, 1, 60.0)
        assert tally.found[Verdict.CLEAR] == 1

    async def test_what_was_told_is_told_once(self, store: Store) -> None:
        """A verdict that was told is not taken on again."""
        await answer_one(store, "one", CLEAR)
        async with store.begin(monotonic() + 5) as unit:
            taken = await late.take(unit, State.ANSWERED, NOON, NOON + MINUTE)
            assert taken is not None
            await late.told(unit, taken)
            assert await late.take(unit, State.ANSWERED, NOON + MINUTE, NOON) is None

    async def test_clear_ones_are_swept(self, store: Store) -> None:
        """What turned out clear is forgotten in the end; what did not stays."""
        await answer_one(store, "clear", CLEAR)
        await answer_one(store, "twin", replace(CLEAR, verdict=Verdict.DUPLICATE))
        later = replace(CLEAR, at=NOON + late.KEEP_CLEAR + MINUTE)
        await answer_one(store, "later", later)

        assert [note.record_id for note in await noted(store)] == ["twin", "later"]


CROWDED = {"email": "countess@example.net", "first_name": "Ada", "last_name": "Lovelace"}
NOON, MINUTE = datetime(2001, 2, 3, 12, tzinfo=UTC), timedelta(minutes=1)
CLEAR = Finding(Verdict.CLEAR, (), "a model", NOON)


async def noted(store: Store) -> list[Note]:
    """All notes."""
    async with store.read(None) as unit:
        return [*await late.notes(unit)]


async def note_one(store: Store, record_id: str) -> None:
    """Note that a record was created upon an incomplete answer."""
    async with store.begin(monotonic() + 5) as unit:
        await unit.note(record_id, Doubt("a lookup", (Lack("key", "email", "x"),)), NOON)


async def answer_one(store: Store, record_id: str, finding: Finding) -> None:
    """Note one and answer it."""
    await note_one(store, record_id)
    async with store.begin(monotonic() + 5) as unit:
        note = await late.take(unit, State.WAITING, NOON, NOON + MINUTE)
        assert note is not None
        assert note.record_id == record_id
        assert await late.answer(unit, note, finding)
