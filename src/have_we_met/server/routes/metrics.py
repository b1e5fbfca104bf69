"""``GET /metrics``: for Prometheus, and for nobody who is not meant to see it."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ...telemetry.exposition import MEDIA_TYPE
from ..desk import Desk
from ..doors import host_name
from ..problems import NotForEverybody
from ..settings import is_loopback

PATH = "/metrics"
_FORWARDED = ("forwarded", "x-forwarded-for", "via")


def metrics_routes(desk: Desk) -> APIRouter:
    """Make the route; none where the settings want no metrics."""
    router = APIRouter(include_in_schema=False)
    if not desk.settings.metrics:
        return router

    @router.get(PATH)
    async def metrics(request: Request) -> Response:
        _admit(request, desk.settings.metrics_token)
        return Response(desk.telemetry.exposition(), media_type=MEDIA_TYPE)

    return router


def _admit(request: Request, token: str) -> None:
    """Let in who brings the token or, where there is none, who asks on this machine itself.

    Whatever comes through a proxy on this machine seems to come from it.
    """
    if token:
        given = request.headers.get("authorization", "")
        if not compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise NotForEverybody
    elif not _is_from_here(request.client and request.client.host, request.headers):
        raise NotForEverybody


def _is_from_here(peer: str | None, headers: Mapping[str, str]) -> bool:
    own_name = is_loopback(host_name(headers.get("host", "").encode("latin-1")))
    return own_name and is_loopback(peer or "") and not any(name in headers for name in _FORWARDED)
