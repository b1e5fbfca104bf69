"""What cannot work in the HTTP request of a look-up, and what must not stand in one."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from ..errors import Problem
from .services import Request
from .template import placeholders, problem_with

_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key")


def check_request(request: Request) -> Iterator[Problem]:
    """List every mistake in a request."""
    for path, text in request.templates:
        if problem := problem_with(text):
            yield Problem(path, problem)
    yield from _url("url", request.url)
    if request.health:
        yield from _url("health", request.health)
        if placeholders(request.health):
            yield Problem("health", "is told nothing: leave out what is in braces")
    for name, given in request.headers.items():
        yield from _header(request, name, given)
    for name, variable in request.secrets.items():
        if not isinstance(variable, str) or not variable:
            yield Problem(f"secrets.{name}", "must be the name of an environment variable")
    if request.body is not None and request.method == "GET":
        yield Problem("body", "belongs to the methods POST and PUT")


def _header(request: Request, name: str, text: object) -> Iterator[Problem]:
    if not isinstance(text, str):
        yield Problem(f"headers.{name}", "must be text")
    elif name.lower() in _SECRET_HEADERS and not set(placeholders(text)) & set(request.secrets):
        message = "holds a secret: name an environment variable in secrets, and write {its name}"
        yield Problem(f"headers.{name}", message)


def _url(path: str, text: str) -> Iterator[Problem]:
    try:
        url = urlsplit(text)
        host = url.hostname or ""
    except ValueError as exc:
        yield Problem(path, f"is no URL: {exc}")
        return
    if "{" in url.netloc or not host:
        yield Problem(path, "must name the host itself")
    elif url.scheme != "https" and not _is_local(url):
        yield Problem(path, "must begin with https://, since it carries people's data")
    if url.username or url.password:
        yield Problem(path, "holds a secret: name an environment variable in secrets")


def _is_local(url: SplitResult) -> bool:
    """Whether plain HTTP stays on this machine."""
    host = url.hostname or ""
    try:
        return url.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False
