"""What cannot work in a model: every mistake at once, each with its path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from ..errors import Problem
from ..suggest import did_you_mean
from .check_services import check_services
from .draft import Draft
from .make import field_problems, measure_problems
from .parts import CONTRADICTIONS, IDENTIFIERS, Comparison, Contradiction, Level

T = TypeVar("T")


def check(draft: Draft) -> list[Problem]:
    """List every mistake in a draft, in the order of its settings."""
    return [problem for checked in _CHECKS for problem in checked(draft)]


def _settings(draft: Draft) -> Iterator[Problem]:
    for path in ("name", "table"):
        text = getattr(draft, path)
        if text is not None and not text.strip():
            yield Problem(path, "must not be empty")
    if draft.minimum_evidence is not None and draft.minimum_evidence < 0:
        yield Problem("minimum_evidence", "must be 0 or more")
    if draft.key_limit is not None and draft.key_limit < 1:
        yield Problem("key_limit", "must be 1 or more")
    if draft.prior is not None and not 0 < draft.prior < 1:
        yield Problem("prior", "must be a probability between 0 and 1")


def _fields(draft: Draft) -> Iterator[Problem]:
    if draft.fields is not None and not draft.fields:
        yield Problem("fields", "a model needs a field")
    spellings: dict[str, int] = {}
    for at, field in _each(draft.fields):
        if not field.name.isidentifier():
            yield Problem(f"fields[{at}].name", "must be letters, digits and _, no digit first")
        for setting, spelling in {field.alias: "alias", field.name: "name"}.items():
            taken = spellings.setdefault(setting, at)
            if taken != at:
                yield Problem(f"fields[{at}].{spelling}", f"'{setting}' is fields[{taken}] already")
        yield from _within(f"fields[{at}]", field_problems(field))


def _keys(draft: Draft) -> Iterator[Problem]:
    types = {field.type for _, field in _each(draft.fields)}
    if (
        draft.fields
        and not draft.keys
        and None not in draft.fields
        and types.isdisjoint(IDENTIFIERS)
    ):
        yield Problem("keys", "without a key or an identifier nobody is ever found")
    for at, key in _each(draft.keys):
        if key.problem:
            yield Problem(f"keys[{at}]", key.problem)
        for part in key.parts:
            if part.problem:
                yield Problem(f"keys[{at}]", part.problem)
            yield from _known(draft, f"keys[{at}]", part.field)


def _comparisons(draft: Draft) -> Iterator[Problem]:
    if draft.comparisons is not None and not draft.comparisons:
        yield Problem("comparisons", "a model needs a comparison")
    first: dict[str, int] = {}
    for at, comparison in _each(draft.comparisons):
        path = f"comparisons[{at}]"
        yield from _known(draft, f"{path}.field", comparison.field)
        if (before := first.setdefault(comparison.field, at)) != at:
            yield Problem(
                f"{path}.field",
                f"'{comparison.field}' is compared in comparisons[{before}] already",
            )
        yield from _within(path, measure_problems(comparison))
        if not 0 <= comparison.threshold <= 1:
            yield Problem(f"{path}.threshold", "must be between 0 and 1")
        yield from _within(path, _worth(draft, comparison))


def _worth(draft: Draft, comparison: Comparison) -> Iterator[Problem]:
    if draft.scale == "points":
        if comparison.weight is None:
            yield Problem("weight", "must be given on the points scale")
        elif comparison.weight <= 0:
            yield Problem("weight", "must be above 0")
        if comparison.levels:
            yield Problem("levels", "belong to the bits scale; this model counts points")
    elif draft.scale == "bits":
        if not comparison.levels:
            yield Problem("levels", "must be given on the bits scale")
        if comparison.weight is not None:
            yield Problem("weight", "belongs to the points scale; this model counts bits")
    for at, level in enumerate(comparison.levels):
        yield from _within(f"levels[{at}]", _level(level))
    for at, (better, worse) in enumerate(pairwise(comparison.levels), 1):
        if worse.at_least >= better.at_least:
            yield Problem(f"levels[{at}].at_least", "levels go from the best down")


def _level(level: Level) -> Iterator[Problem]:
    if not 0 <= level.at_least <= 1:
        yield Problem("at_least", "must be between 0 and 1")
    for name in ("m", "u"):
        share = getattr(level, name)
        if share is not None and not 0 < share <= 1:
            yield Problem(name, "must be a probability above 0")
    if tuple(value is not None for value in (level.bits, level.m, level.u)) not in _WAYS:
        yield Problem("bits", "give either bits, or both m and u")


_WAYS = {(True, False, False), (False, True, True)}


def _thresholds(draft: Draft) -> Iterator[Problem]:
    if draft.thresholds is None:
        return
    low, high = draft.thresholds.no_match, draft.thresholds.definite_match
    if low >= high:
        yield Problem("thresholds", "no_match must be below definite_match")
    for name, value in (("no_match", low), ("definite_match", high)):
        if draft.scale == "bits" and not 0 < value < 1:
            yield Problem(f"thresholds.{name}", "must be a probability on the bits scale")
        elif value <= 0:
            yield Problem(f"thresholds.{name}", "must be above 0: everybody would match")


def _contradictions(draft: Draft) -> Iterator[Problem]:
    for at, rule in _each(draft.contradictions):
        yield from _within(f"contradictions[{at}]", _contradiction(draft, rule))


def _contradiction(draft: Draft, rule: Contradiction) -> Iterator[Problem]:
    if rule.rule not in CONTRADICTIONS:
        yield Problem("rule", f"no rule '{rule.rule}'{did_you_mean(rule.rule, CONTRADICTIONS)}")
    yield from _known(draft, "given", rule.given)
    if rule.family is not None:
        yield from _known(draft, "family", rule.family)
    if not 0 < rule.below <= 1:
        yield Problem("below", "must be between 0 and 1")


def _required(draft: Draft) -> Iterator[Problem]:
    for at, name in _each(draft.require_any):
        yield from _known(draft, f"require_any[{at}]", name)


_CHECKS: Sequence[Callable[[Draft], Iterable[Problem]]] = (
    _settings,
    _fields,
    _keys,
    _comparisons,
    _thresholds,
    _contradictions,
    _required,
    check_services,
)


def _each(parts: Sequence[T | None] | None) -> Iterator[tuple[int, T]]:
    """Number the parts that could be read."""
    return ((at, part) for at, part in enumerate(parts or ()) if part is not None)


def _within(path: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    return (Problem(f"{path}.{found.path}", found.message) for found in problems)


def _known(draft: Draft, path: str, field: str) -> Iterator[Problem]:
    if field not in draft.names and draft.fields is not None:
        yield Problem(path, f"no field '{field}'{did_you_mean(field, sorted(draft.names))}")
