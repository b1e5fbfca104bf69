"""Whether the services of a model are there; nothing is sent about anybody."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from ..errors import ServiceUnavailable
from ..model import Model, Service
from .ask import at_once
from .http import HttpAsk
from .open import missing_variables, secrets_of

CHECK_SECONDS = 5.0
"""How long a service may take to say that it is there."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one service is: ``ok``, ``failed``, or ``unknown`` where nobody was asked.

    ``milliseconds`` is how long the answer took, where one came.
    """

    service: str
    kind: str
    state: str
    reason: str
    milliseconds: float | None = None


async def check_services(
    model: Model, environment: Mapping[str, str] = os.environ
) -> tuple[Health, ...]:
    """Ask each service that has an address for it how it is, side by side.

    >>> from dataclasses import replace
    >>> from have_we_met import Service, preset
    >>> email = Service(name="email", kind="validate", field="email", using="email")
    >>> asyncio.run(check_services(replace(preset("contacts"), services=[email])))[0].state
    'ok'
    """
    return tuple(
        await asyncio.gather(*(_check(model, service, environment) for service in model.services))
    )


async def _check(model: Model, service: Service, environment: Mapping[str, str]) -> Health:
    def health(state: str, reason: str, milliseconds: float | None = None) -> Health:
        return Health(service.name, service.kind, state, reason, milliseconds)

    if missing := missing_variables([service], environment):
        return health("failed", "; ".join(problem.message for problem in missing))
    if service.request is None or service.request.health is None:
        asks_nobody = at_once(service) is not None
        return health(*(("ok", "asks nobody") if asks_nobody else ("unknown", "has no address")))
    began = monotonic()
    try:
        await _asked(service, environment)
    except TimeoutError:
        return health("failed", f"did not answer within {CHECK_SECONDS:g} s")
    except ServiceUnavailable as error:
        return health("failed", str(error))
    return health("ok", "answers", (monotonic() - began) * 1000)


async def _asked(service: Service, environment: Mapping[str, str]) -> None:
    assert service.request is not None
    ask = HttpAsk(service.request, secrets_of(service.request, environment))
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await ask.check()
    finally:
        await ask.close()
