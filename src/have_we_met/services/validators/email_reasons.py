"""Why a text is no e-mail address, in sentences that repeat nothing of it.

``email-validator`` has good sentences, but they quote the characters and the domain that they are
about, and these are people's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DISPOSABLE: Final = "Its domain gives out addresses to throw away."
TOO_LONG: Final = "It is too long."
OTHER: Final = "It is no e-mail address."

REASONS: Final[Mapping[str, str]] = {
    "An email address must have an @-sign": "It has no @.",
    "The email address has the": "It has another sign where @ should stand.",
    "There must be something before": "Nothing stands before the @.",
    "There must be something after": "Nothing stands behind the @.",
    "The email address is too long": TOO_LONG,
    "After the @-sign, periods cannot be separated by so many": TOO_LONG,
    "An email address cannot have two periods": "Two dots follow each other.",
    "An email address cannot start with a period": "It begins with a dot.",
    "An email address cannot have a period and a hyphen": "A dot and a hyphen stand side by side.",
    "An email address cannot have a period": "A dot stands where none may stand.",
    "An email address cannot end with a period": "It ends with a dot.",
    "An email address cannot have a hyphen": "A hyphen stands where none may stand.",
    "An email address cannot end with a hyphen": "It ends with a hyphen.",
    "The email address contains invalid characters before": (
        "A character stands before the @ that may not stand there."
    ),
    "Internationalized characters before": (
        "It has letters beyond ASCII before the @, which are not accepted here."
    ),
    "The part after the @-sign contains invalid characters": (
        "A character stands behind the @ that may not stand there."
    ),
    "The part after the @-sign is not valid. It should have a period": "Its domain is incomplete.",
    "The part after the @-sign is not valid. It is not within": "Its domain is incomplete.",
    "The part after the @-sign is a special-use": "Its domain is reserved and receives no mail.",
    "A display name": "Something stands around the address.",
    "A bracketed IP address": "It has a number in brackets instead of a domain.",
    "Quoting the part before": "It has quotation marks.",
}
"""How a sentence of email-validator begins, and what we say instead."""


def reason_of(error: Exception) -> str:
    """Say what is wrong in our words.

    >>> reason_of(ValueError("An email address must have an @-sign."))
    'It has no @.'
    """
    theirs = str(error).removeprefix("After Unicode normalization: ")
    for start, ours in REASONS.items():
        if theirs.startswith(start):
            return ours
    return OTHER
