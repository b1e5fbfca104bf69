"""Social security numbers of the United States, and the taxpayers' numbers that look like them."""

from __future__ import annotations

import re
from typing import Final

from anyascii import anyascii
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as options

from ...normalise.text import compose
from .base import Checked, PureValidator, accepted, refused
from .identifier import MALFORMED, IdentifierValidator

ITIN: Final = "It is a taxpayer's number (ITIN), not a social security number."
PUBLIC: Final = "It was printed for all to see: nobody has it."
LISTED: Final = "It is on the list of numbers that are not accepted here."

_RULES: Final = IdentifierValidator("us.ssn")
_WRITTEN: Final = re.compile(r"([0-9]{3})[-. ]*([0-9]{2})[-. ]*([0-9]{4})")
_PUBLIC: Final = re.compile(r"078051120|219099999|98765432[0-9]")
"""On a card in each wallet, on a pamphlet, and what the SSA keeps for advertisements."""
_ITIN: Final = re.compile(r"9[0-9]{2}(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])[0-9]{4}")
"""The groups that the IRS uses: 50 to 65, 70 to 88, 90 to 92, 94 to 99. python-stdnum does not know
the first of these ranges."""


@options(frozen=True, config=ConfigDict(extra="forbid"))
class SsnValidator(PureValidator):
    """A US social security number: three digits, two, four, with or without separators between.

    No number begins with 000, 666 or 9, and none has 00 or 0000 behind that (SSA, POMS RM
    10201.035). Refused, too, are numbers that were printed for all to see (078-05-1120 came with
    wallets) and what fills a required box: 123-45-6789, nine equal digits. There is no check digit,
    so most mistypings pass. ``listed`` refuses further numbers.

    ``itin`` accepts the individual taxpayer identification numbers of the IRS as well, which begin
    with 9. The fact ``kind`` says which it is: ``ssn`` or ``itin``.

    >>> ssn = SsnValidator()
    >>> ssn.check("536-90-4399").value
    '536904399'
    >>> ssn.check("912-70-3456").reason
    "It is a taxpayer's number (ITIN), not a social security number."
    """

    listed: tuple[str, ...] = ()
    itin: bool = False

    def check_text(self, text: str) -> Checked:
        """What is to be said of a text that is stripped and not empty."""
        digits = _digits(text)
        if digits is None:
            return refused(MALFORMED)
        if digits in map(_digits, self.listed):
            return refused(LISTED)
        if _PUBLIC.fullmatch(digits):
            return refused(PUBLIC)
        if _ITIN.fullmatch(digits):
            return accepted(digits, {"kind": "itin"}) if self.itin else refused(ITIN)
        checked = _RULES.check_text(digits)
        return accepted(digits, {"kind": "ssn"}) if checked.valid else checked


def _digits(text: str) -> str | None:
    """The nine digits, where nothing is between them that does not belong there."""
    found = _WRITTEN.fullmatch(anyascii(compose(text)).strip())
    return "".join(found.groups()) if found else None
