"""How much a caller may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter

import pytest

from have_we_met import preset
from have_we_met.access import Limits
from have_we_met.server.addresses import Addresses
from have_we_met.server.counting import DAY, MINUTE, Budget, Counted
from have_we_met.server.counting_redis import CountedInRedis
from have_we_met.server.probing import Prober
from have_we_met.server.problems import NoKey, TooMany

from ..servers import Redis, Unavailable, redis
from .apps import CONTACTS, LOOKUP
from .asking import asking

NOON = 1_000_000 * DAY + DAY / 2
KEY, ADDRESS = Budget("k1", 3, MINUTE), Budget("a1", 2, MINUTE)
PERSON = {"email": "john@example.com"}


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    try:
        with redis() as started:
            yield started
    except Unavailable as exc:
        pytest.skip(str(exc))


@pytest.fixture(params=["memory", "redis"])
def counters(request: pytest.FixtureRequest) -> object:
    """Makes counters that count together, in memory the same one."""
    clock = Clock()
    if request.param == "memory":
        one = Counted(clock)
        return clock, lambda: one
    server: Redis = request.getfixturevalue("server")
    server.say("FLUSHALL")
    return clock, lambda: CountedInRedis(server.url, clock)


async def test_a_minute(counters: tuple) -> None:
    """Each budget is used up by itself, by all processes, and whole again when time is up."""
    clock, make = counters
    one, other = make(), make()
    used = [[s.used for s in await c.hit([KEY, ADDRESS])] for c in (one, other, one)]
    assert used == [[1, 1], [2, 2], [3, 3]]
    key, address = await one.hit([KEY, ADDRESS])
    assert (key.over, address.over, address.left, address.reset) == (True, True, 0, 60.0)

    clock.now += 60
    (key,) = await other.hit([KEY])
    assert (key.used, key.left) == (1, 2)
    await one.close()
    await other.close()


async def test_different_people(counters: tuple) -> None:
    """Who was met before in the window counts no more; tomorrow everybody is new."""
    clock, make = counters
    one, other, budget = make(), make(), Budget("k1", 2, DAY)
    marks = [bytes([n] * 8) for n in range(4)]
    used = [
        (await counter.meet([budget], met))[0].used
        for counter, met in ((one, marks[:1]), (other, marks[:1]), (one, marks[:2]), (other, marks))
    ]
    assert used[:3] == [1, 1, 2]
    assert used[3] > 2
    clock.now += DAY
    assert (await one.meet([budget], marks[:1]))[0].used == 1
    await one.close()
    await other.close()


async def test_redis_is_gone() -> None:
    """Each process counts alone, at once and without trying."""
    counter = CountedInRedis("unix:///nowhere/redis", Clock())
    used = [(await counter.hit([KEY]))[0].used for _ in range(4)]
    met = await counter.meet([Budget("k1", 1, DAY)], [b"1", b"2"])

    assert used == [1, 2, 3, 4]
    assert met[0].over
    await counter.close()


async def test_nobodys_data_in_redis(server: Redis) -> None:
    """Neither whom somebody asks about nor from where can be read in Redis."""
    server.say("FLUSHALL")
    counter = CountedInRedis(server.url)
    secret = "a secret of this server"
    mark = Addresses(secret).mark("203.0.113.9")
    prober = Prober(preset("contacts"), counter, secret)
    await prober.count("k", Limits(key_identities=9, address_identities=9), mark, PERSON)
    await counter.close()

    names = server.say("KEYS", "*")
    stored = b"".join([*names, *(server.say("DUMP", name) for name in names)])
    assert len(names) == 2
    assert not any(text in stored for text in (b"john", b"203.0.113"))


async def test_each_address_that_is_asked_about_counts() -> None:
    """An e-mail address and a phone in one question are two guesses; spelling makes no third."""
    prober = Prober(preset("contacts"), Counted(Clock()), "a secret of this server")
    limits = Limits(key_identities=2)
    both = PERSON | {"phone": "+1 212 555 0142"}
    with pytest.raises(TooMany):
        await prober.count("another", Limits(key_identities=1), "", both)
    for asked in (both, PERSON, {"email": "JOHN@example.com"}):
        await prober.count("k", limits, "", asked)
    with pytest.raises(TooMany):
        await prober.count("k", limits, "", {"email": "jane@example.com"})
    with pytest.raises(TooMany):  # who was asked about before, too: else it would say who was
        await prober.count("k", limits, "", PERSON)


async def test_memory_is_bounded() -> None:
    """However many addresses ask, so many are told apart and no more."""
    counter = Counted(Clock())
    for number in range(66_000):
        await counter.hit([Budget(f"a{number}", 2, MINUTE)])
    assert (await counter.hit([Budget("another", 2, MINUTE)]))[0].over
    assert not (await counter.hit([Budget("a1", 2, MINUTE)]))[0].over


def test_too_many_a_minute() -> None:
    """Past the limit there is 429, with when to come again; other addresses go on."""
    with asking(
        "public", limits=Limits(address_minute=3, key_minute=5), proxies=("127.0.0.0/8",)
    ) as asker:
        answers = [asker.post(LOOKUP, PERSON) for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert [one.headers["RateLimit"].split(";")[1] for one in answers] == [
            "r=2",
            "r=1",
            "r=0",
            "r=0",
        ]
        assert answers[0].headers["RateLimit-Policy"] == '"minute";q=3;w=60'
        assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
        assert answers[3].headers["Content-Type"] == "application/problem+json"

        elsewhere = {"X-Forwarded-For": "203.0.113.9"}
        assert asker.post(LOOKUP, PERSON, elsewhere).status_code == 200
        assert asker.post(LOOKUP, PERSON, elsewhere).status_code == 429  # the key's own limit


def test_nobody_forges_an_address() -> None:
    """X-Forwarded-For of who is no proxy of ours counts for nothing."""
    with asking("public", limits=Limits(address_minute=1)) as asker:
        first, second = [
            asker.post(LOOKUP, PERSON, {"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(2)
        ]
        assert (first.status_code, second.status_code) == (200, 429)


def test_too_many_people_a_day() -> None:
    """Sign-ups and lookups count alike; the answer says no more of whom was asked about."""
    with asking("public", limits=Limits(address_identities=2)) as asker:
        assert asker.post(LOOKUP, PERSON).status_code == 200
        assert asker.post(CONTACTS, {"email": "nia@example.com"}).status_code == 201
        answers = [asker.post(path, {"email": "ola@example.com"}) for path in (LOOKUP, CONTACTS)]

        assert [one.status_code for one in answers] == [429, 429]
        assert int(answers[0].headers["Retry-After"]) <= DAY
        assert "RateLimit" not in answers[0].headers


class TestBadKeys:
    """Requests without a good key."""

    def test_too_many(self) -> None:
        """After some in a minute they are 429 with when to come again, whatever is brought."""
        with asking("backoffice", bad_keys_minute=3) as asker:
            wrong = asker.key[:-1] + ("a" if asker.key[-1] != "a" else "b")
            brought = ["", "Basic x", f"Bearer {wrong}", "Bearer hwm_none_none", f"Bearer {wrong}"]
            answers = [
                asker.client.post(LOOKUP, PERSON, headers={"Authorization": one}) for one in brought
            ]
            assert [one.status_code for one in answers] == [401, 401, 401, 429, 429]
            assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
            assert answers[3].json()["title"] == "Too many requests"

            assert asker.post(LOOKUP, PERSON).status_code == 200, "a good key is let in"
            elsewhere = {"Authorization": "Bearer x", "X-Forwarded-For": "203.0.113.9"}
            metrics = asker.client.get("/metrics", headers=elsewhere)
            assert metrics.status_code == 429, "the metrics' door is no other"

    def test_nobody_is_locked_out(self) -> None:
        """Another address has its own count; a proxy that is not believed shares the peer's."""
        with asking("backoffice", bad_keys_minute=1, proxies=("127.0.0.0/8",)) as asker:
            came = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in (1, 1, 2)]
            answers = [asker.client.post(LOOKUP, PERSON, headers=one) for one in came]
            assert [one.status_code for one in answers] == [401, 429, 401]
            for one in came:
                assert asker.post(LOOKUP, PERSON, one).status_code == 200
        with asking("backoffice", bad_keys_minute=1) as asker:
            answers = [asker.client.post(LOOKUP, PERSON, headers=one) for one in came]
            assert [one.status_code for one in answers] == [401, 429, 429]
            assert asker.post(LOOKUP, PERSON, came[0]).status_code == 200

    def test_by_all_processes(self, server: Redis) -> None:
        """They are counted in Redis where there is one, under no address."""
        server.say("FLUSHALL")
        with asking("backoffice", bad_keys_minute=1, limits_in=server.url) as asker:
            assert asker.client.post(LOOKUP, PERSON).status_code == 401
            assert asker.client.post(LOOKUP, PERSON).status_code == 429
        (name,) = server.say("KEYS", "*")
        assert b"127.0.0.1" not in name

    def test_the_same_time(self) -> None:
        """Whether there is a key of an id cannot be told by how long a wrong one takes.

        Of two times, one of each kind, the longer one is as often this as that: 3,000 of each, in
        turns, by which chance moves the share by 0.01.
        """
        with asking("backoffice") as asker:
            checked = asker.client.desk.callers._checked
            ids = {True: asker.id, False: asker.id[::-1]}
            brought = {known: f"Bearer hwm_{one}_{'x' * 43}" for known, one in ids.items()}
            times: dict[bool, list[float]] = {True: [], False: []}
            for turn in range(6_000):
                known = turn % 2 == 0
                began = perf_counter()
                with pytest.raises(NoKey):
                    checked(brought[known])
                times[known].append(perf_counter() - began)
        longer = sum(k > u for k, u in zip(times[True], times[False], strict=True))
        same = sum(k == u for k, u in zip(times[True], times[False], strict=True))
        assert 0.35 < (longer + same / 2) / 3_000 < 0.65


