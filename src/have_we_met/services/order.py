"""In which order services are heard, and who waits for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import Service


def in_order(services: Iterable[Service]) -> tuple[Service, ...]:
    """Order services by priority, the lowest first; those of one priority stay as they stand."""
    return tuple(sorted(services, key=lambda service: service.priority))


def waits_for(services: Sequence[Service], place: int) -> tuple[int, ...]:
    """Give the places of the services before this one that give what it reads.

    >>> ask = {"using": "json:loads", "kind": "custom"}
    >>> register = Service(name="register", gives={"phone": "/phone"}, **ask)
    >>> block_list = Service(name="block list", needs=["phone"], **ask)
    >>> waits_for([register, block_list], 1)
    (0,)
    """
    reads = {*services[place].reads}
    return tuple(at for at in range(place) if not reads.isdisjoint(services[at].gives))
