"""How each kind of service is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from ..keys.transforms import import_object
from ..model import Service
from .reply import Ask, Asked, Reply, is_blank
from .validators import Checked, PureValidator, make_validator


def is_askable(service: Service, asked: Asked) -> bool:
    """Whether a record says enough to ask a service about.

    A request needs all that stands in its address and headers; of a body, and of what a function is
    told, something is enough. A custom service is always asked.
    """
    if service.request is not None:
        texts = asked.texts()
        return all(map(texts.get, service.request.must)) and any(texts.values())
    if service.kind == "custom":
        return True
    return not all(is_blank(asked.raw.get(name)) for name in service.reads)


def ask_validator(service: Service) -> Ask:
    """Ask a validator about the value of the service's field, as it was typed."""
    field, validator = str(service.field), make_validator(str(service.using), service.options)

    async def ask(asked: Asked) -> Reply:
        return _reply(await validator(asked.raw.get(field)))

    return ask


def at_once(service: Service) -> Callable[[Asked], Reply] | None:
    """Ask a validator that asks nobody without waiting; ``None`` for all other services."""
    if service.kind != "validate":
        return None
    field, validator = str(service.field), make_validator(str(service.using), service.options)
    if not (validator.pure and isinstance(validator, PureValidator)):
        return None
    check = validator.check
    return lambda asked: _reply(check(asked.raw.get(field)))


def _reply(checked: Checked) -> Reply:
    return Reply(
        valid=checked.valid,
        reason=checked.reason or "",
        normalised=checked.value,
        facts=checked.facts,
    )


def ask_function(service: Service) -> Ask:
    """Ask a function of the caller's own for what it knows; ``None`` says that it knows nothing.

    A look-up's function gives a mapping, a custom service's a :class:`Reply`.
    """
    function = cast(Callable[[Asked], Awaitable[object]], import_object(str(service.using)))
    silence = Reply(found=service.kind == "custom")

    async def ask(asked: Asked) -> Reply:
        said = await function(asked)
        if said is None:
            return silence
        if isinstance(said, Mapping):
            return Reply(values=said)
        if isinstance(said, Reply):
            return said
        raise TypeError("a service gives a mapping, a Reply or None")

    return ask
