"""Services on the resolver's roads: lookups, sign-ups, and records that are simply added."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from have_we_met import (
    InputError,
    Lookup,
    Model,
    RecordRejected,
    Resolver,
    Service,
    ServiceUnavailable,
    Status,
    create_store,
)
from have_we_met.asking import Ask, Question
from have_we_met.cache import open_cache
from have_we_met.server.wire import Writer
from have_we_met.services import Asked, Reply
from have_we_met.sync import open_resolver
from tests.services import models
from tests.services.models import NHS, contacts, custom, look_up
from tests.services.real_service import RealService, real_service, until

ADA = {"email": "ada@example.org", "first_name": "Ada"}
EMAIL = Service(name="email", kind="validate", field="email", using="email")
PHONE = Service(name="phone", kind="validate", field="phone", using="phone")
REACHED = {"email": "ada@mailinator.com", "phone": "+1 415 555 0123"}
KNOWS = {
    "kind": "lookup",
    "using": models.knows,
    "needs": ["email"],
    "options": {"phone": "+1 212 555 0142"},
    "gives": {"phone": "/phone"},
}


@asynccontextmanager
async def resolving(*services: Service, url: str = "sqlite://", **more: Any) -> Any:
    resolver = Resolver(await create_store(url, contacts(*services)), **more)
    try:
        yield resolver
    finally:
        await resolver.close()


@pytest.fixture
async def service() -> AsyncIterator[RealService]:
    async with real_service() as service:
        yield service


class Calls:
    count = 0


async def rejects_the_second_time(asked: Asked) -> Reply:
    Calls.count += 1
    return Reply(valid=Calls.count == 1, reason="came too late")


class TestLookups:
    async def test_without_services_nothing_stands_on_the_way(self) -> None:
        async with resolving() as resolver:
            found = await resolver.lookup(ADA)

            assert resolver._ask == resolver._look
        assert (found.flags, dict(found.normalised), dict(found.filled)) == ((), {}, {})

    async def test_flags_and_normalised_values_reach_the_answer(self) -> None:
        wrong = Service(name="nhs", field="email", **NHS)
        right = Service(name="number", field="company", **NHS)
        async with resolving(wrong, right) as resolver:
            found = await resolver.lookup(ADA | {"company": "943 476 5919"})

        assert found.status is Status.NOT_FOUND
        assert found.complete
        assert [(flag.kind, flag.field, flag.service) for flag in found.flags] == [
            ("invalid", "email", "nhs")
        ]
        assert found.normalised == {"company": "9434765919"}

    async def test_facts_reach_the_answer(self) -> None:
        """What validators know of a value besides: of a valid one, and to who signs up too."""
        async with resolving(EMAIL, PHONE) as resolver:
            found = await resolver.lookup(REACHED)
            made = await resolver.get_or_create(REACHED)
            wrong = await resolver.lookup(REACHED | {"phone": "12"})

        facts = {
            "email": {"disposable": True, "free_mail": False, "role": False, "smtputf8": False},
            "phone": {"type": "fixed_line_or_mobile", "region": "US"},
        }
        assert found.facts == made.lookup.facts == facts
        assert wrong.facts == {"email": facts["email"]}
        assert "US" not in repr(found), "they are somebody's"

    @pytest.mark.parametrize("warm", [False, True])
    async def test_facts_stand_beside_a_kept_answer(self, warm: bool) -> None:
        store = await create_store("sqlite://", contacts(PHONE))
        cache = await open_cache(store, "memory")
        resolver = Resolver(store, cache=cache)
        for _ in range(1 + warm):
            found = await resolver.lookup(REACHED)
        await resolver.close()

        assert found.facts == {"phone": {"type": "fixed_line_or_mobile", "region": "US"}}
        assert cache.counts["memory"] == warm

    async def test_what_a_service_knows_finds_people(self) -> None:
        """Who gives another address is met by the phone that a service knows of it."""
        async with resolving(Service(name="register", **KNOWS)) as resolver:
            await resolver.add({"phone": "+12125550142", "first_name": "Ada", "id": "1"})
            found = await resolver.lookup(ADA)

        assert found.matches[0].record_id == "1"
        assert found.filled["phone"].service == "register"

    async def test_who_is_not_heard_is_told(self, service: RealService) -> None:
        async with resolving(look_up(f"{service.url}/broken/{{email}}")) as resolver:
            found = await resolver.lookup(ADA)
            filled = await resolver.lookup(ADA | {"company": "Acme"})

        assert (found.status, found.complete) == (Status.NOT_FOUND, False)
        assert [str(lack) for lack in found.degraded] == [
            "service register: answered with status 500"
        ]
        assert filled.complete, "it could not have changed anything"
        assert filled.degraded == found.degraded

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            (
                {"using": models.refuses, "needs": ["email"], "on_invalid": "reject"},
                "email: is on the list",
            ),
            (
                {"using": models.fails, "on_failure": "reject"},
                "service rules failed with KeyError",
            ),
        ],
    )
    async def test_a_rejected_lookup_looks_for_nobody(
        self, settings: dict[str, Any], message: str
    ) -> None:
        async with resolving(Service(name="rules", kind="custom", **settings)) as resolver:
            found = await resolver.lookup(ADA)

        assert (found.status, found.message, found.complete) == (Status.ERROR, message, False)
        assert len(found.flags) == 1

    async def test_what_cannot_be_asked_about_is_explained(self) -> None:
        """An address that is none leaves nothing to look up by; the validator says why."""
        email = Service(name="email", kind="validate", field="email", using="email")
        async with resolving(email) as resolver:
            found = await resolver.lookup({"email": "ada at example.org"})

        assert (found.status, found.message) == (
            Status.ERROR,
            "Email or phone required for lookup",
        )
        assert [(flag.kind, flag.field) for flag in found.flags] == [("invalid", "email")]

    async def test_what_a_service_knows_may_be_enough_to_ask_by(self) -> None:
        by_name = Service(name="register", **{**KNOWS, "needs": ["first_name"]})
        async with resolving(by_name) as resolver:
            found = await resolver.lookup({"first_name": "Ada"})

        assert found.status is Status.NOT_FOUND

    async def test_after_matching_a_service_hears_the_answer(self) -> None:
        after = custom("after", models.hears_the_answer, when="after", needs=["email"])
        async with resolving(after) as resolver:
            found = await resolver.lookup(ADA)

        assert [flag.reason for flag in found.flags] == ["answer was not_found"]

    async def test_services_come_before_what_else_stands_on_the_way(self) -> None:
        """So that an answer from a cache is one to the record that is really looked up."""
        seen: list[object] = []

        def step(rest: Ask) -> Ask:
            async def ask(question: Question) -> Lookup:
                seen.append(question.record.raw.get("phone"))
                return await rest(question)

            return ask

        async with resolving(Service(name="register", **KNOWS), steps=[step]) as resolver:
            await resolver.lookup(ADA)

        assert seen == ["+1 212 555 0142"]

    async def test_to_cancel_a_lookup_hangs_up(self, service: RealService) -> None:
        slow = look_up(f"{service.url}/slow/{{email}}", timeout=60.0)
        async with resolving(slow) as resolver:
            task = asyncio.create_task(resolver.lookup(ADA, deadline=60.0))
            await until(lambda: service.asked)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

            await until(lambda: service.open == 0)


class TestSignUps:
    async def test_what_was_filled_in_is_stored(self) -> None:
        async with resolving(Service(name="register", **KNOWS)) as resolver:
            made = await resolver.get_or_create(ADA)

        assert made.created
        assert made.contact["phone"] == "+1 212 555 0142"
        assert made.lookup.filled["phone"].service == "register"

    async def test_a_flag_reaches_the_answer(self) -> None:
        async with resolving(custom("robots", models.flags)) as resolver:
            made = await resolver.get_or_create(ADA)

        assert [flag.reason for flag in made.lookup.flags] == ["looks like a robot"]

    @pytest.mark.parametrize("road", ["get_or_create", "add"])
    async def test_a_rejected_record_is_not_written(self, road: str) -> None:
        rules = [
            Service(name="nhs", field="email", on_invalid="reject", **NHS),
            custom("list", models.refuses, needs=["first_name"], on_invalid="reject"),
        ]
        async with resolving(*rules) as resolver:
            with pytest.raises(RecordRejected) as caught:
                await getattr(resolver, road)(ADA)

            assert await resolver.store.count() == 0
        assert isinstance(caught.value, InputError)
        assert [problem.path for problem in caught.value.problems] == ["email", "first_name"]
        assert "ada" not in str(caught.value).lower()

    @pytest.mark.parametrize("road", ["get_or_create", "add"])
    async def test_nobody_is_written_where_a_service_must_be_heard(self, road: str) -> None:
        """That is nobody's mistake in the record, and so another error."""
        must = custom("must", models.fails, on_failure="reject")
        async with resolving(must) as resolver:
            with pytest.raises(ServiceUnavailable) as caught:
                await getattr(resolver, road)(ADA)

            assert await resolver.store.count() == 0
        assert str(caught.value) == "service must failed with KeyError; nothing was written"

    async def test_a_doubt_is_written_down(self) -> None:
        """Who was created while a service was missing whose answer could have led elsewhere."""
        missing = Service(name="register", **{**KNOWS, "using": models.fails})
        async with resolving(missing) as resolver:
            made = await resolver.get_or_create(ADA)

        assert (made.created, made.lookup.complete) == (True, False)
        assert [lack.kind for lack in made.lookup.degraded] == ["service"]

    async def test_the_same_request_gets_the_same_answer(self) -> None:
        """Though a service has changed its mind meanwhile."""
        Calls.count = 0
        fickle = custom("fickle", rejects_the_second_time, needs=["email"], on_invalid="reject")
        async with resolving(fickle) as resolver:
            first = await resolver.get_or_create(ADA, idempotency_key="k-1")
            again = await resolver.get_or_create(ADA, idempotency_key="k-1")
            with pytest.raises(RecordRejected):
                await resolver.get_or_create(ADA, idempotency_key="k-2")

        assert Calls.count == 3
        assert (again.created, again.record_id) == (first.created, first.record_id)

    async def test_a_request_is_the_same_whatever_was_filled_in(self) -> None:
        """Its key stands for what was sent."""
        knows = Service(name="register", **KNOWS)
        async with resolving(knows) as resolver:
            first = await resolver.get_or_create(ADA, idempotency_key="k-1")
        async with resolving(knows) as resolver:
            assert first.created
            await resolver.get_or_create(ADA, idempotency_key="k-1")
            again = await resolver.get_or_create(ADA, idempotency_key="k-1")

        assert again.created

    async def test_after_writing_a_service_hears_what_became_of_it(self) -> None:
        after = custom("after", models.hears_the_answer, when="after", needs=["email"])
        async with resolving(after) as resolver:
            made = await resolver.get_or_create(ADA)

        assert [flag.reason for flag in made.lookup.flags] == ["answer was not_found"]

    def test_callers_without_an_event_loop_get_the_same(self) -> None:
        model = contacts(Service(name="register", **KNOWS))
        with open_resolver("sqlite://", model, create=True) as resolver:
            assert resolver.get_or_create(ADA).lookup.filled["phone"].service == "register"


