"""Making the services of a model ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import ModelError, Problem
from ..model import Model, Request, Service
from ..resilience import Breaker
from .ask import ask_function, ask_validator, at_once
from .cache import Replies
from .client import Client, is_to_blame
from .http import HttpAsk
from .reply import Ask

Environment = Mapping[str, str]


def open_clients(model: Model, environment: Environment) -> dict[str, Client]:
    """Make a client for each service, by its name; nobody is asked anything yet.

    Raises :class:`ModelError` for variables that are not set, all at once.
    """
    if missing := missing_variables(model.services, environment):
        raise ModelError(missing)
    return {service.name: _client(service, environment) for service in model.services}


def missing_variables(services: Sequence[Service], environment: Environment) -> list[Problem]:
    """Say which environment variables the services need that are not set."""
    return [
        Problem(f"services[{at}].request.secrets.{name}", f"the variable '{variable}' is not set")
        for at, service in enumerate(services)
        if service.request is not None
        for name, variable in service.request.secrets.items()
        if not environment.get(str(variable))
    ]


def _client(service: Service, environment: Environment) -> Client:
    return Client(
        service=service,
        ask=_ask(service, environment),
        breaker=Breaker(f"service {service.name}", service.breaker, counts=is_to_blame),
        replies=Replies(service.cache) if service.cache else None,
        at_once=at_once(service),
    )


def _ask(service: Service, environment: Environment) -> Ask:
    if service.kind == "validate":
        return ask_validator(service)
    if service.request is None:
        return ask_function(service)
    return HttpAsk(service.request, secrets_of(service.request, environment))


def secrets_of(request: Request, environment: Environment) -> dict[str, str]:
    """Read what a request's placeholders for secrets stand for."""
    return {name: environment[str(variable)] for name, variable in request.secrets.items()}
