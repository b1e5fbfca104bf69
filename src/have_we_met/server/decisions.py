"""Reading what somebody decided about the suggestions for a contact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InputError, Problem
from ..record import RecordId
from .careful import parse
from .wire import Reader

_PARTS = ("decisionToken", "contact", "decision")
_EITHER = 'must be {"confirm": the id of a suggestion} or {"none": true}'


@dataclass(frozen=True, slots=True)
class Request:
    """A decision: the token, the contact as it was sent before, and who it is.

    ``confirmed`` is ``None`` where it is none of the suggestions.
    """

    token: str
    contact: dict[str, object]
    confirmed: RecordId | None


class DecisionReader:
    """Reads decisions out of bodies, their contacts as ``reader`` does."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, body: bytes) -> Request:
        """Read a decision; raises :class:`MalformedBody` or :class:`InputError`."""
        whole = parse(body)
        if not isinstance(whole, dict):
            raise InputError([Problem("", "the body must be a JSON object")])
        problems = [Problem(name, "is missing") for name in _PARTS if name not in whole]
        problems += [Problem(name, "there is no such part") for name in whole.keys() - {*_PARTS}]
        if problems:
            raise InputError(problems)
        token = whole["decisionToken"]
        if not isinstance(token, str):
            raise InputError([Problem("decisionToken", "must be text")])
        contact = self._reader.read(json.dumps(whole["contact"]).encode())
        return Request(token, contact, _confirmed(whole["decision"]))


def _confirmed(decision: object) -> RecordId | None:
    if isinstance(decision, Mapping) and len(decision) == 1:
        if decision.get("none") is True:
            return None
        if (record_id := id_of(decision.get("confirm"))) is not None:
            return record_id
    raise InputError([Problem("decision", _EITHER)])


def named_in(body: bytes) -> RecordId:
    """Read a body that names a contact and says nothing else.

    Raises :class:`MalformedBody` or :class:`InputError`.

    >>> named_in(b'{"id": 7}')
    7
    """
    whole = parse(body)
    named = whole.get("id") if isinstance(whole, dict) and len(whole) == 1 else None
    if (record_id := id_of(named)) is None:
        raise InputError([Problem("id", "must be the id of a contact, and all of the body")])
    return record_id


def id_of(value: object) -> RecordId | None:
    """Read an id as an answer gives it: a text, a number, or a list where a key has several."""
    if isinstance(value, list) and value and all(type(one) in (str, int) for one in value):
        return tuple(value)
    return value if type(value) in (str, int) else None  # type: ignore[return-value]