class TestOnTheWire:
    def answer(self, model: Model, lookup: Lookup) -> dict[str, Any]:
        return json.loads(Writer(model).lookup(lookup))  # type: ignore[no-any-return]

    async def test_a_service_is_named_and_its_knowledge_is_not_given_away(self) -> None:
        wrong = Service(name="nhs", field="first_name", **NHS)
        right = Service(name="number", field="company", **NHS)
        async with resolving(Service(name="register", **KNOWS), wrong, right) as resolver:
            found = await resolver.lookup(ADA | {"company": "943 476 5919"})
            answer = self.answer(resolver.model, found)

        assert answer["filled"] == {"phone": "register"}
        assert answer["normalised"] == {"company": "9434765919"}
        (flag,) = answer["flags"]
        assert flag.pop("reason")
        assert flag == {"kind": "invalid", "field": "firstName", "service": "nhs"}
        assert "212" not in json.dumps(answer)

    async def test_nor_by_a_validator_that_sees_it(self) -> None:
        """Who asks about an address learns neither the phone that is filled in, nor its kind."""
        knows = Service(name="register", **KNOWS)
        async with resolving(knows, PHONE, EMAIL) as resolver:
            found = await resolver.lookup(ADA)
            answer = self.answer(resolver.model, found)

        assert found.normalised["phone"] == "+12125550142"
        assert found.facts["phone"]["region"] == "US"
        assert answer["normalised"] == {"email": "ada@example.org"}
        assert list(answer["facts"]) == ["email"]

    async def test_where_nothing_is_said_nothing_is_written(self) -> None:
        async with resolving(custom("fine", models.is_fine)) as resolver:
            answer = self.answer(resolver.model, await resolver.lookup(ADA))

        assert not {"flags", "normalised", "facts", "filled"} & set(answer)


