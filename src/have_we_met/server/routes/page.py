"""``/``: a page to try lookups on. ``/register``: a form that asks as it is filled in.

Where callers need a key the pages bring one of their own, which the settings name. It is told to
whoever opens a page, so only one that reveals no more than masked hints is.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...model import Field, Model
from ..desk import Desk
from ..disclosure import DISCLOSURES
from ..problems import NoKey

log = logging.getLogger("have_we_met.server")

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


def page_routes(desk: Desk) -> list[Route]:
    """Make the pages and what they load, all of it read once."""
    return [Route("/", _showing(_try_page(desk), desk)), *register_routes(desk, aside=True)]


def register_routes(desk: Desk, *, aside: bool = False) -> list[Route]:
    """Make the registration form and what pages load; ``aside`` says that there is the other."""
    assets = {f"/pages/{name}": (_read(name), kind) for name, kind in _ASSETS.items()}
    return [
        Route("/register", _showing(_register_page(desk, aside), desk)),
        *(Route(path, _serving(*asset)) for path, asset in assets.items()),
    ]


_Page = Callable[[Mapping[str, str]], str]
"""A page, for what it is told of how to ask."""
_Endpoint = Callable[[Request], Awaitable[Response]]


def _showing(page: _Page, desk: Desk) -> _Endpoint:
    async def show(request: Request) -> Response:
        return Response(page(asking(desk)), media_type="text/html", headers=_HEADERS)

    return show


def _serving(content: bytes, media_type: str) -> _Endpoint:
    async def serve(request: Request) -> Response:
        return Response(content, media_type=media_type, headers=_HEADERS)

    return serve


def asking(desk: Desk) -> dict[str, str]:
    """Say under which policy a page is answered, and with which key, where it needs one."""
    here = {"policy": desk.visit.caller.policy.name}
    if not desk.settings.page_key:
        return here
    try:
        caller = desk.callers.known_by(f"Bearer {desk.settings.page_key}")
    except NoKey:
        log.warning("the pages' own key is not good, so they bring none")
        return here
    if caller.policy not in _FOR_EVERYBODY:
        log.warning("the pages' own key reveals too much for everybody, so they bring none")
        return here
    return {"policy": caller.policy.name, "apiKey": desk.settings.page_key}


_FOR_EVERYBODY = (DISCLOSURES["blind"], DISCLOSURES["public"])


def _read(name: str) -> bytes:
    return files("have_we_met.server").joinpath("pages", name).read_bytes()


def _template(name: str, **values: object) -> Callable[..., str]:
    loader = PackageLoader("have_we_met.server", "pages")
    environment = Environment(loader=loader, autoescape=select_autoescape())
    return partial(environment.get_template(name).render, values)


def _try_page(desk: Desk) -> _Page:
    render = _template(
        "page.html",
        fields=[_field(field) for field in desk.model.fields],
        required=_label(" or ".join(desk.model.require_any)),
        model=desk.model,
        table=desk.settings.table or desk.model.table,
        max_value=desk.settings.max_value,
    )
    return lambda asking: render(asking=asking)


def _field(field: Field) -> dict[str, object]:
    return {"alias": field.alias, "label": _label(field.name), "input": _INPUTS.get(field.type, {})}


def _register_page(desk: Desk, aside: bool) -> _Page:
    render = _template("register.html", aside=aside)

    def page(asking: Mapping[str, str]) -> str:
        fields = [_form_field(field, desk.model) for field in _kept_fields(desk)]
        form = {"fields": fields, "maxLength": desk.settings.max_value}
        return render(form={**form, **asking})

    return page


def _kept_fields(desk: Desk) -> Sequence[Field]:
    """The fields that the table has a column for; all of the model's until the table is known."""
    if desk.open is None:
        return desk.model.fields
    kept = desk.open.store.side.contacts.names
    return [field for field in desk.model.fields if field.name in kept]


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
