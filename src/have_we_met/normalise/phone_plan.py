"""Numbering plans, cut down to what the ordinary number needs.

Parsing with libphonenumber costs about 20 µs. Nine numbers in ten are digits and punctuation that
need three of its questions: is there a trunk prefix, is the pattern right, is the length possible.
``read_plain`` asks these from the same metadata, and leaves every number for which another question
could matter to the full parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    REGION_CODE_FOR_NON_GEO_ENTITY,
    PhoneMetadata,
)

_MAIN_REGION: Final = {
    str(code): regions[0]
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()
    if regions[0] != REGION_CODE_FOR_NON_GEO_ENTITY
}
_NEVER: Final = re.compile(r"(?!)")
_COUNTING: Final = frozenset(
    digits[:length] for digits in ("012345678901234", "123456789012345") for length in range(6, 16)
)


def is_filler(national: str) -> bool:
    """Whether these digits only fill a required box: all the same, or counting up.

    >>> is_filler("0000000000"), is_filler("1234567890"), is_filler("2071234567")
    (True, True, False)
    """
    return national.count(national[0]) == len(national) or national in _COUNTING


@dataclass(frozen=True, slots=True)
class Plan:
    """What one region's numbers look like, as libphonenumber's metadata has it."""

    code: str
    abroad: re.Pattern[str]  # what is dialled before the code of another country
    trunk: re.Pattern[str]  # what is dialled before a number of the same country
    rewrites: bool  # a trunk prefix with groups may change the number, not only go
    number: re.Pattern[str]
    lengths: frozenset[int]
    longest: int

    def without_trunk(self, digits: str) -> str | None:
        """The national number, or ``None`` where that takes more than cutting a prefix."""
        prefix = self.trunk.match(digits)
        if prefix is None:
            return digits
        if self.rewrites and (not prefix.groups() or prefix.groups()[-1] is not None):
            return None
        return digits[prefix.end() :]

    def has(self, digits: str) -> bool:
        """Whether these digits can be a number as they stand."""
        return self.number.fullmatch(digits) is not None and len(digits) <= self.longest

    def fits(self, national: str) -> bool:
        """Whether this is a complete number that another reading would not change."""
        return (
            len(national) in self.lengths
            and self.number.fullmatch(national) is not None
            and self.trunk.match(national) is None
            and not is_filler(national)
        )


@cache
def plan_of(region: str) -> Plan:
    """The plan of one of the 245 regions, built when first needed."""
    data = PhoneMetadata.metadata_for_region(region)
    assert data is not None  # the region comes from libphonenumber's own table
    numbers = data.general_desc
    assert numbers is not None
    possible = set(numbers.possible_length) - set(numbers.possible_length_local_only)
    e164 = 15 - len(str(data.country_code))  # ITU-T E.164: 15 digits, some plans allow more
    return Plan(
        code=str(data.country_code),
        abroad=_pattern(data.international_prefix),
        trunk=_pattern(data.national_prefix_for_parsing),
        rewrites=bool(data.national_prefix_transform_rule),
        number=_pattern(numbers.national_number_pattern),
        lengths=frozenset(length for length in possible if length <= e164),
        longest=max(possible),
    )


def _pattern(text: str | None) -> re.Pattern[str]:
    return re.compile(text) if text else _NEVER


_PUNCTUATION: Final = dict.fromkeys(map(ord, " ()-./"))
_LONGEST: Final = 40


def read_plain(text: str, region: str | None) -> str | None:
    """The canonical form of an ordinary number, ``None`` for everything else.

    >>> read_plain("020 7123 4567", "GB"), read_plain("+1 (415) 555-2671", None)
    ('+442071234567', '+14155552671')
    >>> read_plain("415-555-2671", None)
    'n:4155552671'
    >>> read_plain("020 7123 4567 ext. 3", "GB") is None
    True
    """
    digits = text.translate(_PUNCTUATION) if len(text) <= _LONGEST else ""
    if digits[:1] == "+":
        return _international(digits[1:])
    if not digits.isdigit() or not digits.isascii():
        return None
    if region is None:
        return f"n:{digits}" if 6 <= len(digits) <= 15 and not is_filler(digits) else None
    return _domestic(digits, plan_of(region))


def _international(digits: str) -> str | None:
    if not digits.isdigit() or not digits.isascii():
        return None
    plan = _plan_for(digits)
    national = plan.without_trunk(digits[len(plan.code) :]) if plan else None
    if plan and national and plan.fits(national):
        return f"+{plan.code}{national}"
    return None


def _domestic(digits: str, plan: Plan) -> str | None:
    if plan.abroad.match(digits):
        return None
    if digits.startswith(plan.code) and not plan.has(digits):
        national: str | None = digits[len(plan.code) :]  # +44 20 ... without its plus sign
    else:
        national = plan.without_trunk(digits)
    # A region that shares its code (Guernsey, Canada) is read by the plan of the main one later.
    main = plan_of(_MAIN_REGION[plan.code])
    if national and plan.fits(national) and (main is plan or main.fits(national)):
        return f"+{plan.code}{national}"
    return None


def _plan_for(digits: str) -> Plan | None:
    """The main plan of the country whose code these digits start with; no code starts another."""
    for length in (1, 2, 3):
        region = _MAIN_REGION.get(digits[:length])
        if region:
            return plan_of(region)
    return None
