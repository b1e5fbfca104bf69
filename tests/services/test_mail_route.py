from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import dns.asyncresolver
import dns.resolver
import pytest
import pytest_asyncio

from have_we_met.errors import HaveWeMetError, ServiceUnavailable
from have_we_met.services.validators import make_validator
from have_we_met.services.validators.email import EmailValidator
from have_we_met.services.validators.mail_route import DEAD_ENDS

from .name_server import NameServer, name_server

ZONE = {
    "example.com.": {"MX": ["10 mx1.example.com.", "20 mx2.example.com."]},
    "mx1.example.com.": {"A": ["192.0.2.1"]},
    "mx2.example.com.": {"AAAA": ["2001:db8::2"]},
    "second.example.": {"MX": ["10 gone.example.", "20 mx2.example.com."]},
    "v4.example.": {"A": ["192.0.2.4"]},
    "v6.example.": {"AAAA": ["2001:db8::6"], "TXT": ['"v=spf1 -all"']},
    "null.example.": {"MX": ["0 ."], "A": ["192.0.2.5"]},
    "mixed.example.": {"MX": ["0 .", "10 mx1.example.com."]},
    "text.example.": {"TXT": ['"no mail"']},
    "dead.example.": {"MX": ["10 gone.example.", "20 text.example."], "A": ["192.0.2.6"]},
    "parked.example.": {"A": ["127.0.0.1"], "AAAA": ["::1"]},
    "parked-mx.example.": {"MX": ["10 zero.example."]},
    "zero.example.": {"A": ["0.0.0.0"]},
    "inside.example.": {"A": ["10.0.0.25"]},
    "xn--bcher-kva.example.": {"MX": ["10 mx1.example.com."]},
}
BOTH_WAYS = [
    ("example.com", "mx"),
    ("second.example", "mx"),
    ("v4.example", "address"),
    ("v6.example", "address"),
    ("mixed.example", "mx"),
    ("inside.example", "address"),
    ("BÜCHER.example", "mx"),
]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[NameServer]:
    """A real name server on the loopback interface."""
    async with name_server(ZONE) as (running, address):
        running.address = address  # type: ignore[attr-defined]
        yield running


def email(server: NameServer, **options: object) -> EmailValidator:
    """A validator that asks this server, with all the time in the world."""
    asked = {"mx": True, "nameservers": [server.address], "timeout": 20, **options}  # type: ignore[attr-defined]
    made = make_validator("email", asked)
    assert isinstance(made, EmailValidator)
    return made


@pytest.mark.parametrize(("domain", "route"), BOTH_WAYS)
async def test_a_domain_takes_mail(server: NameServer, domain: str, route: str) -> None:
    """By an MX record whose server has an address, else by an address of its own."""
    checked = await email(server)(f"ada@{domain}")

    assert (checked.valid, checked.facts["route"]) == (True, route)


@pytest.mark.parametrize(
    ("domain", "end"),
    [
        ("nowhere.example", "no_domain"),
        ("text.example", "no_server"),
        ("parked.example", "no_server"),
        ("null.example", "null_mx"),
        ("dead.example", "dead_mx"),
        ("parked-mx.example", "dead_mx"),
    ],
)
async def test_a_domain_takes_none(server: NameServer, domain: str, end: str) -> None:
    """MX records that lead nowhere are not made good by the domain's own address."""
    checked = await email(server)(f"ada@{domain}")

    assert (checked.valid, checked.value, checked.reason) == (False, None, DEAD_ENDS[end])  # type: ignore[index]


async def test_mx_first_and_nothing_for_nothing(server: NameServer) -> None:
    """The MX records are asked for once, and then the address of the best server alone."""
    await email(server)("ada@example.com")

    assert server.asked[0] == ("example.com.", "MX")
    assert sorted(server.asked[1:]) == [("mx1.example.com.", "A"), ("mx1.example.com.", "AAAA")]


@pytest.mark.parametrize("value", [None, "", "ada", "ada@example", "ada@mailinator.com"])
async def test_what_is_settled_asks_nobody(server: NameServer, value: object) -> None:
    """Neither an empty box nor a wrong address is worth a question."""
    await email(server, refuse_disposable=True)(value)

    assert server.asked == []


async def test_nothing_is_asked_unless_it_is_asked_for(server: NameServer) -> None:
    """Without mx the validator is pure."""
    plain = email(server, mx=False)

    assert (await plain("ada@nowhere.example")).valid
    assert (plain.pure, email(server).pure, server.asked) == (True, False, [])


async def test_a_lost_packet_is_sent_again(server: NameServer) -> None:
    """UDP loses packets: there is always time for a second question."""
    server.lost["example.com."] = 1

    assert (await email(server)("ada@example.com")).valid
    assert server.asked.count(("example.com.", "MX")) == 2


async def test_a_long_answer_comes_over_tcp(server: NameServer) -> None:
    """A truncated answer is asked for again over TCP."""
    server.long.add("example.com.")

    assert (await email(server)("ada@example.com")).facts["route"] == "mx"


@pytest.mark.parametrize("broken", ["example.com.", "mx1.example.com."])
@pytest.mark.parametrize("how", ["silent", "failing"])
async def test_silence_says_nothing(server: NameServer, broken: str, how: str) -> None:
    """A name server that is down, hangs or fails makes no address invalid."""
    getattr(server, how).add(broken)

    with pytest.raises(ServiceUnavailable) as raised:
        await email(server, timeout=0.2)("ada.lovelace@example.com")

    assert "example.com" not in repr(raised.value)
    assert raised.value.__cause__ is None


async def test_nobody_listens() -> None:
    """A port where nothing is listening is a failure of ours, too."""
    async with name_server({}) as (_, address):
        pass

    with pytest.raises(HaveWeMetError):
        await EmailValidator(mx=True, nameservers=(address,), timeout=0.2)("ada@example.com")


async def test_cancelling_ends_the_questions(server: NameServer) -> None:
    """A caller who leaves leaves no task and no open socket behind (warnings are errors here)."""
    server.silent.add("example.com.")
    before = asyncio.all_tasks()
    asking = asyncio.create_task(email(server)("ada@example.com"))
    while not server.asked:
        await asyncio.sleep(0)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert asyncio.all_tasks() == before


async def test_a_resolver_of_ones_own(server: NameServer) -> None:
    """In Python any resolver of dnspython can be given."""
    mine = dns.asyncresolver.Resolver(configure=False)
    host, _, port = server.address.rpartition(":")  # type: ignore[attr-defined]
    mine.nameservers, mine.port = [host], int(port)

    checked = await EmailValidator(mx=True, resolver=mine, timeout=20)("ada@null.example")

    assert checked.reason == DEAD_ENDS["null_mx"]


async def test_many_at_once(server: NameServer) -> None:
    """Validators hold nothing between calls: a hundred questions side by side stay apart."""
    check = email(server)
    domains = [domain for domain, _ in BOTH_WAYS] * 5 + ["null.example", "nowhere.example"] * 5

    checked = await asyncio.gather(*(check(f"ada@{domain}") for domain in domains))

    routes = dict(BOTH_WAYS)
    assert [found.facts.get("route") for found in checked] == [routes.get(d) for d in domains]


async def test_a_machine_without_name_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may have none: that says nothing of the address, either."""

    def unset(self: object, path: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", unset)

    with pytest.raises(ServiceUnavailable, match="set nameservers"):
        await EmailValidator(mx=True, timeout=19)("ada@example.com")
