"""National Insurance numbers of the United Kingdom, which python-stdnum does not know.

The rules are those of HMRC's National Insurance Manual, page NIM39110.
"""

from __future__ import annotations

import re
from typing import Final

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as options

from .base import Checked, PureValidator, accepted, refused
from .identifier import MALFORMED, compact

NO_SUFFIX: Final = "Its last letter is missing."
ADMINISTRATIVE: Final = "It is an office's number, not a National Insurance number."
TEMPORARY: Final = "It is a temporary reference number, not a National Insurance number."
PREFIX: Final = "National Insurance numbers do not begin with these letters."

_NUMBER: Final = re.compile(r"([A-Z]{2})[0-9]{6}([A-D]?)")
_GIVEN: Final = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[^DFIQUV][^DFIOQUV]")
_ADMINISTRATIVE: Final = re.compile(r"(?:CR|FY|MW|NC|OO|PP|PY|PZ)[0-9]{6}[A-DFMP]?")
_TEMPORARY: Final = re.compile(r"[0-9]{2}[A-Z][0-9]{5}")


@options(frozen=True, config=ConfigDict(extra="forbid"))
class NinoValidator(PureValidator):
    """A UK National Insurance number: two letters, six digits, and A, B, C or D.

    The letters D, F, I, Q, U and V are not among the first two, O is not the second, and BG, GB,
    KN, NK, NT, TN and ZZ are not used. Numbers are unique without the last letter, and many people
    do not know theirs: ``suffix = false`` does not ask for it.

    Some numbers only look alike. ``administrative`` accepts those that offices use (CR, FY, MW, NC,
    OO, PP, PY, PZ; they may end in F, M or P), ``temporary`` HMRC's temporary reference numbers
    (two digits, a letter, five digits). The fact ``kind`` says which it is: ``nino``,
    ``administrative`` or ``temporary``.

    >>> nino = NinoValidator()
    >>> nino.check("ab 12 34 56 c").value
    'AB123456C'
    >>> nino.check("GB 12 34 56 C").reason
    'National Insurance numbers do not begin with these letters.'
    """

    suffix: bool = True
    administrative: bool = False
    temporary: bool = False

    def check_text(self, text: str) -> Checked:
        """What is to be said of a text that is stripped and not empty."""
        number = compact(text)
        if _TEMPORARY.fullmatch(number):
            return accepted(number, {"kind": "temporary"}) if self.temporary else refused(TEMPORARY)
        if _ADMINISTRATIVE.fullmatch(number):
            return self._office(number)
        found = _NUMBER.fullmatch(number)
        if found is None:
            return refused(MALFORMED)
        if not _GIVEN.fullmatch(found[1]):
            return refused(PREFIX)
        if self.suffix and not found[2]:
            return refused(NO_SUFFIX)
        return accepted(number, {"kind": "nino"})

    def _office(self, number: str) -> Checked:
        if self.administrative:
            return accepted(number, {"kind": "administrative"})
        return refused(ADMINISTRATIVE)
