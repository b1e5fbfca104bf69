"""All services of a model together: side by side, in time, and nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from have_we_met import Model, ModelError, Service, ServiceUnavailable
from have_we_met.answer import Filled
from have_we_met.model import Cache
from have_we_met.resilience import BreakerSettings, RetrySettings
from have_we_met.services import Asked, Reply
from have_we_met.services.cache import Replies
from have_we_met.services.hearing import Heard
from have_we_met.services.stage import Stage
from tests.services import models
from tests.services.models import NHS, contacts, custom, look_up
from tests.services.real_service import RealService, real_service, until

ADA = {"email": "ada@example.org", "first_name": "Ada"}
LONG = 60.0
"""Seconds that no test takes."""


@asynccontextmanager
async def opened(*services: Service, **settings: Any) -> AsyncIterator[Stage]:
    settings = {"services_deadline": LONG, **settings}
    stage = Stage(contacts(*services, **settings))
    try:
        yield stage
    finally:
        assert not left_behind()
        await stage.close()


async def consulted(*services: Service, raw: Any = ADA, **settings: Any) -> Heard:
    async with opened(*services, **settings) as stage:
        return await stage.before(stage.model.record(raw), monotonic() + LONG)


def left_behind() -> list[str]:
    """The services that somebody is still asking."""
    coroutines = (task.get_coro() for task in asyncio.all_tasks())
    return [c.__qualname__ for c in coroutines if "Stage." in getattr(c, "__qualname__", "")]


@pytest.fixture
async def service() -> AsyncIterator[RealService]:
    async with real_service() as service:
        yield service


class Meeting:
    """Two that answer only when both are asked."""

    there = 0
    both: asyncio.Event

    @classmethod
    async def arrive(cls, asked: Asked) -> Reply:
        cls.there += 1
        if cls.there == 2:
            cls.both.set()
        await cls.both.wait()
        return Reply()


async def arrive(asked: Asked) -> Reply:
    return await Meeting.arrive(asked)


class TestSideBySide:
    async def test_services_are_asked_at_the_same_time(self) -> None:
        Meeting.there, Meeting.both = 0, asyncio.Event()
        pair = [custom(name, arrive, timeout=LONG) for name in ("one", "two")]

        result = await consulted(*pair)

        assert (Meeting.there, result.lacks) == (2, ())

    async def test_who_needs_what_another_gives_waits_for_it(self) -> None:
        company = {"options": {"company": "Acme"}, "gives": {"company": "/company"}}
        register = custom("register", models.knows, needs=["email"], **company)
        listens = custom("listens", models.echoes, needs=["company"])

        result = await consulted(register, listens)

        assert [flag.reason for flag in result.flags] == ["company=acme", "raw company=Acme"]

    async def test_who_comes_first_is_heard_first_though_another_is_quicker(self) -> None:
        gives = {"needs": ["email"], "gives": {"company": "/company"}}
        first = custom("first", models.knows_later, options={"company": "First"}, **gives)
        second = custom("second", models.knows, options={"company": "Second"}, **gives)

        for services in ([first, second], [second, replace(first, priority=1)]):
            result = await consulted(*services)
            assert result.filled == {"company": Filled("First", "first")}

    async def test_who_comes_first_does_not_wait(self) -> None:
        """The priorities say who is heard first, not the order in the model."""
        company = {"options": {"company": "Acme"}, "gives": {"company": "/company"}}
        register = custom("register", models.knows, needs=["email"], **company)
        listens = custom("listens", models.echoes, needs=["company"], priority=1)

        result = await consulted(register, listens)

        assert [flag.reason for flag in result.flags] == ["company=None", "raw company=None"]

    async def test_a_validator_checks_what_was_filled_in(self) -> None:
        company = {"options": {"company": "Acme"}, "gives": {"company": "/company"}}
        register = custom("register", models.knows, needs=["email"], **company)
        valid = Service(name="nhs", field="company", **NHS)

        result = await consulted(register, valid)

        assert [flag.kind for flag in result.flags] == ["invalid"]

    async def test_one_that_fails_does_not_stop_the_others(self) -> None:
        names = ["fails", "hangs", "flags"]
        services = [custom(name, getattr(models, name), timeout=0.05) for name in names]

        result = await consulted(*services)

        assert [str(lack) for lack in result.lacks] == [
            "service fails: failed with KeyError",
            "service hangs: did not answer within 50 ms",
        ]
        assert [flag.reason for flag in result.flags] == ["looks like a robot"]

    async def test_a_service_is_told_what_it_needs_and_nothing_else(self) -> None:
        result = await consulted(custom("echo", models.echoes, needs=["first_name"]))

        assert [flag.reason for flag in result.flags] == ["first_name=ada", "raw first_name=Ada"]


class TestInTime:
    async def test_all_together_have_a_deadline(self) -> None:
        """However long one may take by itself, however often."""
        began = monotonic()
        hangs = custom("hangs", models.hangs, timeout=LONG, retry=RetrySettings(attempts=5))

        result = await consulted(hangs, services_deadline=0.05)

        assert monotonic() - began < LONG / 2
        reason = "was not heard before the services' time was up"
        assert [lack.reason for lack in result.lacks] == [reason]

    async def test_the_lookups_deadline_counts_too(self) -> None:
        async with opened(custom("hangs", models.hangs, timeout=LONG)) as stage:
            result = await stage.before(stage.model.record(ADA), monotonic() + 0.05)

        assert len(result.lacks) == 1

    async def test_to_cancel_hangs_up_everywhere(self, service: RealService) -> None:
        hanging = [look_up(f"{service.url}/slow/{{email}}", f"s{n}", timeout=LONG) for n in "12"]
        async with opened(*hanging) as stage:
            record = stage.model.record(ADA)
            task = asyncio.create_task(stage.before(record, monotonic() + LONG))
            await until(lambda: len(service.asked) == 2)
            assert left_behind()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

            await until(lambda: service.open == 0)

    async def test_an_attempt_that_is_late_hangs_up(self, service: RealService) -> None:
        async with opened(look_up(f"{service.url}/endless/{{email}}", timeout=0.05)) as stage:
            await stage.before(stage.model.record(ADA), monotonic() + LONG)

            await until(lambda: service.open == 0)


class TestRetries:
    async def test_one_attempt_unless_more_are_asked_for(self, service: RealService) -> None:
        result = await consulted(look_up(f"{service.url}/flaky/{{email}}"))

        assert (service.tries, len(result.lacks)) == (1, 1)

    async def test_another_attempt_may_help(self, service: RealService) -> None:
        again = RetrySettings(attempts=3, first=0.001)
        result = await consulted(
            look_up(f"{service.url}/flaky/{{email}}", retry=again, timeout=5.0)
        )

        assert (service.tries, result.lacks) == (2, ())

    @pytest.mark.parametrize("kind", ["broken", "busy", "drops", "mumbles"])
    async def test_what_may_be_better_a_moment_later(self, service: RealService, kind: str) -> None:
        again = RetrySettings(attempts=3, first=0.001)
        await consulted(look_up(f"{service.url}/{kind}/{{email}}", retry=again, timeout=5.0))

        assert len(service.asked) == 3

    @pytest.mark.parametrize("kind", ["refuses", "locked", "leads", "garbage", "huge"])
    async def test_what_would_be_the_same_a_moment_later(
        self, service: RealService, kind: str
    ) -> None:
        again = RetrySettings(attempts=3, first=0.001)
        await consulted(look_up(f"{service.url}/{kind}/{{email}}", retry=again, timeout=5.0))

        assert len(service.asked) == 1


class TestManyAtOnce:
    async def test_no_more_are_under_way_than_it_takes(self, service: RealService) -> None:
        """A service that hangs is not asked by everybody at once."""
        few = {"request": {"connections": 3}}
        async with opened(look_up(f"{service.url}/slow/{{email}}", timeout=LONG, **few)) as stage:
            record = stage.model.record(ADA)
            asking = [
                asyncio.create_task(stage.before(record, monotonic() + LONG)) for _ in range(20)
            ]
            await until(lambda: len(service.asked) == 3)
            await asyncio.sleep(0.1)  # time for a fourth
            (client,) = stage.clients.values()
            queue = client.ask._transport._pool._requests  # nobody waits in there: see HttpAsk
            assert len(queue) == 3
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
            await until(lambda: service.open == 0)

        assert len(service.asked) == 3

    async def test_one_that_hangs_takes_nobody_elses_place(self, service: RealService) -> None:
        few = {"request": {"connections": 1}}
        slow = look_up(f"{service.url}/slow/{{email}}", "slow", timeout=0.5, **few)
        fine = look_up(f"{service.url}/ok/{{email}}", "fine", timeout=LONG, **few)
        async with opened(slow, fine) as stage:
            record = stage.model.record(ADA)
            heard = await asyncio.gather(
                *(stage.before(record, monotonic() + LONG) for _ in range(5))
            )

        assert {one.filled["company"].service for one in heard} == {"fine"}


class TestBreakers:
    async def test_who_fails_is_left_alone(self, service: RealService) -> None:
        breaker = BreakerSettings(minimum_calls=3)
        async with opened(look_up(f"{service.url}/broken/{{email}}", breaker=breaker)) as stage:
            record = stage.model.record(ADA)
            heard = [await stage.before(record, monotonic() + LONG) for _ in range(5)]

        assert len(service.asked) == 3
        assert "was not asked" in heard[-1].lacks[0].reason
        assert not heard[-1].complete

    async def test_one_is_not_left_alone_for_another(self, service: RealService) -> None:
        breaker = BreakerSettings(minimum_calls=1)
        broken = look_up(f"{service.url}/broken/{{email}}", "broken", breaker=breaker)
        fine = look_up(f"{service.url}/ok/{{email}}", "fine", breaker=breaker, timeout=5.0)
        async with opened(broken, fine) as stage:
            record = stage.model.record(ADA)
            heard = [await stage.before(record, monotonic() + LONG) for _ in range(3)]

        assert {one.filled["company"].service for one in heard} == {"fine"}

    async def test_questions_that_are_refused_do_not_open_it(self, service: RealService) -> None:
        """One person's odd address shuts nobody else out."""
        breaker = BreakerSettings(minimum_calls=1)
        async with opened(look_up(f"{service.url}/refuses/{{email}}", breaker=breaker)) as stage:
            for _ in range(3):
                await stage.before(stage.model.record(ADA), monotonic() + LONG)

        assert len(service.asked) == 3

    @pytest.mark.parametrize("kind", ["broken", "locked", "leads", "garbage", "huge"])
    async def test_what_is_the_services_fault_opens_it(
        self, service: RealService, kind: str
    ) -> None:
        breaker = BreakerSettings(minimum_calls=1)
        wrong = look_up(f"{service.url}/{kind}/{{email}}", breaker=breaker, timeout=5.0)
        async with opened(wrong) as stage:
            for _ in range(2):
                heard = await stage.before(stage.model.record(ADA), monotonic() + LONG)

        assert "was not asked" in heard.lacks[0].reason

    async def test_no_time_left_is_not_the_services_fault(self) -> None:
        breaker = BreakerSettings(minimum_calls=1)
        async with opened(custom("hangs", models.hangs, timeout=LONG, breaker=breaker)) as stage:
            record = stage.model.record(ADA)
            heard = [await stage.before(record, monotonic() + 0.02) for _ in range(2)]

        assert {lack.reason for one in heard for lack in one.lacks} == {
            "was not heard before the services' time was up"
        }


