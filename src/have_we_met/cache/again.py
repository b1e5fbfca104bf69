"""A kept answer, given again: what hardly anybody reads of it is made when it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, cast

from ..answer import Contact, Lookup
from ..explain import Explanation, explain
from ..looking import new_lookup_id
from ..model import Model
from ..model.values import FrozenMap
from ..quick import unfrozen
from ..record import Record
from ..verdict import Match, Status
from .held import Held, match_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLookup(Lookup):
    """An answer that was kept, with contacts as they are now.

    Its ``lookup_id`` is drawn, and its ``matches`` are made, for which the question is normalised,
    once somebody reads them; and its contacts are normalised for :meth:`explain` only.
    """

    model: Model
    held: Held | None = field(default=None, repr=False, compare=False)
    asked: Record | None = field(default=None, repr=False, compare=False)

    def __getattr__(self, name: str) -> object:
        """Fill what is empty; called for that only."""
        make = _LATER.get(name)
        if make is None or self.held is None or self.asked is None:
            raise AttributeError(name)
        made = make(self.held, self.asked)
        object.__setattr__(self, name, made)
        return made

    def explain(self) -> tuple[Explanation, ...]:
        """Give the reasons for each of ``matches``; none where the contacts could not be read."""
        return tuple(
            explain(self.model.scorecard, match.changed(stored=self.model.record(c).values))
            for match, c in zip(self.matches, shown(self), strict=False)
        )


def _matches(held: Held, asked: Record) -> tuple[Match, ...]:
    values = asked.values
    return tuple([match_of(match, values) for match in held.matches])


_LATER: Mapping[str, Callable[[Held, Record], object]] = {
    "lookup_id": lambda held, asked: new_lookup_id(),
    "matches": _matches,
}
"""What is made of an answer once somebody reads it."""


_Blank = unfrozen(KeptLookup)
_NOTHING: Mapping[str, Any] = FrozenMap()


def shown(lookup: Lookup) -> tuple[Contact, ...]:
    """The contacts of an answer, best first."""
    return lookup.suggestions if lookup.contact is None else (lookup.contact,)


def again(
    held: Held, record: Record, started: float, contacts: tuple[Contact, ...], model: Model
) -> KeptLookup:
    """Give a kept answer again, of contacts that were read now."""
    answer: Any = _Blank.__new__(_Blank)
    status = held.status
    answer.status = status
    answer.contact = contacts[0] if contacts and status is Status.FOUND else None
    answer.suggestions = contacts if status is Status.REVIEW else ()
    answer.confidence = held.confidence
    answer.candidates = held.candidates
    answer.message = None
    answer.complete = True
    answer.degraded = answer.spent = answer.flags = ()
    answer.normalised = answer.filled = answer.facts = _NOTHING
    answer.card = model.scorecard
    answer.model = model
    answer.held, answer.asked = held, record
    answer.duration = (monotonic() - started) * 1000
    answer.__class__ = KeptLookup
    return cast("KeptLookup", answer)
