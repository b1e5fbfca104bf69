"""Pydantic's complaints in our words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from pydantic import ValidationError

from .errors import ModelError, Problem
from .suggest import did_you_mean

T = TypeVar("T")
Place = tuple[int | str, ...]
Parts = Mapping[str, type]
"""The class behind each setting that is itself made of settings."""
Explain = Callable[[ValidationError, type, Mapping[str, Any]], list[Problem]]

_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda error: "must be given",
    "string_type": lambda error: "must be text",
    "bool_type": lambda error: "must be true or false",
    "bool_parsing": lambda error: "must be true or false",
    "int_type": lambda error: "must be a whole number",
    "int_parsing": lambda error: "must be a whole number",
    "int_from_float": lambda error: "must be a whole number",
    "float_type": lambda error: "must be a number",
    "float_parsing": lambda error: "must be a number",
    "finite_number": lambda error: "must be a finite number",
    "dataclass_type": lambda error: "must be a table",
    "is_instance_of": lambda error: "must be a list",
    "sequence_str": lambda error: "must be a list, not text",
    "literal_error": lambda error: f"must be {error['ctx']['expected']}",
    "unexpected_positional_argument": lambda error: "one value too many",
    "value_error": lambda error: str(error["ctx"]["error"]),
}


def problems_of(error: ValidationError, cls: type, parts: Parts = {}) -> list[Problem]:  # noqa: B006
    """Translate what pydantic found wrong with the settings of ``cls``."""
    return [_problem(dict(found), cls, parts) for found in error.errors(include_url=False)]


def _problem(error: dict[str, Any], cls: type, parts: Parts) -> Problem:
    place: Place = error["loc"]
    if place and isinstance(place[0], int):  # a positional argument
        place = (*_settings(cls)[place[0] : place[0] + 1], *place[1:])
    if error["type"] == "unexpected_keyword_argument":
        *above, name = place
        return Problem(path(tuple(above)), _no_setting(str(name), _owner(above, cls, parts)))
    say = _SENTENCES.get(error["type"])
    usual = error["msg"].replace("Input should be", "must be")
    return Problem(path(place), say(error) if say else usual[:1].lower() + usual[1:])


def _no_setting(name: str, owner: type) -> str:
    return f"no setting '{name}'{did_you_mean(name, _settings(owner))}"


def _owner(above: list[int | str], cls: type, parts: Parts) -> type:
    named = [part for part in above if isinstance(part, str)]
    return parts.get(named[-1], cls) if named else cls


def _settings(cls: type) -> list[str]:
    return [item.name for item in dataclasses.fields(cls) if item.init]


def path(place: Place) -> str:
    """Write a place as a path.

    >>> path(("comparisons", 2, "field"))
    'comparisons[2].field'
    """
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in place]
    return "".join(steps).removeprefix(".")


def _explain(error: ValidationError, cls: type, given: Mapping[str, Any]) -> list[Problem]:
    return problems_of(error, cls)


def speaks(cls: type[T], explain: Explain = _explain) -> type[T]:
    """Let a pydantic dataclass raise ModelError, in our words, where it is made by hand.

    ``explain`` gives the problems, from pydantic's error, the class and the keyword arguments.
    """
    plain = cls.__init__

    @wraps(plain)
    def init(self: T, /, *args: Any, **given: Any) -> None:
        try:
            plain(self, *args, **given)
        except ValidationError as exc:
            raise ModelError(explain(exc, cls, given)) from None

    # Plain assignment to __init__ has no type that mypy accepts.
    setattr(cls, "__init__", init)  # noqa: B010
    return cls
