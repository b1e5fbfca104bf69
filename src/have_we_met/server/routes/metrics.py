"""``GET /metrics``: for Prometheus, and for nobody who is not meant to see it."""

from __future__ import annotations

from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...telemetry.exposition import MEDIA_TYPE
from ..desk import Desk
from ..doors import is_from_here
from ..problems import NoKey, NotForEverybody

PATH = "/metrics"


def metrics_route(desk: Desk) -> Route:
    """Make the route, wherever it is served."""

    async def metrics(request: Request) -> Response:
        if not _is_let_in(request, desk):
            forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
            await desk.callers.refuse(desk.addresses.mark_of(request.scope, forwarded))
            raise NotForEverybody
        return Response(desk.telemetry.exposition(), media_type=MEDIA_TYPE)

    return Route(PATH, metrics, methods=["GET"], include_in_schema=False)


def _is_let_in(request: Request, desk: Desk) -> bool:
    """Whether this is who brings the token, or a good key for it, or asks on this machine."""
    token, given = desk.settings.metrics_token, request.headers.get("authorization", "")
    if token and compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    if given and _is_allowed(desk, given):
        return True
    return not token and is_from_here(request.scope)


def _is_allowed(desk: Desk, given: str) -> bool:
    try:
        credential = desk.callers.known_by(given).credential
    except NoKey:
        return False
    return credential is not None and credential.allows("metrics")
