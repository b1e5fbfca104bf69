"""What somebody wrote as a model, as far as it can be read, so that all of it can be checked.

A setting that cannot be read leaves a hole (``None``); the rest is checked as if the hole were
right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..keys import Key
from .parts import Comparison, Contradiction, Field, Thresholds
from .services import Service
from .values import Expression, Number, Text, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The settings of a model, with holes.

    ``names`` are those of all fields, of those with mistakes too.
    """

    name: str | None = None
    table: str | None = None
    scale: str | None = None
    fields: Sequence[Field | None] | None = None
    keys: Sequence[Key | None] | None = None
    comparisons: Sequence[Comparison | None] | None = None
    thresholds: Thresholds | None = None
    contradictions: Sequence[Contradiction | None] | None = None
    require_any: Sequence[str | None] | None = None
    minimum_evidence: float | None = None
    key_limit: int | None = None
    prior: float | None = None
    services: Sequence[Service | None] | None = None
    services_deadline: float | None = None
    names: frozenset[str] = frozenset()


_ONE: Mapping[str, TypeAdapter[Any]] = {
    "name": TypeAdapter(Text),
    "table": TypeAdapter(Text),
    "scale": TypeAdapter(Text),
    "thresholds": TypeAdapter(Thresholds),
    "minimum_evidence": TypeAdapter(Number),
    "key_limit": TypeAdapter(Whole),
    "prior": TypeAdapter(Number),
    "services_deadline": TypeAdapter(Number),
}
_MANY: Mapping[str, TypeAdapter[Any]] = {
    "fields": TypeAdapter(Field),
    "keys": TypeAdapter(Expression),
    "comparisons": TypeAdapter(Comparison),
    "contradictions": TypeAdapter(Contradiction),
    "require_any": TypeAdapter(Text),
    "services": TypeAdapter(Service),
}


def draft_of(given: Mapping[str, Any]) -> Draft:
    """Read what can be read of a model's settings."""
    read: dict[str, Any] = {name: _read(_ONE[name], given.get(name)) for name in _ONE}
    read |= {name: _read_each(_MANY[name], given.get(name)) for name in _MANY}
    names = filter(None, map(_name, _listed(given.get("fields")) or ()))
    return Draft(**read, names=frozenset(names))


def _read_each(adapter: TypeAdapter[Any], given: object) -> list[Any] | None:
    listed = _listed(given)
    return None if listed is None else [_read(adapter, item) for item in listed]


def _listed(given: object) -> Sequence[object] | None:
    return given if isinstance(given, Sequence) and not isinstance(given, str) else None


def _read(adapter: TypeAdapter[Any], given: object) -> Any:
    """Read one setting; of a table that is partly wrong, what remains without the wrong parts."""
    try:
        return adapter.validate_python(given)
    except ValidationError as exc:
        if not isinstance(given, Mapping):
            return None
        wrong = {found["loc"][0] for found in exc.errors() if found["loc"]}
        rest = {name: value for name, value in given.items() if name not in wrong}
        return _read(adapter, rest) if len(rest) < len(given) else None


def _name(field: object) -> str | None:
    name = field.get("name") if isinstance(field, Mapping) else getattr(field, "name", None)
    return name if isinstance(name, str) else None
