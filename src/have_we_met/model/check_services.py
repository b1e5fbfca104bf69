"""What cannot work in the services of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, cast

from ..errors import Problem
from ..keys.transforms import import_object
from ..suggest import did_you_mean
from .check_requests import check_request
from .draft import Draft
from .services import Service

VALIDATOR_PROBLEMS = "have_we_met.services.validators:validator_problems"
"""Validators stand on a higher floor than models, which reach them as they reach your own code: by
an import path, and only where a model names one."""

_BELONGS: Mapping[str, tuple[str, ...]] = {
    "needs": ("lookup", "custom"),
    "request": ("lookup",),
    "gives": ("lookup", "custom"),
    "on_invalid": ("validate", "custom"),
    "on_not_found": ("lookup",),
    "required": ("validate", "lookup"),
    "when": ("custom",),
}
"""The kinds of services that a setting says something about, where that is not all of them."""

_ValidatorProblems = Callable[[str, Mapping[str, object]], Iterator[Problem]]
_Check = tuple[Callable[[Any], bool], str]
_POSITIVE: _Check = (lambda value: value > 0, "must be more than 0")
_COUNT: _Check = (lambda value: value >= 1, "must be 1 or more")
_RANGES: Mapping[str, _Check] = {
    "timeout": _POSITIVE,
    "cache.seconds": _POSITIVE,
    "cache.entries": _COUNT,
    "request.max_bytes": _COUNT,
    "request.connections": _COUNT,
}


def check_services(draft: Draft) -> Iterator[Problem]:
    """List every mistake in the services of a draft."""
    if draft.services_deadline is not None and draft.services_deadline <= 0:
        yield Problem("services_deadline", "must be more than 0")
    names: dict[str, int] = {}
    for at, service in enumerate(draft.services or ()):
        if service is None:
            continue
        if names.setdefault(service.name, at) != at:
            taken = f"'{service.name}' is services[{names[service.name]}] already"
            yield Problem(f"services[{at}].name", taken)
        for found in (*_service(service), *_unknown_fields(draft, service)):
            yield Problem(f"services[{at}].{found.path}", found.message)


def _service(service: Service) -> Iterator[Problem]:
    if not service.name.strip():
        yield Problem("name", "must not be empty")
    yield from _out_of_place(service)
    yield from _CHECKS[service.kind](service)
    if service.request is not None:
        for found in check_request(service.request):
            yield Problem(f"request.{found.path}".rstrip("."), found.message)
    for path, (is_right, message) in _RANGES.items():
        value = _at(service, path)
        if value is not None and not is_right(value):
            yield Problem(path, message)


def _at(service: Service, path: str) -> Any:
    part: Any = service
    for name in path.split("."):
        part = getattr(part, name, None)
    return part


def _out_of_place(service: Service) -> Iterator[Problem]:
    usual = {item.name: item.default for item in fields(Service)}
    for name, kinds in _BELONGS.items():
        if service.kind not in kinds and getattr(service, name) != usual[name]:
            yield Problem(name, f"belongs to services of kind {' or '.join(kinds)}")


def _validate(service: Service) -> Iterator[Problem]:
    if service.field is None:
        yield Problem("field", "must be given: which field is validated")
    if service.using is None:
        yield Problem("using", "must be given: the name of a validator")
        return
    if not isinstance(service.using, str):
        yield Problem("using", "must be the name of a validator; a function belongs to kind custom")
        return
    problems = cast(_ValidatorProblems, import_object(VALIDATOR_PROBLEMS))
    for found in problems(service.using, service.options):
        yield Problem(found.path or "using", found.message)


def _lookup(service: Service) -> Iterator[Problem]:
    if (service.using is None) == (service.request is None):
        yield Problem("request", "give either a request, or using with the path of a function")
    if service.request is not None and service.needs:
        yield Problem("needs", "is known by the request's placeholders")
    if not service.gives:
        yield Problem("gives", "must be given: which fields are filled, and from where")
    yield from _gives(service)
    yield from _function(service)


def _custom(service: Service) -> Iterator[Problem]:
    if service.using is None:
        yield Problem("using", "must be given: the import path of an async function")
    if service.when == "after":
        for name in ("on_invalid", "on_failure"):
            if getattr(service, name) == "reject":
                yield Problem(name, "nothing can be rejected after the answer is known")
        if service.gives:
            yield Problem("gives", "nothing can be filled after the answer is known")
        if service.cache is not None:
            yield Problem("cache", "what is said of one answer is not kept for another")
    yield from _gives(service)
    yield from _function(service)


_CHECKS: Mapping[str, Callable[[Service], Iterable[Problem]]] = {
    "validate": _validate,
    "lookup": _lookup,
    "custom": _custom,
}


def _function(service: Service) -> Iterator[Problem]:
    if service.using is None:
        return
    if not isinstance(service.using, str):
        yield Problem("using", "cannot be imported: put the function at the top of a module")
        return
    try:
        found = import_object(service.using)
    except ValueError as exc:
        yield Problem("using", str(exc))
        return
    if not callable(found):
        yield Problem("using", f"'{service.using}' is not a function")


def _gives(service: Service) -> Iterator[Problem]:
    for field, pointer in service.gives.items():
        if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
            message = "must be a JSON pointer such as '/company/name'"
            yield Problem(f"gives.{field}", message)


def _unknown_fields(draft: Draft, service: Service) -> Iterator[Problem]:
    if draft.fields is None:
        return
    named = {"field": [service.field] if service.field else [], "needs": service.needs}
    for path, name in [
        *((path, name) for path, names in named.items() for name in names),
        *((f"gives.{name}", name) for name in service.gives),
        *(("request", name) for name in (service.request.needs if service.request else ())),
    ]:
        if name not in draft.names:
            yield Problem(path, f"no field '{name}'{did_you_mean(name, sorted(draft.names))}")
