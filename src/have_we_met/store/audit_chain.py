"""The audit's entries, and the chain that they make: each is sealed with the seal before it.

A seal is BLAKE2b (RFC 7693) under the secret, over the entry as a JSON array and the seal before
it. So whoever changes, removes or reorders an entry would have to seal all that follow anew, and
needs the secret for that. Entries that were pruned stand in a checkpoint: an entry as any other,
which says up to which number they went and what the last seal was.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ..record import RecordId
from .lasting import spelt_id, spelt_moment
from .marks import Marks


class Action(StrEnum):
    """What somebody did."""

    LOOKUP = "lookup"
    READ = "read"
    CREATE = "create"
    LINK = "link"
    DECIDE = "decide"
    UPDATE = "update"
    DELETE = "delete"
    FORGET = "forget"
    EXPORT = "export"
    CHECKPOINT = "checkpoint"
    LOST = "lost"
    """So many lookups were not written, since too many waited to be."""


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, by whom, under which policy, to which records; ``marks`` stand for values."""

    action: Action
    at: datetime
    actor: str
    policy: str
    records: tuple[RecordId, ...] = ()
    marks: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An act in its place in the chain, each part as the text that is stored."""

    number: int
    at: str
    action: str
    actor: str
    policy: str
    records: str
    marks: str
    facts: str
    previous: str
    seal: str = ""

    def sealed_by(self, marks: Marks) -> str:
        """The seal that belongs to it."""
        return marks.seal(_json(astuple(self)[:-1]))

    def concerns(self, record_id: RecordId, marks: Collection[str]) -> bool:
        """Whether it names a record, or what anybody with these marks said."""
        named = spelt_id(record_id) in map(_json, json.loads(self.records))
        return named or not set(marks).isdisjoint(json.loads(self.marks))

    def as_json(self) -> dict[str, object]:
        """Give it as JSON does, its parts read."""
        parts = ("records", "marks", "facts")
        return asdict(self) | {part: json.loads(getattr(self, part)) for part in parts}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the last number, its seal, and the name of the secret.

    >>> str(Head(7, "c0ffee", "")), Head.read("7:c0ffee")
    ('7:c0ffee', Head(number=7, seal='c0ffee', secret=''))
    """

    number: int
    seal: str
    secret: str = ""

    def __str__(self) -> str:
        return f"{self.number}:{self.seal}"

    @classmethod
    def read(cls, text: str) -> Head:
        """Read what ``str`` gives; raises :class:`ValueError`."""
        number, _, seal = text.partition(":")
        return cls(int(number), seal)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain is broken, and how."""

    number: int
    reason: str


def sealed(marks: Marks, head: Head, act: Act) -> Entry:
    """Put an act at the end of a chain.

    >>> from datetime import UTC
    >>> act = Act(Action.READ, datetime(2001, 2, 3, tzinfo=UTC), "desk", "backoffice", (7,))
    >>> sealed(Marks("a secret that lasts"), Head(0, ""), act).records
    '[7]'
    """
    texts = (act.action.value, act.actor, act.policy)
    parts = (_json(act.records), _json(act.marks), _json(act.facts))
    entry = Entry(head.number + 1, spelt_moment(act.at), *texts, *parts, head.seal)
    return replace(entry, seal=entry.sealed_by(marks))


class Chain:
    """Checks entries in the order of their numbers, however many there are.

    ``known`` is where the chain ended some time ago, where that was kept somewhere else: only who
    knows that there were more sees for sure that the last ones are gone.
    """

    def __init__(self, marks: Marks, known: Head | None = None) -> None:
        self._marks = marks
        self._known = known or Head(0, "")
        self._start: Head | None = None
        self.last = Head(0, "")
        self._checkpoints: set[tuple[int, str]] = {(0, "")}
        self.entries = 0

    def hear(self, entry: Entry) -> Iterator[Fault]:
        """Check the next entry, and say what is wrong."""
        self.entries += 1
        if self._start is None:
            self._start = self.last = Head(entry.number - 1, entry.previous)
        if entry.number != self.last.number + 1:
            yield Fault(entry.number, f"entries after {self.last.number} are gone")
        elif entry.previous != self.last.seal:
            yield Fault(entry.number, "does not follow the entry before it")
        if entry.seal != entry.sealed_by(self._marks):
            yield Fault(entry.number, "was changed")
        elif entry.number == self._known.number and entry.seal != self._known.seal:
            yield Fault(entry.number, "is not the entry that is known")
        elif entry.action == Action.CHECKPOINT:
            facts = json.loads(entry.facts)
            self._checkpoints.add((facts["through"], facts["seal"]))
        self.last = Head(entry.number, entry.seal)

    def end(self, head: Head | None) -> Iterator[Fault]:
        """Check where the chain begins and ends, when all was heard."""
        start = self._start or Head(0, "")
        if (start.number, start.seal) not in self._checkpoints:
            yield Fault(start.number + 1, "what was before it is gone, and no checkpoint says so")
        head = head or Head(0, "")
        if (head.number, head.seal) != (self.last.number, self.last.seal):
            yield Fault(self.last.number, f"is the last, and the chain ends with {head.number}")
        elif self._known.number > self.last.number:
            yield Fault(self.last.number, f"is the last, and {self._known.number} is known")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
