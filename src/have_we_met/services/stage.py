"""All services of a model, consulted side by side about one record."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from ..answer import Lookup
from ..model import Model, Service
from ..record import Record
from .ask import is_askable
from .client import Client
from .hearing import Heard, Said, fill, heard, with_values
from .open import open_clients
from .order import in_order, waits_for
from .reply import Asked

Hearing = asyncio.Task[Said] | Said
"""What a service says, now or later."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A service's turn, and the places of those that it waits for."""

    client: Client
    waits: tuple[int, ...]


class Stage:
    """Consults a model's services: those before matching, and those after it.

    Raises :class:`ModelError` where an environment variable that a service needs is not set, and
    :class:`MissingExtra`. ``environment`` is that of the process unless another one is given.
    """

    def __init__(self, model: Model, environment: Mapping[str, str] = os.environ) -> None:
        self.model = model
        self.clients = open_clients(model, environment)
        self._before = self._turns("before")
        self._after = self._turns("after")

    async def before(self, record: Record, until: float) -> Heard:
        """Consult the services about a record that is going to be looked up or written.

        They have until ``until`` (on the monotonic clock), and no longer than the model says.
        """
        return await self._consult(self._before, record, until)

    async def after(self, record: Record, lookup: Lookup, until: float) -> Lookup:
        """Consult the services that want to know the answer, and add what they say to it."""
        if not self._after:
            return lookup
        return (await self._consult(self._after, record, until, lookup)).onto(lookup)

    async def close(self) -> None:
        """Let go of all connections."""
        for client in self.clients.values():
            await client.close()

    def _turns(self, when: str) -> tuple[Turn, ...]:
        services = in_order(one for one in self.model.services if one.when == when)
        return tuple(
            Turn(self.clients[service.name], waits_for(services, place))
            for place, service in enumerate(services)
        )

    async def _consult(
        self, turns: Sequence[Turn], record: Record, until: float, lookup: Lookup | None = None
    ) -> Heard:
        until = min(until, monotonic() + self.model.services_deadline)
        services = [turn.client.service for turn in turns]
        hearings: list[Hearing] = []
        # Whoever leaves the group takes its tasks along: nobody goes on asking for nobody.
        async with asyncio.TaskGroup() as group:
            for turn in turns:
                if turn.client.at_once is not None and not turn.waits:
                    hearings.append(self._at_once(turn.client, record))
                    continue
                first = [(services[place], hearings[place]) for place in turn.waits]
                hearing = self._later(turn.client, record, first, until, lookup)
                hearings.append(group.create_task(hearing))
        return heard(self.model, record, [*zip(services, map(_said, hearings), strict=True)])

    def _at_once(self, client: Client, record: Record) -> Said:
        asked = self._asked(client.service, record)
        return client.hear_at_once(asked) if is_askable(client.service, asked) else None

    async def _later(
        self,
        client: Client,
        record: Record,
        first: Sequence[tuple[Service, Hearing]],
        until: float,
        lookup: Lookup | None,
    ) -> Said:
        """Ask a service, once those that come first have said what they give."""
        if tasks := [one for _, one in first if isinstance(one, asyncio.Task)]:
            await asyncio.wait(tasks)
        given = fill(self.model, record, [(service, _said(one)) for service, one in first])
        asked = self._asked(client.service, with_values(self.model, record, given), lookup)
        if not is_askable(client.service, asked):
            return None
        return await client.hear(asked, until)

    def _asked(self, service: Service, record: Record, lookup: Lookup | None = None) -> Asked:
        """Tell a service what it needs, and nothing else."""
        reads = service.reads
        return Asked(
            values={name: record.values[self.model.position(name)] for name in reads},
            raw={name: record.raw.get(name) for name in reads},
            options=service.options,
            lookup=lookup,
        )


def _said(hearing: Hearing) -> Said:
    return hearing.result() if isinstance(hearing, asyncio.Task) else hearing
