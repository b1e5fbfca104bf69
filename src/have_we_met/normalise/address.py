"""Postal addresses: one text for the many ways of writing one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as options

from .address_parse import LONGEST, PostalAddress, code_before_town, parse_address, parts_of
from .address_take import HOUSE_NUMBER, take_apart
from .address_words import plain, regions, says_nothing, shorten
from .text import clean

__all__ = ["AddressNormaliser", "PostalAddress", "parse_address"]

Component = Literal["full", "street", "number", "unit", "city", "region", "postal_code"]


@options(frozen=True, config=ConfigDict(extra="forbid"))
class AddressNormaliser:
    """An address, or one part of it, in small ASCII letters and short forms of words.

    ``full`` is the whole address in one order: flat, number, street, town, state, postal code.
    Names of countries are left out, and so is a British county beside a postcode, and the last
    four digits of a ZIP code, since the same address is as often written without.

    The other components are one part each. They take whole addresses and columns that hold the part
    alone: the city of "London" is london, the region of "Illinois" il.

    ``country`` is assumed where the text does not say; the addresses of other countries are folded
    and shortened, without their parts being known. Words that fill a box (N/A, unknown) are
    ``None``, and so is a text of more than 500 characters. Parts are found as in ``parse_address``.

    >>> AddressNormaliser()("12 North Main Street, Apt. 4B, Springfield, Illinois 62701-1234, USA")
    '#4b 12 n main st springfield il 62701'
    >>> AddressNormaliser()("12 N Main St #4b Springfield IL 62701")
    '#4b 12 n main st springfield il 62701'
    >>> AddressNormaliser(component="postal_code")("London SW1A1AA")
    'sw1a 1aa'
    """

    country: Literal["US", "GB", "CA"] | None = None
    component: Component = "full"

    def __call__(self, value: object, /) -> str | None:
        """The canonical text of one raw value."""
        if self.component == "full":
            taken = take_apart(_plain(value), self.country)
            if taken.is_final():
                return _unless_empty(" ".join(taken.words()))
        return self.full(value)

    def full(self, value: object, /) -> str | None:
        """The road for unusual values; equal to the short one where that applies."""
        read, address = _READERS[self.component], _plain(value)
        for _ in range(_ROUNDS):  # short forms may make a word that is read as something else
            before, address = address, plain(read(address, self.country) or "")
            if address == before:
                break
        return _unless_empty(address)


_ROUNDS: Final = 4


def _plain(value: object) -> str:
    text = clean(value)
    address = plain(text) if text and len(text) <= LONGEST else ""
    return address if len(address) <= LONGEST else ""


def _unless_empty(address: str) -> str | None:
    return None if len(address) > LONGEST or says_nothing(address) else address


def _full(address: str, country: str | None) -> str:
    return " ".join(take_apart(address, country).words())


def _street(address: str, country: str | None) -> str | None:
    return parts_of(take_apart(address, country)).street


def _number(address: str, country: str | None) -> str | None:
    words = address.split()
    if all(map(HOUSE_NUMBER.fullmatch, words)):
        return " ".join(words)
    return parts_of(take_apart(address, country)).number


_UNIT: Final = re.compile("#?((?=[a-z]*[0-9])[a-z0-9]+(?:[-/][0-9]+)?|[a-z]|ph)")


def _unit(address: str, country: str | None) -> str | None:
    found = [_UNIT.fullmatch(word) for word in address.split()]
    if all(found):
        return " ".join(unit[1] for unit in found if unit)
    return " ".join(take_apart(address, country).units) or None


def _city(address: str, country: str | None) -> str | None:
    if address.replace(" ", "").isalpha():
        words = address.split()
        coded = (
            country in {"US", "CA"} and len(words) > 1 and words[-1] in regions(country).values()
        )
        return " ".join(shorten(words[:-1] if coded else words))  # "Kansas City MO"
    taken = take_apart(address, country)
    city = parts_of(taken).city
    if city or not taken.lines:
        return city
    line, code = code_before_town(list(taken.lines[-1]))
    if re.search("[0-9]", address) and not (code and taken.is_abroad()):
        return None
    return " ".join(shorten(line))  # "Springfield, Illinois", "75002 Paris"


def _region(address: str, country: str | None) -> str | None:
    for place in filter(None, (country, "US", "CA", "GB")):
        if address in regions(place):
            return regions(place)[address]
    words = address.split()
    if all(map(str.isalpha, words)):
        return " ".join(shorten(words))
    return take_apart(address, country).region


_CODE: Final = re.compile("(?=.*[0-9])[a-z0-9]+(?:[ -][a-z0-9]+)?")


def _postal_code(address: str, country: str | None) -> str | None:
    taken = take_apart(address, country)
    code = taken.postal_code
    if code is None:
        code = address if len(address) <= 10 and _CODE.fullmatch(address) else None
    return None if code is None else " ".join(shorten(code.split()))


_READERS: Final[dict[Component, Callable[[str, str | None], str | None]]] = {
    "full": _full,
    "street": _street,
    "number": _number,
    "unit": _unit,
    "city": _city,
    "region": _region,
    "postal_code": _postal_code,
}
