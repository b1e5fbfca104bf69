"""The contact model with services, and functions for them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from have_we_met import Model, Service, preset
from have_we_met.services import Asked, Reply

NHS = {"kind": "validate", "using": "stdnum.gb.nhs"}


def contacts(*services: Service, **settings: Any) -> Model:
    return replace(preset("contacts"), services=services, **settings)


def look_up(url: str, name: str = "register", **settings: Any) -> Service:
    """A look-up over HTTP that knows companies."""
    request = {"url": url, **settings.pop("request", {})}
    given = {"gives": {"company": "/company/name"}, **settings}
    return Service(name=name, kind="lookup", request=request, **given)


def custom(name: str, function: object, **settings: Any) -> Service:
    return Service(name=name, kind="custom", using=function, **settings)


async def is_fine(asked: Asked) -> None:
    """Has nothing to say."""


async def refuses(asked: Asked) -> Reply:
    return Reply(valid=False, reason="is on the list")


async def fails(asked: Asked) -> Reply:
    raise KeyError(asked.raw)  # an error that quotes the record


async def hangs(asked: Asked) -> Reply:
    await asyncio.sleep(3600)
    raise AssertionError


async def flags(asked: Asked) -> Reply:
    return Reply(flags=("looks like a robot",))


async def knows_nobody(asked: Asked) -> None:
    """A look-up that finds nothing."""


async def knows(asked: Asked) -> dict[str, object]:
    """A look-up that knows what its options say."""
    return dict(asked.options)


async def echoes(asked: Asked) -> Reply:
    """Give back what was told."""
    told = {**asked.values, **{f"raw {name}": value for name, value in asked.raw.items()}}
    return Reply(flags=tuple(f"{name}={value}" for name, value in told.items()))


async def knows_later(asked: Asked) -> dict[str, object]:
    """The same, when all others have spoken."""
    await asyncio.sleep(0.05)
    return dict(asked.options)


async def hears_the_answer(asked: Asked) -> Reply:
    assert asked.lookup is not None
    return Reply(flags=(f"answer was {asked.lookup.status.value}",))
