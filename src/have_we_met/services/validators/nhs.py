"""NHS numbers: patients in England, Wales and the Isle of Man, and those who share their scheme."""

from __future__ import annotations

from typing import Final

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as options

from .base import Checked, PureValidator, refused
from .identifier import IdentifierValidator

TEST_NUMBER: Final = "It is a number for tests, which no patient has."
_RULES: Final = IdentifierValidator("gb.nhs")


@options(frozen=True, config=ConfigDict(extra="forbid"))
class NhsValidator(PureValidator):
    """A ten-digit NHS number with its check digit (modulus 11), as the NHS data dictionary has it.

    Scotland's CHI numbers and Northern Ireland's health and care numbers follow the same rule.
    Refused are ten equal digits, whose check digit always fits, and those that begin with 999,
    which are kept for tests: ``test_numbers`` accepts these.

    >>> nhs = NhsValidator()
    >>> nhs.check("943 476 5919").value
    '9434765919'
    >>> nhs.check("444 444 4444").reason
    'It stands for no number at all.'
    """

    test_numbers: bool = False

    def check_text(self, text: str) -> Checked:
        """What is to be said of a text that is stripped and not empty."""
        checked = _RULES.check_text(text)
        if checked.value and checked.value.startswith("999") and not self.test_numbers:
            return refused(TEST_NUMBER)
        return checked