def test_too_many_at_once() -> None:
    """More requests than may be under way are refused, and none are forgotten."""
    with asking("backoffice", limits=Limits(at_once=1)) as asker:
        caller = asker.client.desk.callers.known_by(f"Bearer {asker.key}")
        caller.under_way = 1
        assert asker.post(LOOKUP, PERSON).status_code == 429
        caller.under_way = 0
        assert asker.post(LOOKUP, PERSON).status_code == 200
        assert asker.post(LOOKUP, {"emial": 1}).status_code == 422
        assert caller.under_way == 0


def test_counted_in_redis(server: Redis) -> None:
    """A server counts where its settings say."""
    server.say("FLUSHALL")
    with asking("public", limits=Limits(address_minute=1), limits_in=server.url) as asker:
        assert [asker.post(LOOKUP, PERSON).status_code for _ in range(2)] == [200, 429]
    assert server.say("DBSIZE") == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, nonsense", "unknown"),
        ("10.0.0.1", "2001:db8::1:1", "2001:db8::/64"),
        ("10.0.0.1", " , ", "10.0.0.1"),
        ("", "198.51.100.7", "unknown"),
    ],
)
def test_addresses(peer: str, forwarded: str, client: str) -> None:
    """Only what our own proxies say is believed, and of that only the last word."""
    assert Addresses("a secret of this server", ("10.0.0.0/8",)).of(peer, forwarded) == client


def test_asyncio_is_not_held_up() -> None:
    """Counting in memory never waits, so two requests cannot both take the last turn."""
    counter = Counted(Clock())
    work = counter.hit([KEY])
    with pytest.raises(StopIteration):
        work.send(None)
    asyncio.run(counter.close())
