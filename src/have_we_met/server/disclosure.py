"""What answers reveal, by the policy of whoever asks: the one place where that is decided.

A policy is a row of the table below. :mod:`.telling` writes answers by it, :mod:`.admission` sends
them by it, and the API's description is made of it; none of them has an opinion of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one policy reveals.

    ``outcome`` says whether yes, maybe or no is told; ``contacts`` how much of whom was found:
    ``none``, ``hints`` (masked, and only to who knows enough already), ``masked``, ``listed``
    (records, the credential's fields alone) or ``all`` (records). ``reasons`` may be asked for
    with ``explain``; ``provenance`` is what was lacking, how sure we are and what services said;
    ``timing`` the headers that say how long it took. Answers that are ``uniform`` leave at a fixed
    beat, however soon they are ready.
    """

    name: str
    outcome: bool
    contacts: Literal["none", "hints", "masked", "listed", "all"]
    reasons: bool
    provenance: bool
    timing: bool
    uniform: bool


_ROWS = (
    #           policy        outcome contacts  reasons provenance timing uniform
    Disclosure("blind", False, "none", False, False, False, True),
    Disclosure("public", True, "hints", False, False, False, True),
    Disclosure("assisted", True, "masked", False, True, False, False),
    Disclosure("desk", True, "listed", False, True, True, False),
    Disclosure("backoffice", True, "all", True, True, True, False),
)

DISCLOSURES: Mapping[str, Disclosure] = {one.name: one for one in _ROWS}
"""The policies, each of which reveals what the one before does and more."""

ENOUGH = 3
"""What somebody must know already to be given a hint: points for each field that agrees fully."""
POINTS: Mapping[str, int] = {"email": 2, "phone": 2, "identifier": 2}
"""What a field is worth by its type, any other one point: an e-mail address and a name deserve a
hint, and so do a first name, a last name and a company; an e-mail address alone deserves none."""