class TestCaches:
    async def test_an_answer_is_kept(self, service: RealService) -> None:
        kept = look_up(f"{service.url}/ok/{{email}}", cache=Cache(), timeout=5.0)
        async with opened(kept) as stage:
            heard = [
                await stage.before(stage.model.record({"email": email}), monotonic() + LONG)
                for email in ("ada@example.org", "ada@example.org", "grace@example.org")
            ]

        assert len(service.asked) == 2
        assert heard[0].filled == heard[1].filled

    async def test_a_validators_answer_can_be_kept_too(self) -> None:
        kept = Service(name="nhs", field="email", cache=Cache(), **NHS)
        async with opened(kept) as stage:
            heard = [
                await stage.before(stage.model.record(ADA), monotonic() + LONG) for _ in range(2)
            ]
            (client,) = stage.clients.values()

        assert heard[0] == heard[1]
        assert client.replies is not None
        assert len(client.replies._replies) == 1

    async def test_a_failure_is_not(self, service: RealService) -> None:
        kept = look_up(f"{service.url}/broken/{{email}}", cache=Cache())
        async with opened(kept) as stage:
            for _ in range(2):
                await stage.before(stage.model.record(ADA), monotonic() + LONG)

        assert len(service.asked) == 2

    @pytest.fixture
    def now(self) -> list[float]:
        return [0.0]

    def test_it_is_bounded_in_number_and_time(self, now: list[float]) -> None:
        replies = Replies(Cache(seconds=10, entries=2), clock=lambda: now[0])
        questions = [Asked({"email": name}, {"email": name}) for name in ("a", "b", "c")]
        for question in questions:
            replies.keep(replies.mark(question), Reply())

        marks = [*map(replies.mark, questions)]
        assert [replies.get(mark) is None for mark in marks] == [True, False, False]
        now[0] = 10.0
        assert replies.get(marks[2]) is None

    def test_no_key_gives_anybody_away(self) -> None:
        """Nor can anybody who has the keys try out who is behind them."""
        question = Asked({"email": "ada@example.org"}, {"email": "ada@example.org"})
        one, other = Replies(Cache()), Replies(Cache())

        assert len(one.mark(question)) == 16
        assert one.mark(question) != other.mark(question)
        assert one.mark(question) == one.mark(question)


