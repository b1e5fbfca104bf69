"""Making normalisers and measures from their names and options, and saying what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from ..compare import MEASURES, Measure
from ..errors import Problem
from ..keys.transforms import import_object, import_path
from ..normalise import NORMALISERS, Normaliser
from ..suggest import did_you_mean
from ..words import problems_of
from .parts import Comparison, Field

_MEASURES = ("similarity", "one_to_many", "pairs", "describe")


def normaliser_of(field: Field) -> Normaliser:
    """Make the normaliser of a field whose type and options are right."""
    return NORMALISERS[field.type](**field.options)


def measure_of(comparison: Comparison) -> Measure:
    """Make the measure of a comparison whose measure and options are right."""
    measure: Measure = _measure_class(comparison)(**comparison.options)
    return measure


def field_problems(field: Field) -> Iterator[Problem]:
    """Say what is wrong with a field's type or options."""
    if field.type not in NORMALISERS:
        yield Problem("type", f"no type '{field.type}'{did_you_mean(field.type, NORMALISERS)}")
        return
    yield from option_problems(NORMALISERS[field.type], field.options)


def measure_problems(comparison: Comparison) -> Iterator[Problem]:
    """Say what is wrong with a comparison's measure or its options."""
    try:
        found = _measure_class(comparison)
    except ValueError as exc:
        yield Problem("measure", str(exc))
        return
    problems = list(option_problems(found, comparison.options))
    yield from problems
    if not problems and not all(hasattr(measure_of(comparison), name) for name in _MEASURES):
        needs = ", ".join(_MEASURES)
        yield Problem("measure", f"'{comparison.measure}' makes no measure: it needs {needs}")


def _measure_class(comparison: Comparison) -> Callable[..., Any]:
    name = comparison.measure
    if not isinstance(name, str):
        raise ValueError(f"'{import_path(name)}' cannot be imported: put it at the top of a module")
    if name in MEASURES:
        return MEASURES[name]
    if ":" not in name:
        raise ValueError(f"no measure '{name}'{did_you_mean(name, MEASURES)}")
    found = import_object(name)
    if not callable(found):
        raise ValueError(f"'{name}' is not a class")
    return found


def option_problems(make: Callable[..., Any], options: Mapping[str, Any]) -> Iterator[Problem]:
    """Say what is wrong with options, by making what they are for."""
    try:
        make(**options)
    except ValidationError as exc:
        for problem in problems_of(exc, make if isinstance(make, type) else type(make)):
            path = f"options.{problem.path}" if problem.path else "options"
            yield Problem(path, problem.message)
    except (TypeError, ValueError) as exc:
        yield Problem("options", str(exc))
