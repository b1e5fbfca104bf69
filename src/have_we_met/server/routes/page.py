"""``/``: a page to try lookups on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import HTMLResponse, Response

from ...model import Field
from ..desk import Desk

_INPUTS: Mapping[str, Mapping[str, str]] = {
    "email": {"type": "email", "inputmode": "email", "autocapitalize": "none"},
    "phone": {"type": "tel", "inputmode": "tel"},
    "number": {"inputmode": "decimal"},
    "date": {"placeholder": "YYYY-MM-DD"},
    "name": {"autocapitalize": "words"},
}
_ASSETS: Mapping[str, str] = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_routes(desk: Desk) -> APIRouter:
    """Make the page and what it loads, all of it read once."""
    router = APIRouter(include_in_schema=False)
    html = _render(desk)
    assets = {name: _read(name) for name in _ASSETS}

    @router.get("/")
    async def page() -> Response:
        return HTMLResponse(html, headers=_HEADERS)

    for name, media_type in _ASSETS.items():
        router.add_api_route(f"/pages/{name}", _serving(assets[name], media_type))
    return router


def _serving(content: bytes, media_type: str) -> Callable[[], Awaitable[Response]]:
    async def serve() -> Response:
        return Response(content, media_type=media_type, headers=_HEADERS)

    return serve


def _read(name: str) -> bytes:
    return files("have_we_met.server").joinpath("pages", name).read_bytes()


def _render(desk: Desk) -> str:
    loader = PackageLoader("have_we_met.server", "pages")
    environment = Environment(loader=loader, autoescape=select_autoescape())
    return environment.get_template("page.html").render(
        fields=[_field(field) for field in desk.model.fields],
        required=_label(" or ".join(desk.model.require_any)),
        model=desk.model,
        table=desk.settings.table or desk.model.table,
        max_value=desk.settings.max_value,
    )


def _field(field: Field) -> dict[str, object]:
    return {"alias": field.alias, "label": _label(field.name), "input": _INPUTS.get(field.type, {})}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