class TestNothingPersonal:
    """Marked values go through every path, failing ones too; no log and no error has them."""

    KINDS = ("ok", "unknown", "broken", "refuses", "garbage", "huge", "drops", "mumbles", "leads")

    @pytest.mark.parametrize("kind", KINDS)
    async def test_look_ups(
        self, service: RealService, kind: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        marked = {"email": "zyxmarked@example.org", "first_name": "Zyxmarked"}
        register = look_up(
            f"{service.url}/{kind}/{{email}}?name={{first_name.raw}}",
            on_failure="reject",
            on_not_found="reject",
        )
        said = ""
        async with resolving(register) as resolver:
            said += repr(await resolver.lookup(marked))
            try:
                await resolver.get_or_create(marked)
            except (InputError, ServiceUnavailable) as error:
                said += repr(error) + str(error) + repr(error.__cause__) + repr(error.__context__)

        assert len(service.asked) == 2
        assert "zyxmarked" not in (said + caplog.text).lower()

    @pytest.mark.parametrize("function", [models.fails, models.refuses, models.hangs])
    async def test_functions(
        self, function: object, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        caplog.set_level(logging.DEBUG)
        settings = {"on_failure": "reject", "on_invalid": "reject", "timeout": 0.05}
        marked = {"email": "zyxmarked@example.org"}
        async with resolving(custom("rules", function, needs=["email"], **settings)) as resolver:
            said = repr(await resolver.lookup(marked))
            with pytest.raises((InputError, ServiceUnavailable)) as caught:
                await resolver.get_or_create(marked)

        said += str(caught.value) + repr(caught.value.__cause__) + repr(caught.value.__context__)
        assert "zyxmarked" not in (said + caplog.text).lower()
