"""Contacts as JSON: reading what a client says about a person, writing what we answer.

Fields are read under both their spellings and written under their aliases. Two roads read a body:
a quick one for the ordinary body, an object of texts under known names, and a careful one for all
others, which finds every mistake and says where it is. A body that both can read reads the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from ..answer import Contact, Lack, Lookup, Registration
from ..explain import Explanation
from ..model import Model
from ..record import RecordId
from ..verdict import Status
from .careful import CarefulReader
from .said import said_by_services

_NOT_READ_QUICKLY = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError)
_NUL = b"\\u0000"
"""The only way in which a JSON text can say NUL, which no database takes."""


class Reader:
    """Reads contacts out of bodies, for one model.

    >>> from have_we_met import preset
    >>> reader = Reader(preset("contacts"), max_value=1000)
    >>> reader.read(b'{"firstName": "Ada", "email": "ada@example.org"}')
    {'first_name': 'Ada', 'email': 'ada@example.org'}
    """

    def __init__(self, model: Model, *, max_value: int, writable: Sequence[str] = ()) -> None:
        self._names = {**{name: name for name in writable}, **model.aliases}
        text = Annotated[str, msgspec.Meta(max_length=max_value)]
        self._decoder = msgspec.json.Decoder(dict[str, text | None])
        self.careful = CarefulReader(model, max_value=max_value, writable=writable)

    def read(self, body: bytes) -> dict[str, object]:
        """Read a contact, its values under the fields' names.

        Raises :class:`~have_we_met.server.problems.MalformedBody` for what is not JSON, and
        :class:`~have_we_met.InputError` with all other mistakes.
        """
        contact = self.quick(body)
        return self.careful.read(body) if contact is None else contact

    def quick(self, body: bytes) -> dict[str, object] | None:
        """Read an ordinary body, or say that this is none."""
        if _NUL in body:
            return None
        try:
            given = self._decoder.decode(body)
            contact: dict[str, object] = {self._names[name]: v for name, v in given.items()}
        except _NOT_READ_QUICKLY:
            return None
        return contact if len(contact) == len(given) else None


class Writer:
    """Writes answers, for one model."""

    def __init__(self, model: Model) -> None:
        self.aliases: Mapping[str, str] = {field.name: field.alias for field in model.fields}
        self._encode = msgspec.json.Encoder(enc_hook=str).encode

    def contact(self, contact: Contact, record_id: RecordId | None) -> dict[str, object]:
        """Name a contact's values as on the wire; ``id`` comes first, whatever its column."""
        alias = self.aliases.get
        return {"id": record_id, **{alias(name, name): v for name, v in contact.items()}}

    def lookup(self, lookup: Lookup, *, reasons: bool = False) -> bytes:
        """Write the answer to a lookup."""
        answer: dict[str, object] = {"exists": EXISTS[lookup.status]}
        if lookup.contact is not None:
            answer["contact"] = self.contact(lookup.contact, lookup.matches[0].record_id)
        if lookup.suggestions:
            answer["suggestions"] = self._suggestions(lookup)
        if lookup.confidence is not None:
            answer["confidence"] = lookup.confidence
        if lookup.message is not None:
            answer["warning"] = lookup.message
        answer.update(self._provenance(lookup))
        if reasons:
            answer["reasons"] = [self._reasons(one) for one in lookup.explain()]
        return self._encode(answer)

    def registration(self, registration: Registration, token: str | None = None) -> bytes:
        """Write what became of a sign-up; with a review answer goes the token to decide by."""
        lookup = registration.lookup
        answer: dict[str, object] = {"created": registration.created}
        if registration.contact is not None:
            answer["contact"] = self.contact(registration.contact, registration.record_id)
        else:
            answer["requiresReview"] = True
            answer["suggestions"] = self._suggestions(lookup)
            answer["decisionToken"] = token
        if registration.linked:
            answer["linked"] = True
        if not registration.created:
            answer["message"] = _LINKED if registration.linked else MESSAGES[lookup.status]
        return self._encode(answer | self._provenance(lookup))

    def plain(self, value: object) -> bytes:
        """Write any plain value."""
        return self._encode(value)

    def _provenance(self, lookup: Lookup) -> dict[str, object]:
        """Say which lookup this was, whether it looked everywhere, and what services said."""
        return {
            "lookupId": lookup.lookup_id,
            "complete": lookup.complete,
            "degraded": [_lack(lack) for lack in lookup.degraded],
            **said_by_services(lookup, self.aliases),
        }

    def _suggestions(self, lookup: Lookup) -> list[dict[str, object]]:
        pairs = zip(lookup.suggestions, lookup.matches, strict=True)
        return [self.contact(contact, match.record_id) for contact, match in pairs]

    def _reasons(self, explanation: Explanation) -> dict[str, object]:
        data = explanation.data()
        for evidence in data["evidence"]:  # type: ignore[attr-defined]  # a list of dicts
            evidence["field"] = self.aliases.get(evidence["field"], evidence["field"])
        return data


EXISTS: Mapping[Status, bool | str] = {
    Status.FOUND: True,
    Status.REVIEW: "maybe",
    Status.NOT_FOUND: False,
    Status.ERROR: False,
}
_LINKED = "Confirmed to be this contact"
MESSAGES: Mapping[Status, str] = {
    Status.FOUND: "Existing contact found",
    Status.REVIEW: "Potential duplicates found",
    Status.NOT_FOUND: "Nothing was created",
    Status.ERROR: "Nothing was created",
}


def _lack(lack: Lack) -> dict[str, str]:
    return {"kind": lack.kind, "name": lack.name, "reason": lack.reason}
