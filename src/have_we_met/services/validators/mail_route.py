"""Whether a domain takes mail, and by which way: DNS is asked.

MX records (RFC 5321, section 5.1); a null MX says that none is taken (RFC 7505); a domain without
MX records takes mail at its own address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from ipaddress import ip_address
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from ...errors import ServiceUnavailable

Route = Literal["mx", "address", "no_domain", "no_server", "null_mx", "dead_mx"]
"""By its MX records or by its own address; the others are dead ends."""

DEAD_ENDS: Final[Mapping[Route, str]] = {
    "no_domain": "Its domain does not exist.",
    "no_server": "Its domain has no mail server.",
    "null_mx": "Its domain says that it takes no mail.",
    "dead_mx": "The mail servers of its domain have no address.",
}
"""Why a domain takes no mail, in a sentence that does not name it."""

Ask = Callable[[Any, str], Awaitable[Any]]


class Resolver(Protocol):
    """What asks DNS: ``dns.asyncresolver.Resolver``, or something that speaks like one."""

    async def resolve(self, qname: Any, rdtype: Any, *, lifetime: float) -> Any:
        """The records of one type under one name, or one of dnspython's errors."""
        ...


async def mail_route(domain: str, resolver: Resolver, timeout: float) -> Route:  # noqa: ASYNC109
    """How mail for a domain (in ASCII) finds its server.

    Raises :class:`~have_we_met.errors.ServiceUnavailable` where DNS does not say within ``timeout``
    seconds: a name server that is down says nothing of the domain.
    """
    from dns.exception import DNSException
    from dns.name import from_text

    async def ask(name: Any, kind: str) -> Any:
        return await resolver.resolve(name, kind, lifetime=timeout)

    try:
        async with asyncio.timeout(timeout):
            return await _route(from_text(f"{domain}."), ask)
    except (DNSException, OSError):  # TimeoutError is an OSError; all of these name the domain
        raise ServiceUnavailable("no name server said whether a domain takes mail") from None


async def _route(domain: Any, ask: Ask) -> Route:
    from dns.name import root
    from dns.resolver import NXDOMAIN, NoAnswer

    try:
        records = await ask(domain, "MX")
    except NXDOMAIN:
        return "no_domain"
    except NoAnswer:
        return "address" if await _has_address(domain, ask) else "no_server"
    by_preference = sorted(records, key=lambda record: record.preference)
    servers = [record.exchange for record in by_preference if record.exchange != root]
    if not servers:
        return "null_mx"
    for server in servers:
        if await _has_address(server, ask):
            return "mx"
    return "dead_mx"


async def _has_address(name: Any, ask: Ask) -> bool:
    """Whether a name has an address of either kind; both are asked for at once."""
    asked = [_addresses(name, kind, ask) for kind in ("A", "AAAA")]
    found = await asyncio.gather(*asked, return_exceptions=True)
    if any(isinstance(addresses, list) and addresses for addresses in found):
        return True
    for failed in found:
        if isinstance(failed, BaseException):
            raise failed
    return False


async def _addresses(name: Any, kind: str, ask: Ask) -> list[str]:
    from dns.resolver import NXDOMAIN, NoAnswer

    try:
        return [record.address for record in await ask(name, kind) if _reaches(record.address)]
    except (NXDOMAIN, NoAnswer):
        return []


def _reaches(address: str) -> bool:
    """Whether mail can be sent to an address: parked domains point at 127.0.0.1 or 0.0.0.0."""
    ip = ip_address(address)
    return not (ip.is_loopback or ip.is_unspecified or ip.is_link_local or ip.is_multicast)


@cache
def resolver_of(nameservers: Sequence[str], timeout: float) -> Resolver:
    """One that asks these name servers, or those of the system where there are none.

    Raises :class:`~have_we_met.errors.ServiceUnavailable` where the system has none. It remembers
    nothing: a domain may be somebody's name, and name servers have caches.
    """
    from dns.asyncresolver import Resolver as Asking
    from dns.nameserver import Do53Nameserver
    from dns.resolver import NoResolverConfiguration

    try:
        asking = Asking(configure=not nameservers)
    except NoResolverConfiguration:
        raise ServiceUnavailable("this machine names no name server; set nameservers") from None
    if nameservers:
        asking.nameservers = [Do53Nameserver(*nameserver(text)) for text in nameservers]
    asking.timeout = min(timeout / 2, 1.0)  # time to ask again when a packet is lost
    return asking


def nameserver(text: str) -> tuple[str, int]:
    """The address and the port of a name server.

    Raises ``ValueError`` for anything else.

    >>> nameserver("192.0.2.53"), nameserver("[2001:db8::53]:5353")
    (('192.0.2.53', 53), ('2001:db8::53', 5353))
    """
    try:
        return str(ip_address(text)), 53
    except ValueError:
        pass
    try:
        parts = urlsplit(f"//{text}")
        return str(ip_address(parts.hostname or "")), parts.port or 53
    except ValueError:
        raise ValueError(
            f"no name server '{text}': give an address such as 192.0.2.53 or 192.0.2.53:5353"
        ) from None
