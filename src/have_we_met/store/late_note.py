"""A note that a record was created upon an incomplete answer, and what became of the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..answer import Lack
from ..record import RecordId


class Verdict(StrEnum):
    """What a later, longer look at a record says."""

    DUPLICATE = "duplicate"
    """It is somebody who was there before."""

    REVIEW = "review"
    """It may be somebody who was there before; a person has to tell."""

    CLEAR = "clear"
    """It is nobody else: everything was looked at."""

    UNKNOWN = "unknown"
    """Something was missing each time, until we gave up."""


class State(StrEnum):
    """Where a note stands."""

    WAITING = "waiting"
    """For somebody to look."""

    ANSWERED = "answered"
    """There is a verdict, and nobody was told by a webhook."""

    TOLD = "told"
    """The webhook's receiver took it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an answer lacked that was acted upon: the lookup's id, and its lacks."""

    lookup_id: str
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A record that another one duplicates, or may duplicate; confidence in [0, 1]."""

    record_id: RecordId
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, the records that it is about, the model's fingerprint, and when it was found."""

    verdict: Verdict
    near: tuple[Near, ...]
    model: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """One record that was created upon an incomplete answer.

    ``event`` names the note to the receivers of webhooks. ``attempts`` counts how often somebody
    took it on in this state, and ``due`` is when the next one may. ``finding`` is what was found
    at last.
    """

    number: int
    event: str
    record_id: RecordId
    doubt: Doubt
    at: datetime
    state: State = State.WAITING
    attempts: int = 0
    due: datetime | None = None
    finding: Finding | None = None

    def as_json(self) -> dict[str, object]:
        """Give it under the names that JSON has for it."""
        found = self.finding
        return {
            "recordId": self.record_id,
            "lookupId": self.doubt.lookup_id,
            "notedAt": self.at.isoformat(),
            "lacked": [str(lack) for lack in self.doubt.lacks],
            "state": self.state.value,
            "attempts": self.attempts,
            "verdict": found.verdict.value if found else None,
            "matches": [
                {"recordId": near.record_id, "confidence": near.confidence}
                for near in (found.near if found else ())
            ],
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """How many notes there are: ``waiting`` for a look, ``untold`` by webhook, and by verdict.

    ``lag`` is for how many seconds the oldest look that is due has been due.

    >>> Tally(waiting=2, found={Verdict.CLEAR: 5}).as_numbers()["clear"]
    5
    """

    waiting: int = 0
    untold: int = 0
    lag: float = 0.0
    found: Mapping[Verdict, int] = field(default_factory=dict)

    def as_numbers(self) -> dict[str, int | float]:
        """Give all as plain numbers by their names, as metrics and tables want them."""
        by_verdict = {verdict.value: self.found.get(verdict, 0) for verdict in Verdict}
        return {"waiting": self.waiting, **by_verdict, "untold": self.untold, "lag": self.lag}
