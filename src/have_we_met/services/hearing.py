"""What follows from what services said: flags, filled fields, lacks, refusals.

Pure, and told in the order of the services, so that it is the same whoever answered first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from ..answer import Facts, Filled, Flag, Lack, Lookup
from ..model import Model, Service
from ..record import Record
from .pointer import at
from .reply import Failure, Reply, is_blank

Said = Reply | Failure | None
"""What became of one service; ``None`` where it was not asked, since nothing was said to ask by."""

LONGEST_VALUE = 1000
"""Characters of a value that a service gives; a longer one is none."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What all services together make of a record.

    ``record`` is the one to look up, with what was filled in. ``complete`` is false where a service
    did not answer whose answer could have led to another one of ours. ``refusals`` are the flags
    for which the record is rejected, those of services that failed last.
    """

    record: Record = field(repr=False)
    flags: tuple[Flag, ...] = ()
    normalised: Mapping[str, str] = field(default_factory=dict, repr=False)
    facts: Mapping[str, Facts] = field(default_factory=dict, repr=False)
    filled: Mapping[str, Filled] = field(default_factory=dict, repr=False)
    lacks: tuple[Lack, ...] = ()
    complete: bool = True
    refusals: tuple[Flag, ...] = ()

    def onto(self, lookup: Lookup) -> Lookup:
        """Add all that was heard to an answer."""
        return self.telling(self.lacking(lookup))

    def lacking(self, lookup: Lookup) -> Lookup:
        """Add who was not heard to an answer."""
        if not self.lacks:
            return lookup
        complete = lookup.complete and self.complete
        return replace(lookup, complete=complete, degraded=(*self.lacks, *lookup.degraded))

    def telling(self, lookup: Lookup) -> Lookup:
        """Add what services said to an answer."""
        if not (self.flags or self.normalised or self.facts or self.filled):
            return lookup
        return replace(
            lookup,
            flags=(*lookup.flags, *self.flags),
            normalised={**lookup.normalised, **self.normalised},
            facts={**lookup.facts, **self.facts},
            filled={**lookup.filled, **self.filled},
        )


def heard(model: Model, record: Record, said: Sequence[tuple[Service, Said]]) -> Heard:
    """Draw the conclusions from what was said, in the order of the services."""
    filled = fill(model, record, said)
    troubles = [(service, trouble) for service, one in said if (trouble := _trouble(service, one))]
    told = [
        (getattr(service, f"on_{kind}"), Flag(kind, service.about, service.name, reason))
        for service, (kind, reason) in troubles
    ]
    flags = [flag for then, flag in told if then != "continue"]
    refusals = [flag for then, flag in told if then == "reject"]
    failed = [(service, one) for service, one in said if isinstance(one, Failure)]
    return Heard(
        record=with_values(model, record, filled),
        flags=(*flags, *_own_flags(said), *_differences(model, record, said)),
        normalised=_normalised(said),
        facts=_facts(said),
        filled=filled,
        lacks=tuple(Lack("service", service.name, one.reason) for service, one in failed),
        complete=not any(could_change(model, record, service) for service, _ in failed),
        refusals=tuple(sorted(refusals, key=lambda flag: flag.kind == "failure")),
    )


_UNSAID: Mapping[str, tuple[str, str]] = {
    "validate": ("invalid", "must be given"),
    "lookup": ("not_found", "nothing was given to look up by"),
}


def _trouble(service: Service, said: Said) -> tuple[str, str] | None:
    """Say what is wrong, and why: the kind is that of a flag, and of an ``on_`` setting."""
    if said is None:
        return _UNSAID[service.kind] if service.required else None
    if isinstance(said, Failure):
        return "failure", said.reason
    if not said.valid:
        return "invalid", said.reason or "is not valid"
    if service.kind == "lookup" and not _given(service, said):
        return "not_found", said.reason or "is not known there"
    return None


def could_change(model: Model, record: Record, service: Service) -> bool:
    """Whether a service's answer could have led to another answer of ours.

    It could where it may reject, or where it fills a field in which the record says nothing.
    Whoever only flags, or knows what was said already, changes nothing in who is found.
    """
    if service.when == "after":
        return False
    rejects = {"validate": service.on_invalid, "lookup": service.on_not_found}
    if rejects.get(service.kind, service.on_invalid) == "reject":
        return True
    return any(is_blank(record.raw.get(name)) for name in service.gives)


# --- values -------------------------------------------------------------------------------------


def fill(model: Model, record: Record, said: Sequence[tuple[Service, Said]]) -> dict[str, Filled]:
    """Say which fields are filled, by whom: those that the record leaves blank, the first wins."""
    filled: dict[str, Filled] = {}
    for service, one in said:
        for name, value in _given(service, one).items():
            if is_blank(record.raw.get(name)):
                filled.setdefault(name, Filled(value, service.name))
    return filled


def with_values(model: Model, record: Record, filled: Mapping[str, Filled]) -> Record:
    """Give a record with what was filled in; the same one where nothing was."""
    if not filled:
        return record
    raw = {**record.raw, **{name: one.value for name, one in filled.items()}}
    return model.record(raw, id=record.id)


def _given(service: Service, said: Said) -> dict[str, object]:
    """Pick the values for fields out of a reply; what is no plain value says nothing."""
    if not isinstance(said, Reply) or not (said.valid and said.found):
        return {}
    picked = ((name, at(said.values, str(place))) for name, place in service.gives.items())
    return {name: value for name, value in picked if _is_plain(value)}


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        is_text = value.isascii() or _is_whole(value)
        return bool(value.strip()) and len(value) <= LONGEST_VALUE and "\0" not in value and is_text
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _is_whole(text: str) -> bool:
    """Whether a text holds no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _differences(
    model: Model, record: Record, said: Sequence[tuple[Service, Said]]
) -> Iterator[Flag]:
    """Flag what a service knows otherwise than it was given: that stays as it was given."""
    for service, one in said:
        for name, value in _given(service, one).items():
            if is_blank(record.raw.get(name)):
                continue
            place = model.position(name)
            if model.normalisers[place](value) != record.values[place]:
                yield Flag("differs", name, service.name, "another value is known there")


def _normalised(said: Sequence[tuple[Service, Said]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for service, one in said:
        if isinstance(one, Reply) and one.normalised is not None and service.field is not None:
            values.setdefault(service.field, one.normalised)
    return values


def _facts(said: Sequence[tuple[Service, Said]]) -> dict[str, Facts]:
    """Gather what is known of each field's value; of two who know the same, the first counts."""
    known: dict[str, dict[str, str | bool]] = {}
    for service, one in said:
        if isinstance(one, Reply) and one.valid and service.field is not None:
            told = {name: fact for name, fact in one.facts.items() if _is_fact(fact)}
            known[service.field] = told | known.get(service.field, {})
    return {name: facts for name, facts in known.items() if facts}


def _is_fact(value: object) -> TypeGuard[str | bool]:
    return isinstance(value, bool) or (isinstance(value, str) and _is_plain(value))


def _own_flags(said: Sequence[tuple[Service, Said]]) -> Iterator[Flag]:
    for service, one in said:
        for reason in one.flags if isinstance(one, Reply) else ():
            yield Flag("custom", service.about, service.name, reason)
