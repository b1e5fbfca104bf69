"""``/``: a page to try lookups on. ``/register``: a form that asks as it is filled in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import Response

from ...model import Field, Model
from ..desk import Desk

_INPUTS: Mapping[str, Mapping[str, str]] = {
    "email": {"type": "email", "inputmode": "email", "autocapitalize": "none"},
    "phone": {"type": "tel", "inputmode": "tel"},
    "number": {"inputmode": "decimal"},
    "date": {"placeholder": "YYYY-MM-DD"},
    "name": {"autocapitalize": "words"},
}
_PURPOSES: Mapping[str, str] = {
    "email": "email",
    "phone": "tel",
    "first_name": "given-name",
    "last_name": "family-name",
    "name": "name",
    "company": "organization",
    "birth_date": "bday",
}
"""What a browser knows its user's own data by, for the fields that are commonly called so."""
_ASSETS: Mapping[str, str] = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "register.css": "text/css",
    "register.js": "text/javascript",
    "register.licences.txt": "text/plain",
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
    """Make the pages and what they load, all of it read once."""
    router = APIRouter(include_in_schema=False)
    for path, html in {"/": _try_page(desk), "/register": _register_page(desk)}.items():
        router.add_api_route(path, _serving(html.encode(), "text/html"))
    for name, media_type in _ASSETS.items():
        router.add_api_route(f"/pages/{name}", _serving(_read(name), media_type))
    return router


def _serving(content: bytes, media_type: str) -> Callable[[], Awaitable[Response]]:
    async def serve() -> Response:
        return Response(content, media_type=media_type, headers=_HEADERS)

    return serve


def _read(name: str) -> bytes:
    return files("have_we_met.server").joinpath("pages", name).read_bytes()


def _render(name: str, **values: object) -> str:
    loader = PackageLoader("have_we_met.server", "pages")
    environment = Environment(loader=loader, autoescape=select_autoescape())
    return environment.get_template(name).render(values)


def _try_page(desk: Desk) -> str:
    return _render(
        "page.html",
        fields=[_field(field) for field in desk.model.fields],
        required=_label(" or ".join(desk.model.require_any)),
        model=desk.model,
        table=desk.settings.table or desk.model.table,
        max_value=desk.settings.max_value,
    )


def _field(field: Field) -> dict[str, object]:
    return {"alias": field.alias, "label": _label(field.name), "input": _INPUTS.get(field.type, {})}


def _register_page(desk: Desk) -> str:
    fields = [_form_field(field, desk.model) for field in desk.model.fields]
    return _render("register.html", form={"fields": fields, "maxLength": desk.settings.max_value})


def _form_field(field: Field, model: Model) -> dict[str, object]:
    purpose = {"autocomplete": _PURPOSES.get(field.name, "on")}
    return {
        "name": field.alias,
        "label": _label(field.name),
        "identifies": field.name in (model.require_any or [field.name]),
        "input": {**_INPUTS.get(field.type, {}), **purpose},
    }


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
