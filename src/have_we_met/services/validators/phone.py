"""Telephone numbers under the numbering plans of libphonenumber."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult
from pydantic import ConfigDict, field_validator
from pydantic.dataclasses import dataclass as options

from ...normalise.phone import PhoneNumber, known_region, parse_phone
from ...normalise.phone_plan import is_filler
from .base import Checked, PureValidator, accepted, refused

Kind = Literal[
    "mobile", "fixed_line", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number",
    "pager", "uan", "voicemail",
]  # fmt: skip
KINDS: Final[Mapping[int, str]] = {
    value: name.lower() for name, value in vars(PhoneNumberType).items() if isinstance(value, int)
}
EITHER: Final = "fixed_line_or_mobile"

NO_COUNTRY: Final = "Its country is not known: it needs a + and the country code."
NO_SUCH_CODE: Final = "There is no such country code."
NO_NUMBER: Final = "It is no telephone number."
SHORT: Final = "It is too short."
LONG: Final = "It is too long."
FILLER: Final = "It stands for no number at all."
UNUSED: Final = "No numbering plan has such a number."
ELSEWHERE: Final = "It is a number of a country that is not accepted here."
OTHER_KIND: Final = "It is a number of a kind that is not accepted here."

_UNREAD: Final[Mapping[int, str]] = {
    NumberParseException.INVALID_COUNTRY_CODE: NO_COUNTRY,
    NumberParseException.TOO_SHORT_NSN: SHORT,
    NumberParseException.TOO_SHORT_AFTER_IDD: SHORT,
    NumberParseException.TOO_LONG: LONG,
}
_IMPOSSIBLE: Final[Mapping[int, str]] = {
    ValidationResult.TOO_SHORT: SHORT,
    ValidationResult.TOO_LONG: LONG,
    ValidationResult.INVALID_COUNTRY_CODE: NO_COUNTRY,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "It has no area code.",
    ValidationResult.INVALID_LENGTH: "It is too short or too long.",
}


@options(frozen=True, config=ConfigDict(extra="forbid"))
class PhoneValidator(PureValidator):
    """One telephone number; its value is E.164, ``+14155552671``.

    ``region`` is the country (ISO 3166-1, two letters) of numbers written without ``+``. Without
    it such a number is refused: no country is made up. ``regions`` are the countries accepted, all
    where there are none; ``kinds`` the kinds of number, such as ``mobile``. In North America nobody
    can tell a mobile from a fixed line by its number: it is accepted as either.

    A number is valid when a numbering plan has it; ``possible`` is content with its length, which
    is right where numbers are newer than the installed plans. Whether it is in use, only a call
    would tell.

    Facts: ``region``, ``type``, and the ``extension`` where there is one.

    Raises ``ValueError`` at construction where a region is unknown.

    >>> phone = PhoneValidator(region="US", regions=["US", "GB"])
    >>> checked = phone.check("(415) 555-2671 ext. 12")
    >>> checked.value, checked.facts
    ('+14155552671', {'type': 'fixed_line_or_mobile', 'region': 'US', 'extension': '12'})
    >>> phone.check("+33 1 99 00 00 01").reason
    'It is a number of a country that is not accepted here.'
    >>> PhoneValidator().check("415-555-2671").reason
    'Its country is not known: it needs a + and the country code.'
    """

    region: str | None = None
    regions: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    possible: bool = False

    @field_validator("region")
    @classmethod
    def _known(cls, region: str | None) -> str | None:
        return None if region is None else known_region(region)

    @field_validator("regions")
    @classmethod
    def _all_known(cls, regions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(known_region, regions))

    def check_text(self, text: str) -> Checked:
        """What is to be said of a text that is stripped and not empty."""
        read = parse_phone(text, self.region)
        return refused(_why_unread(text, self.region)) if read is None else self._judged(read)

    def _judged(self, read: PhoneNumber) -> Checked:
        number = phonenumbers.parse(read.e164)
        kind = KINDS[phonenumbers.number_type(number)]
        rules = (
            (is_filler(phonenumbers.national_significant_number(number)), FILLER),
            (not self.possible and not phonenumbers.is_valid_number(number), UNUSED),
            (self.regions and read.region not in self.regions, ELSEWHERE),
            (self.kinds and not self._accepts(kind), OTHER_KIND),
        )
        for broken, reason in rules:
            if broken:
                return refused(reason)
        known = {"type": kind, "region": read.region, "extension": read.extension}
        return accepted(read.e164, {name: fact for name, fact in known.items() if fact})

    def _accepts(self, kind: str) -> bool:
        either = {"mobile", "fixed_line"}
        return kind in self.kinds or (kind == EITHER and not either.isdisjoint(self.kinds))


def _why_unread(text: str, region: str | None) -> str:
    """Why there is no complete number in a text."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as exc:
        if exc.error_type == NumberParseException.INVALID_COUNTRY_CODE and "+" in text:
            return NO_SUCH_CODE
        return _UNREAD.get(exc.error_type, NO_NUMBER)
    return _IMPOSSIBLE.get(phonenumbers.is_possible_number_with_reason(number), NO_NUMBER)
