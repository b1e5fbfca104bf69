"""Writing answers under a policy: each teller knows how to say one kind of answer, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..answer import Contact, Lookup, Registration
from ..model import Model
from ..record import RecordId
from ..verdict import Match
from .asgi import PRIVATE, Headers
from .disclosure import ENOUGH, POINTS, Disclosure
from .masks import masked
from .problems import NotSuggested
from .timing import timing
from .wire import EXISTS, MESSAGES, Writer

JSON = ((b"content-type", b"application/json"), *PRIVATE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is sent."""

    status: int
    body: bytes
    headers: Headers = JSON


class Teller(Protocol):
    """Says what may be said."""

    def lookup(self, found: Lookup, *, reasons: bool = False) -> Answer:
        """Answer a lookup."""
        ...

    def registration(
        self, made: Registration, token: str | None, suggested: Sequence[RecordId]
    ) -> Answer:
        """Answer a sign-up; ``suggested`` is whom the token names."""
        ...

    def exists(self) -> Answer | None:
        """Answer a sign-up that the table holds already; ``None`` where that is an error."""
        ...

    def named(self, given: RecordId, suggested: Sequence[RecordId]) -> RecordId:
        """Say which record a caller means; raises :class:`NotSuggested` or RecordNotFound."""
        ...


class Records:
    """Shows records, whole."""

    def __init__(self, writer: Writer, same_id: Callable[[RecordId], RecordId]) -> None:
        self._writer = writer
        self._same_id = same_id

    def lookup(self, found: Lookup, *, reasons: bool = False) -> Answer:
        """Answer with all there is."""
        body = self._writer.lookup(found, reasons=reasons)
        return Answer(200, body, (*JSON, *timing(found)))

    def registration(
        self, made: Registration, token: str | None, suggested: Sequence[RecordId]
    ) -> Answer:
        """Answer with all there is."""
        body = self._writer.registration(made, token)
        status = 201 if made.created else 200
        return Answer(status, body, (*JSON, *timing(made.lookup)))

    def exists(self) -> None:
        """An error."""
        return

    def named(self, given: RecordId, suggested: Sequence[RecordId]) -> RecordId:
        """A record is named by its id."""
        same = self._same_id(given)
        if same not in suggested:
            raise NotSuggested
        return same


class Parts:
    """Shows a part of each record: ``show`` says which."""

    def __init__(
        self, records: Records, show: Callable[[Contact], Contact], *, places: bool, timing: bool
    ) -> None:
        self._records = records
        self._show = show
        self._places = places
        self._headers = timing

    def lookup(self, found: Lookup, *, reasons: bool = False) -> Answer:
        """Answer without reasons: they quote what is stored."""
        ids = [match.record_id for match in found.matches]
        return self._sent(self._records.lookup(self._shown(found, ids)))

    def registration(
        self, made: Registration, token: str | None, suggested: Sequence[RecordId]
    ) -> Answer:
        """Answer with parts."""
        contact = None if made.contact is None else self._show(made.contact)
        own_id = "1" if self._places and contact is not None else made.record_id
        lookup = self._shown(made.lookup, suggested)
        shown = replace(made, lookup=lookup, contact=contact, record_id=own_id)
        return self._sent(self._records.registration(shown, token, suggested))

    def exists(self) -> None:
        """An error."""
        return

    def named(self, given: RecordId, suggested: Sequence[RecordId]) -> RecordId:
        """A record is named by its place among the suggestions, or by its id."""
        return at_place(given, suggested) if self._places else self._records.named(given, suggested)

    def _shown(self, lookup: Lookup, ids: Sequence[RecordId | None]) -> Lookup:
        contact = None if lookup.contact is None else self._show(lookup.contact)
        suggestions = tuple(map(self._show, lookup.suggestions))
        matches = tuple(self._named(match, ids) for match in lookup.matches)
        return replace(lookup, contact=contact, suggestions=suggestions, matches=matches)

    def _named(self, match: Match, ids: Sequence[RecordId | None]) -> Match:
        return match.changed(record_id=place_of(match, ids)) if self._places else match

    def _sent(self, answer: Answer) -> Answer:
        return answer if self._headers else replace(answer, headers=JSON)


