"""A kept answer, given again: what hardly anybody reads of it is made when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import urandom
from time import monotonic
from typing import Any, cast

from ..answer import Contact, Lookup
from ..asking import Question
from ..explain import Explanation, explain
from ..model import Model
from ..model.values import FrozenMap
from ..record import Record
from ..verdict import Status
from .held import Held, match_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLookup(Lookup):
    """An answer that was kept, its contacts read anew.

    Its ``matches`` are made, for which the question is normalised, once somebody reads them; and
    its contacts are normalised for :meth:`explain` only.
    """

    model: Model
    held: Held | None = field(default=None, repr=False, compare=False)
    asked: Record | None = field(default=None, repr=False, compare=False)

    def __getattr__(self, name: str) -> object:
        """Fill ``matches`` where they are empty; called for that only."""
        if name != "matches" or self.held is None or self.asked is None:
            raise AttributeError(name)
        values = self.asked.values
        matches = tuple([match_of(match, values) for match in self.held.matches])
        object.__setattr__(self, "matches", matches)
        return matches

    def explain(self) -> tuple[Explanation, ...]:
        """Give the reasons for each of ``matches``; none where the contacts could not be read."""
        contacts = self.suggestions if self.contact is None else (self.contact,)
        return tuple(
            explain(self.model.scorecard, replace(match, stored=self.model.record(c).values))
            for match, c in zip(self.matches, contacts, strict=False)
        )


class _Blank(KeptLookup):
    """The same before it is frozen: a plain assignment takes a fifth of a frozen class's."""

    __slots__ = ()
    __setattr__ = object.__setattr__


_NOTHING: Mapping[str, Any] = FrozenMap()


def again(
    held: Held, question: Question, contacts: tuple[Contact, ...], model: Model
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
    answer.held, answer.asked = held, question.record
    answer.lookup_id = urandom(16).hex()
    answer.duration = (monotonic() - question.started) * 1000
    answer.__class__ = KeptLookup
    return cast("KeptLookup", answer)
