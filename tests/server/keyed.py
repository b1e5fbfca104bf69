"""Servers whose pages bring a key of their own, over the small store of invented people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from fastapi import FastAPI

from have_we_met import preset
from have_we_met.access import Credential, Limits, create
from have_we_met.server import Settings, create_app
from have_we_met.store import unguarded

from .apps import stored_people

BEAT = 0.02
"""Short, since a beat is tested elsewhere."""


def keyed_app(folder: Path, policy: str, *, origins: Iterable[str] = (), **limits: int) -> FastAPI:
    """An app that asks everybody for a key, and whose pages bring one of this policy."""
    url = f"sqlite:///{folder}/contacts.db"
    asked = Credential.checked(policy=policy, origins=origins, limits=Limits(**limits))
    return create_app(Settings(url=url, page_key=asyncio.run(_key(url, asked)), beat=BEAT))


async def _key(url: str, asked: Credential) -> str:
    resolver = await stored_people(Settings(url=url), preset("contacts"))
    issued = await create(unguarded(resolver.store), asked)
    await resolver.close()
    return issued.key
