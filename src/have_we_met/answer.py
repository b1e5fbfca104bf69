"""What the resolver answers: lookups, what became of a sign-up, and why someone was not found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .explain import Explanation, explain
from .model.values import FrozenMap
from .record import RecordId
from .resilience import Spent
from .score import Scorecard
from .verdict import Match, Status

Contact = Mapping[str, object]
Facts = Mapping[str, str | bool]
"""What is known of one value besides: ``{"type": "mobile", "region": "GB"}``."""
_NOTHING: Mapping[str, Any] = FrozenMap()


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a lookup could not look at: ``key soundex(last_name): over-full``."""

    kind: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a service says about a field, and that does not decide the answer.

    ``kind`` is ``invalid``, ``not_found``, ``failure``, ``differs`` (it knows another value than
    the one that was given) or ``custom``; ``reason`` repeats nothing of the record.
    """

    kind: str
    field: str
    service: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field or self.service}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A value that a service gave for a field in which the record said nothing."""

    value: object = field(repr=False)
    service: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer to *have we met this person?*

    ``contact`` is given where found, ``suggestions`` where a person has to tell, best first.
    ``confidence`` is that of the best match, in [0, 1]. ``duration`` is in milliseconds.
    ``complete`` says that it looked wherever the answer could have been and nothing was cut off;
    where it is false, ``degraded`` says what was missing, and ``not_found`` is not known for sure.
    ``matches`` goes side by side with the contact or the suggestions. ``candidates`` is how many
    stored records were compared. ``spent`` says how long each part took of what stood on the way,
    and the store behind it.

    ``flags`` are what services say, ``normalised`` holds values as they should be written,
    ``facts`` what validators know of them besides, and ``filled`` those that services gave where
    nothing was said; all by field.
    """

    status: Status
    duration: float
    lookup_id: str
    contact: Contact | None = field(default=None, repr=False)
    suggestions: tuple[Contact, ...] = field(default=(), repr=False)
    confidence: float | None = None
    message: str | None = None
    complete: bool = True
    degraded: tuple[Lack, ...] = ()
    matches: tuple[Match, ...] = ()
    card: Scorecard | None = field(default=None, repr=False, compare=False)
    candidates: int = 0
    spent: tuple[Spent, ...] = ()
    flags: tuple[Flag, ...] = ()
    normalised: Mapping[str, str] = field(default=_NOTHING, repr=False)
    filled: Mapping[str, Filled] = field(default=_NOTHING, repr=False)
    facts: Mapping[str, Facts] = field(default=_NOTHING, repr=False)

    def explain(self) -> tuple[Explanation, ...]:
        """Give the reasons for each of ``matches``."""
        if self.card is None:
            return ()
        return tuple(explain(self.card, match) for match in self.matches)


@dataclass(frozen=True, slots=True)
class Registration:
    """What became of a sign-up: ``created`` or not, and the contact that stands for the person.

    ``linked`` says that somebody confirmed this contact to be the person.
    ``contact`` is ``None`` where the lookup says ``review``: nothing was created, and somebody has
    to say which of the lookup's suggestions it is, or none.
    """

    created: bool
    lookup: Lookup
    contact: Contact | None = field(default=None, repr=False)
    record_id: RecordId | None = None
    linked: bool = False


@dataclass(frozen=True, slots=True)
class KeyReport:
    """What one key says of two records: how many texts each has, and whether one is shared."""

    key: str
    asked: int
    stored: int
    shared: bool


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a stored record was, or was not, an answer: first by its keys, then by its score."""

    record_id: RecordId
    keys: tuple[KeyReport, ...]
    over_full: tuple[str, ...]
    explanation: Explanation

    @property
    def brought_by(self) -> tuple[str, ...]:
        """The keys that bring this record as a candidate."""
        return tuple(report.key for report in self.keys if report.shared)

    @property
    def sentence(self) -> str:
        """Say it in one sentence that quotes no value."""
        if not self.brought_by:
            silent = [r.key for r in self.keys if not (r.asked and r.stored)]
            said = f" ({', '.join(silent)} had nothing to compare)" if silent else ""
            return f"No key brings this record{said}. If it did: {self.explanation.sentence}"
        cut = [name for name in self.brought_by if name in self.over_full]
        also = f", of which over-full: {', '.join(cut)}" if cut else ""
        return f"Brought by {', '.join(self.brought_by)}{also}. {self.explanation.sentence}"
