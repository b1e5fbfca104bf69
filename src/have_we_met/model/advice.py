"""What works in a model and hardly is what anybody wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from ..errors import Problem
from ..keys import TRANSFORMS

if TYPE_CHECKING:
    from .model import Model


def advise(model: Model) -> Iterator[Problem]:
    """List every warning about a model that is right."""
    yield from _unreachable(model)
    yield from _silent_keys(model)
    yield from _comparisons(model)
    yield from _required(model)
    yield from _services(model)


def _unreachable(model: Model) -> Iterator[Problem]:
    best = model.total_weight
    said = f"the best score of all comparisons together, {best:g}"
    if model.scale == "bits":
        best = 1 / (1 + 2 ** -(best + model.prior_bits))
        said = f"the best probability that all comparisons together give, {best:.4g}"
    for name in ("no_match", "definite_match"):
        threshold = getattr(model.thresholds, name)
        if threshold > best:
            yield Problem(f"thresholds.{name}", f"{threshold:g} is out of reach: {said}")
    if model.minimum_evidence > model.total_weight:
        message = f"no match can be definite: all comparisons together weigh {model.total_weight:g}"
        yield Problem("minimum_evidence", message)


def _silent_keys(model: Model) -> Iterator[Problem]:
    types = {field.name: field.type for field in model.fields}
    for at, key in enumerate(model.keys):
        for part in getattr(key, "parts", ()):
            row = TRANSFORMS.get(part.name)
            kind = types[part.field]
            if row is not None and kind not in row.says:
                message = f"never matches: {part.name}() says nothing of a field of type {kind}"
                yield Problem(f"keys[{at}]", message)


_MADE_FOR: Mapping[str, frozenset[str]] = {
    "date": frozenset({"date"}),
    "email": frozenset({"email"}),
    "given_name": frozenset({"name"}),
    "number": frozenset({"number"}),
}
"""The types of fields for which a measure is made, where it is not made for all text."""


def _comparisons(model: Model) -> Iterator[Problem]:
    types = {field.name: field.type for field in model.fields}
    asked = {name for key in model.all_keys for name in key.fields}
    for at, comparison in enumerate(model.comparisons):
        field, path = comparison.field, f"comparisons[{at}]"
        if field not in asked:
            message = f"no key uses '{field}': records that agree in nothing else never meet"
            yield Problem(f"{path}.field", message)
        made_for = _MADE_FOR.get(str(comparison.measure))
        if made_for and types[field] not in made_for:
            message = f"{comparison.measure} is not made for a field of type {types[field]}"
            yield Problem(f"{path}.measure", message)
        for place, (better, worse) in enumerate(pairwise(comparison.levels), 1):
            if worse.worth > better.worth:
                message = "is worth more than the better level before it"
                yield Problem(f"{path}.levels[{place}]", message)


def _required(model: Model) -> Iterator[Problem]:
    alone = {key.fields[0] for key in model.all_keys if len(set(key.fields)) == 1}
    for at, name in enumerate(model.require_any):
        if name not in alone:
            message = f"'{name}' is enough to ask, and no key is cut from it alone"
            yield Problem(f"require_any[{at}]", message)


def _services(model: Model) -> Iterator[Problem]:
    for at, service in enumerate(model.services):
        needed = service.timeout * service.retry.attempts
        if needed > model.services_deadline:
            message = (
                f"{needed:g} s for all attempts is more than the {model.services_deadline:g} s that"
                " all services together have: whoever is cut off then is not held to have failed"
            )
            yield Problem(f"services[{at}].timeout", message)