class Hints:
    """Says yes, maybe or no, and gives a hint to who knows enough already."""

    def __init__(self, writer: Writer, model: Model) -> None:
        self._writer = writer
        self._types = {field.name: field.type for field in model.fields}

    def lookup(self, found: Lookup, *, reasons: bool = False) -> Answer:
        """Answer in the same members, whatever the answer is."""
        hints = [self._hint(contact) for contact, _ in self._deserved(found)]
        answer = {"exists": EXISTS[found.status], "hints": hints, "lookupId": found.lookup_id}
        return Answer(200, self._writer.plain(answer))

    def registration(
        self, made: Registration, token: str | None, suggested: Sequence[RecordId]
    ) -> Answer:
        """Answer whether somebody was created; a hint has a place, by which it can be confirmed."""
        answer: dict[str, object] = {"created": made.created, "lookupId": made.lookup.lookup_id}
        if made.contact is None:
            hints = [
                {"id": place_of(match, suggested), **self._hint(contact)}
                for contact, match in self._deserved(made.lookup)
            ]
            answer |= {"requiresReview": True, "hints": hints, "decisionToken": token}
        if made.linked:
            answer["linked"] = True
        if not made.created and not made.linked:
            answer["message"] = MESSAGES[made.lookup.status]
        return Answer(201 if made.created else 200, self._writer.plain(answer))

    def exists(self) -> None:
        """An error: yes may be said."""
        return

    def named(self, given: RecordId, suggested: Sequence[RecordId]) -> RecordId:
        """A record is named by its place."""
        return at_place(given, suggested)

    def _deserved(self, found: Lookup) -> Iterable[tuple[Contact, Match]]:
        contacts = found.suggestions if found.contact is None else (found.contact,)
        pairs = zip(contacts, found.matches, strict=False)
        return [pair for pair in pairs if self._knows(found, pair[1])]

    def _knows(self, found: Lookup, match: Match) -> bool:
        if found.card is None:
            return False
        agreed = {
            term.field
            for term, similarity in zip(found.card.terms, match.similarity, strict=False)
            if similarity >= 1.0
        }
        return sum(POINTS.get(self._types.get(name, ""), 1) for name in agreed) >= ENOUGH

    def _hint(self, contact: Contact) -> dict[str, object]:
        alias = self._writer.aliases
        return {alias[name]: text for name, text in masked(contact, self._types).items()}


class Blind:
    """Says the same to everybody: continue with a code that we send you."""

    _LOOKUP = Answer(200, b'{"exists":"unknown","next":"code"}')
    _ACCEPTED = Answer(202, b'{"accepted":true,"next":"code"}')

    def lookup(self, found: Lookup, *, reasons: bool = False) -> Answer:
        """The one answer to a lookup."""
        return self._LOOKUP

    def registration(
        self, made: Registration, token: str | None, suggested: Sequence[RecordId]
    ) -> Answer:
        """The one answer to a sign-up."""
        return self._ACCEPTED

    def exists(self) -> Answer:
        """The same."""
        return self._ACCEPTED

    def named(self, given: RecordId, suggested: Sequence[RecordId]) -> RecordId:
        """Nobody was suggested."""
        raise NotSuggested


def place_of(match: Match, ids: Sequence[RecordId | None]) -> str:
    """Name a record by its place among those that are suggested, from 1: it says no id."""
    return str(ids.index(match.record_id) + 1) if match.record_id in ids else "1"


def at_place(given: RecordId, suggested: Sequence[RecordId]) -> RecordId:
    """Give the record at a place; raises :class:`NotSuggested`.

    >>> at_place("2", ["ana", "kenji"])
    'kenji'
    """
    text = str(given)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise NotSuggested
    if not 0 < int(text) <= len(suggested):
        raise NotSuggested
    return suggested[int(text) - 1]


def teller(
    writer: Writer,
    model: Model,
    same_id: Callable[[RecordId], RecordId],
    policy: Disclosure,
    fields: Sequence[str] = (),
) -> Teller:
    """Make the teller of a policy; ``fields`` are those that a desk sees, or all of the model's."""
    records = Records(writer, same_id)
    types = {field.name: field.type for field in model.fields}
    listed = fields or tuple(types)

    def parts(show: Callable[[Contact], Contact], *, places: bool) -> Teller:
        return Parts(records, show, places=places, timing=policy.timing)

    def some(contact: Contact) -> Mapping[str, object]:
        return {name: contact[name] for name in listed if name in contact}

    makes: Mapping[str, Callable[[], Teller]] = {
        "none": Blind,
        "hints": lambda: Hints(writer, model),
        "masked": lambda: parts(lambda contact: masked(contact, types), places=True),
        "listed": lambda: parts(some, places=False),
        "all": lambda: records,
    }
    return makes[policy.contacts]()
