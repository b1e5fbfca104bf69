"""Telephone numbers: E.164 where the country is known, the digits as written where it is not.

The numbering plans are those of libphonenumber (``phonenumberslite``); ``phone_plan`` holds the
short cut for ordinary numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult
from pydantic import ConfigDict, field_validator
from pydantic.dataclasses import dataclass as options

from .phone_plan import is_filler, read_plain
from .text import clean, compose


@options(frozen=True, config=ConfigDict(extra="forbid"))
class PhoneNormaliser:
    """E.164 (``+14155552671``) where the country of the number is known.

    ``region`` is the country (ISO 3166-1, two letters) of numbers written without ``+``. Without
    it, or where the digits are no complete number there, no country is made up: the result is
    ``n:`` and the digits as written. Such a text equals only itself, so that one number written
    twice is still evidence, and it never looks like E.164.

    A number counts when its length is possible, in use or not. Text without a number is ``None``,
    and so are digits that stand for "no number" (all the same, or counting up). Extensions are
    left out (``parse_phone`` has them) unless ``extensions`` asks for ``+14155552671;ext=12``
    (RFC 3966); then a number with and one without differ.

    Raises ``ValueError`` at construction where the region is unknown.

    >>> phone = PhoneNormaliser(region="US")
    >>> phone("(415) 555-2671 ext. 12"), phone("+44 20 7123 4567")
    ('+14155552671', '+442071234567')
    >>> PhoneNormaliser()("415-555-2671")
    'n:4155552671'
    """

    region: str | None = None
    extensions: bool = False

    @field_validator("region")
    @classmethod
    def _known(cls, region: str | None) -> str | None:
        return None if region is None else known_region(region)

    def __call__(self, value: object, /) -> str | None:
        """The canonical number of one raw value."""
        if type(value) is str:
            plain = read_plain(value, self.region)
            if plain is not None:
                return plain
        return self.full(value)

    def full(self, value: object, /) -> str | None:
        """The road for unusual values; equal to the short one where that applies."""
        text = clean(value)
        if text is None or len(text) > _LONGEST:
            return None
        number = None if _AS_WRITTEN.fullmatch(text) else _parse(text, self.region)
        if number is None:
            return _as_written(text)
        if is_filler(phonenumbers.national_significant_number(number)):
            return None
        extension = _extension(number) if self.extensions else None
        return f"{_e164(number)};ext={extension}" if extension else _e164(number)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One number in parts: ``region`` is ``None`` where the number is in no country's use."""

    e164: str
    extension: str | None = None
    region: str | None = None


def parse_phone(text: str, region: str | None = None) -> PhoneNumber | None:
    """The number in a text, ``None`` where there is none that is complete.

    ``region`` is the country in which a number without ``+`` is dialled; without it only
    international numbers are understood. Raises ``ValueError`` for an unknown region.

    >>> parse_phone("(415) 555-2671 x12", "US")
    PhoneNumber(e164='+14155552671', extension='12', region='US')
    >>> parse_phone("415-555-2671") is None
    True
    """
    number = _parse(text, None if region is None else known_region(region))
    if number is None:
        return None
    country = phonenumbers.region_code_for_number(number)
    return PhoneNumber(_e164(number), _extension(number), country)


def known_region(region: str) -> str:
    """A region in capitals; raises ``ValueError`` where the numbering plans have none such.

    >>> known_region("gb")
    'GB'
    """
    code = region.upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    hint = "; the United Kingdom is GB" if code == "UK" else ""
    raise ValueError(f"no telephone region {region!r}: give an ISO 3166 code such as US{hint}")


_LONGEST: Final = 250  # as libphonenumber
_LONGEST_E164: Final = 16  # a plus sign and 15 digits, by ITU-T E.164; some plans allow more


def _parse(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """The number, if it is complete and reading it again gives the same number.

    The second reading refuses what a numbering plan would cut twice (a Brazilian 0 90 ...), so that
    a normalised number stays as it is.
    """
    number = _read(text, region)
    if number is None:
        return None
    again = _read(_e164(number), None)
    return number if again is not None and _e164(again) == _e164(number) else None


def _read(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    _drop_mexican_mobile_digit(number)
    # A local number is possible, too, but where it is local is not known.
    reason = phonenumbers.is_possible_number_with_reason(number)
    fits = reason == ValidationResult.IS_POSSIBLE and len(_e164(number)) <= _LONGEST_E164
    return number if fits else None


def _drop_mexican_mobile_digit(number: phonenumbers.PhoneNumber) -> None:
    """+52 1 55 ... is +52 55 ...: the 1 before mobile numbers was abolished in August 2019."""
    national = str(number.national_number)
    if number.country_code == 52 and len(national) == 11 and national[0] == "1":
        number.national_number = int(national[1:])


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _extension(number: phonenumbers.PhoneNumber) -> str | None:
    return phonenumbers.normalize_digits_only(number.extension or "") or None


_AS_WRITTEN: Final = re.compile(r"n:[0-9]+")
_DASHES: Final = str.maketrans("‐‑‒–—−", "------")
_ONE_NUMBER: Final = re.compile(
    r"(?:n:)?\+?((?:[-(). /]*\d){6,15})[-(). /]*"
    r"(?:(?:;ext=|,|#|x|ext|extn|extension|poste|anexo|ramal|int)[ .:#]*\d{1,9})?",
    re.IGNORECASE,
)


def _as_written(text: str) -> str | None:
    """``n:`` and the digits of a text that is nothing but one number."""
    found = _ONE_NUMBER.fullmatch(compose(text).translate(_DASHES))
    digits = phonenumbers.normalize_digits_only(found[1]) if found else ""
    return None if not digits or is_filler(digits) else f"n:{digits}"
