"""``/openapi.json``: the API's description, as it is without keys or under a policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from ...errors import InputError, Problem
from ...suggest import did_you_mean
from ..disclosure import DISCLOSURES
from ..openapi_policy import under


def description_routes(document: Callable[[], dict[str, Any]]) -> APIRouter:
    """Make the route."""
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    async def description(request: Request) -> JSONResponse:
        name = request.query_params.get("policy")
        if name is None:
            return JSONResponse(document())
        if name not in DISCLOSURES:
            hint = did_you_mean(name[:64], DISCLOSURES)
            raise InputError([Problem("policy", f"there is no such policy{hint}")])
        return JSONResponse(under(document(), DISCLOSURES[name]))

    return router
