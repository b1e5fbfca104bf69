"""What a record said when it was shown, so that a decision is about whoever was meant.

Minutes pass between an answer and what somebody decides on it. Meanwhile a record may be erased or
deleted and its id given to somebody else, as SQLite does with its highest integer. So whoever shows
a record keeps its *likeness*, and gives it back with the decision, which then holds for a record
that says the same and for no other, however its id came about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType

from .model import Model
from .record import RecordId

Likenesses = Mapping[RecordId, str]
"""What records said when they were shown, by their ids."""
NOT_KNOWN: Likenesses = MappingProxyType({})
"""Where nobody kept it: an id is taken at its word."""


def likeness(model: Model, contact: Mapping[str, object]) -> str:
    """Mark what a contact says in the model's fields, once normalised; 24 hexadecimal digits.

    It is no secret: whoever knows what somebody says can make it, so keep it where ids are kept.

    >>> from have_we_met import preset
    >>> model = preset("contacts")
    >>> ada, same = ({"email": email} for email in ("ada@example.org", " ADA@example.org "))
    >>> likeness(model, ada) == likeness(model, same), likeness(model, ada) == likeness(model, {})
    (True, False)
    """
    said = json.dumps(model.record(contact).values).encode()
    return blake2b(said, digest_size=12, person=b"hwm likeness").hexdigest()


def is_as_shown(
    model: Model, record_id: RecordId, contact: Mapping[str, object], shown: Likenesses
) -> bool:
    """Tell whether a contact says what it said when it was shown, where that is known."""
    known = shown.get(record_id)
    return known is None or known == likeness(model, contact)