class Gate:
    """A service that answers when it is let, and counts who asks."""

    asked = 0
    opens: asyncio.Event
    fails = False

    @classmethod
    def shut(cls, *, fails: bool = False) -> None:
        cls.asked, cls.opens, cls.fails = 0, asyncio.Event(), fails


async def at_the_gate(asked: Asked) -> Reply:
    Gate.asked += 1
    await Gate.opens.wait()
    if Gate.fails:
        raise ServiceUnavailable("is out of order")
    return Reply(flags=("came through",))


class TestTheSameAtOnce:
    """Those who ask one service the same at the same moment make one call, if answers are kept."""

    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        Gate.shut()
        gate = custom("gate", at_the_gate, needs=["email"], timeout=LONG, cache=Cache())
        async with opened(gate) as stage:
            yield stage

    def ask(self, stage: Stage, seconds: float = LONG, **raw: str) -> asyncio.Task[Heard]:
        record = stage.model.record(ADA | raw)
        return asyncio.create_task(stage.before(record, monotonic() + seconds))

    async def test_they_make_one_call(self, stage: Stage) -> None:
        tasks = [self.ask(stage, first_name=name) for name in ("Ada", "Ada", "Grace")]
        other = self.ask(stage, email="grace@example.org")
        await until(lambda: Gate.asked == 2)
        Gate.opens.set()
        heard = await asyncio.gather(*tasks, other)

        assert Gate.asked == 2
        assert {flag.reason for one in heard for flag in one.flags} == {"came through"}
        assert stage.clients["gate"].counts == {"ok": 2, "shared": 2}

    async def test_where_nothing_is_kept_each_makes_its_own(self) -> None:
        Gate.shut()
        async with opened(custom("gate", at_the_gate, needs=["email"], timeout=LONG)) as stage:
            tasks = [self.ask(stage) for _ in range(3)]
            await until(lambda: Gate.asked == 3)
            Gate.opens.set()
            await asyncio.gather(*tasks)

    async def test_a_failure_is_shared_and_not_kept(self, stage: Stage) -> None:
        Gate.shut(fails=True)
        tasks = [self.ask(stage) for _ in range(3)]
        await until(lambda: Gate.asked == 1)
        Gate.opens.set()
        heard = await asyncio.gather(*tasks)

        assert Gate.asked == 1
        assert [str(lack) for one in heard for lack in one.lacks] == [
            "service gate: is out of order"
        ] * 3
        await self.ask(stage)
        assert Gate.asked == 2

    @pytest.mark.parametrize("how", ["cancelled", "late"])
    async def test_one_that_is_broken_off_takes_nobody_along(self, stage: Stage, how: str) -> None:
        first = self.ask(stage, 0.05 if how == "late" else LONG)
        await until(lambda: Gate.asked == 1)
        others = [self.ask(stage) for _ in range(2)]
        await asyncio.sleep(0)
        if how == "cancelled":
            first.cancel()
        await asyncio.wait([first])
        await until(lambda: Gate.asked == 2)
        Gate.opens.set()
        heard = await asyncio.gather(*others)

        assert Gate.asked == 2
        assert [one.lacks for one in heard] == [(), ()]

    async def test_nobody_waits_longer_than_its_own_time(self, stage: Stage) -> None:
        first = self.ask(stage)
        await until(lambda: Gate.asked == 1)
        (lack,) = (await self.ask(stage, 0.05)).lacks
        Gate.opens.set()

        assert lack.reason == "was not heard before the services' time was up"
        assert (await first).lacks == ()
        assert stage.clients["gate"].counts == {"ok": 1, "late": 1}


class TestSecrets:
    def model(self) -> Model:
        register = look_up("https://a.example/{email}?k={key}", request={"secrets": {"key": "KEY"}})
        return contacts(register)

    def test_a_variable_that_is_not_set_is_told_at_once(self) -> None:
        with pytest.raises(ModelError) as caught:
            Stage(self.model(), {})

        said = "services[0].request.secrets.key: the variable 'KEY' is not set"
        assert str(caught.value) == said

    async def test_a_model_does_not_hold_them(self) -> None:
        model = self.model()
        stage = Stage(model, {"KEY": "s3cret"})
        await stage.close()

        assert "s3cret" not in model.to_toml() + repr(model) + repr(vars(stage))
