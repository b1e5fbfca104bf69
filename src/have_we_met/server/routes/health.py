"""``/healthz`` and ``/readyz``: is the process alive, and does the store answer?"""

from __future__ import annotations

from time import monotonic

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ..desk import Desk
from ..openapi import PROBLEM

READY_SECONDS = 1.0
"""How long the store may take to answer before we call ourselves not ready."""


class Health(BaseModel):
    """What a probe is told."""

    status: str = Field(examples=["ok"])


def health_routes(desk: Desk) -> APIRouter:
    """Make the routes for probes."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Is the process alive?")
    async def alive() -> Health:
        """Say that the process is alive; looks at nothing else."""
        return Health(status="ok")

    @router.get("/readyz", summary="Does the store answer?", responses={503: PROBLEM, 504: PROBLEM})
    async def ready() -> Health:
        """Ask the store for candidates under a key, as every lookup does."""
        async with desk.resolver.store.read(monotonic() + READY_SECONDS) as unit:
            await unit.candidates([(0, 0)])
        return Health(status="ok")

    return router
