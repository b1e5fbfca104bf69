"""From which address somebody asks, behind proxies that we trust and no others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Network = IPv4Network | IPv6Network


class Addresses:
    """Reads addresses; ``proxies`` are the networks whose word counts.

    >>> addresses = Addresses("a secret of this server", ("10.0.0.0/8",))
    >>> addresses.of("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2")
    '198.51.100.7'
    >>> addresses.of("203.0.113.5", "198.51.100.7")
    '203.0.113.5'
    """

    def __init__(self, secret: str, proxies: Sequence[str] = ()) -> None:
        self._networks = tuple(ip_network(proxy) for proxy in proxies)
        self._key = blake2b(secret.encode(), digest_size=32, person=b"hwm address").digest()
        self.mark = lru_cache(4096)(self._mark)

    def mark_of(self, scope: Scope, forwarded: str) -> str:
        """Mark the address that a request comes from, by what X-Forwarded-For says in all."""
        peer = scope.get("client")
        return self.mark(peer[0] if peer else "", forwarded)

    def _mark(self, peer: str, forwarded: str = "") -> str:
        """A keyed hash of the client's address: what is counted under is nobody's address."""
        own = self.of(peer, forwarded).encode()
        return blake2b(own, digest_size=12, key=self._key).hexdigest()

    def of(self, peer: str, forwarded: str = "") -> str:
        """Name the client: who connected, or the last in X-Forwarded-For that is no proxy of ours.

        All in an IPv6 network of 64 bits are one: it is what one household is given.
        """
        heard = peer
        for said in reversed(forwarded.split(",")):
            if not self._is_proxy(heard) or not said.strip():
                break
            heard = said.strip()
        return _network(heard)

    def _is_proxy(self, address: str) -> bool:
        try:
            own = ip_address(address)
        except ValueError:
            return False
        return any(own in network for network in self._networks)


def _network(address: str) -> str:
    """Name what an address counts as.

    >>> _network("2001:db8::1:2"), _network("::ffff:203.0.113.9"), _network("nonsense")
    ('2001:db8::/64', '203.0.113.9', 'unknown')
    """
    try:
        own = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(own, IPv6Address):
        if own.ipv4_mapped is not None:
            return str(own.ipv4_mapped)
        return str(ip_network((own, 64), strict=False))
    return str(own)
