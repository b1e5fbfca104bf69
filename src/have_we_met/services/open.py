"""Making the services of a model ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ModelError, Problem
from ..model import Model, Request, Service
from ..resilience import Breaker
from .ask import ask_function, ask_validator, at_once
from .cache import Replies
from .client import Client, is_to_blame
from .http import HttpAsk, open_transport
from .reply import Ask

if TYPE_CHECKING:
    import httpx

Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A client a service, by its name, and what carries their requests."""

    clients: Mapping[str, Client]
    transport: httpx.AsyncHTTPTransport | None

    async def close(self) -> None:
        """Let go of all connections."""
        if self.transport is not None:
            await self.transport.aclose()


def open_clients(model: Model, environment: Environment) -> Opened:
    """Make a client for each service; nobody is asked anything yet.

    Raises :class:`ModelError` for variables that are not set, all at once.
    """
    if missing := missing_variables(model.services, environment):
        raise ModelError(missing)
    transport = open_transport() if any(one.request for one in model.services) else None
    return Opened(
        {one.name: _client(one, environment, transport) for one in model.services}, transport
    )


def missing_variables(services: Sequence[Service], environment: Environment) -> list[Problem]:
    """Say which environment variables the services need that are not set."""
    return [
        Problem(f"services[{at}].request.secrets.{name}", f"the variable '{variable}' is not set")
        for at, service in enumerate(services)
        if service.request is not None
        for name, variable in service.request.secrets.items()
        if not environment.get(str(variable))
    ]


def _client(
    service: Service, environment: Environment, transport: httpx.AsyncHTTPTransport | None
) -> Client:
    return Client(
        service=service,
        ask=_ask(service, environment, transport),
        breaker=Breaker(f"service {service.name}", service.breaker, counts=is_to_blame),
        replies=Replies(service.cache) if service.cache else None,
        at_once=at_once(service),
    )


def _ask(
    service: Service, environment: Environment, transport: httpx.AsyncHTTPTransport | None
) -> Ask:
    if service.kind == "validate":
        return ask_validator(service)
    if service.request is None or transport is None:
        return ask_function(service)
    secrets = secrets_of(service.request, environment)
    return HttpAsk(service.request, secrets, transport)


def secrets_of(request: Request, environment: Environment) -> dict[str, str]:
    """Read what a request's placeholders for secrets stand for."""
    return {name: environment[str(variable)] for name, variable in request.secrets.items()}
