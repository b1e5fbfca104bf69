"""Postal addresses in parts: the United States, the United Kingdom, Canada, and the rest roughly.

First everything with a form of its own is taken out (``address_take``); what is left is street and
town, in that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .address_take import HOUSE_NUMBER, Taken, take_apart
from .address_words import (
    lone_streets,
    places,
    plain,
    says_nothing,
    short_directions,
    shorten,
    streets,
)
from .text import clean

LONGEST: Final = 500
"""Characters of an address. A longer text is a letter, or an attempt to keep the parser busy."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """The parts of one address, each as it compares: small ASCII letters, short forms of words.

    ``country`` is the code of ISO 3166 (``US``); ``region`` the code of a state or province
    (``il``) or the name of a county. A ZIP code may have its four further digits (``62701-1234``).
    """

    unit: str | None = None
    number: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None


def parse_address(text: str, country: str | None = None) -> PostalAddress | None:
    """The parts of an address, with or without commas; ``None`` where there are none.

    ``country`` (``US``, ``GB``, ``CA``) is assumed where neither a postal code nor the name of a
    country or state says otherwise. What stands between street and town (a district, a village) or
    before the street's number (the name of a house) is in no part.

    >>> parse_address("Apt 4B, 12 North Main Street, Springfield, Illinois 62701-1234")
    PostalAddress(unit='4b', number='12', street='n main st', city='springfield', region='il',
                  postal_code='62701-1234', country='US')
    >>> parse_address("221b Baker Street London NW1 6XE")
    PostalAddress(unit=None, number='221b', street='baker st', city='london', region=None,
                  postal_code='nw1 6xe', country='GB')
    """
    cleaned = clean(text)
    if cleaned is None or len(cleaned) > LONGEST or says_nothing(cleaned):
        return None
    address = parts_of(take_apart(plain(cleaned), country))
    return None if address == PostalAddress() else address


def parts_of(taken: Taken) -> PostalAddress:
    """The parts of an address from which all but street and town has been taken."""
    lines, code = [list(line) for line in taken.lines], taken.postal_code
    if taken.is_abroad() and len(lines) > 1 and not code:
        lines[-1], code = code_before_town(lines[-1])
    number, street, city = _place(lines, taken.postal_code)
    if taken.is_abroad() and not number and len(street) > 1 and not _street_end(street):
        number = street.pop() if HOUSE_NUMBER.fullmatch(street[-1]) else None
    return PostalAddress(
        unit=" ".join(taken.units) or None,
        number=number,
        street=" ".join(shorten(street)) or None,
        city=" ".join(shorten(word for word in city if word.isalpha())) or None,
        region=taken.region,
        postal_code=code,
        country=taken.country,
    )


def code_before_town(line: list[str]) -> tuple[list[str], str | None]:
    """A last line such as "10115 Berlin" or "1012 AB Amsterdam" without its code, and the code."""
    if len(line) < 2 or not line[0].isdigit() or not 4 <= len(line[0]) <= 6 or _street_end(line):
        return line, None
    length = 2 if len(line) > 2 and len(line[0]) == 4 and len(line[1]) == 2 else 1
    return line[length:], " ".join(line[:length])


_Place = tuple[str | None, list[str], list[str]]


def _place(lines: list[list[str]], code: str | None) -> _Place:
    """Number, street and town of the lines that are left."""
    if len(lines) > 1:
        return _of_lines(lines)
    number, words = _number(lines[0]) if lines else (None, [])
    end = _street_end(words)
    if number or words[:2] == ["po", "box"] or (code and end):
        return number, words[: end or None], words[end:] if end else []
    # One line without a number: with a postal code it is the town, alone it is a street.
    return (None, [], words) if code else (None, words, [])


def _of_lines(lines: list[list[str]]) -> _Place:
    start = next((index for index, line in enumerate(lines) if _has_street(line)), 0)
    number, words = _number(lines[start])
    rest = lines[start + 1 :]
    if not words and rest:  # 10, High Street, London
        words, rest = rest[0], rest[1:]
    if rest:
        return number, words, rest[-1]
    end = _street_end(words) or len(words)
    return number, words[:end], words[end:]


def _has_street(line: list[str]) -> bool:
    return bool(HOUSE_NUMBER.fullmatch(line[0]) or _street_end(line))


def _number(line: list[str]) -> tuple[str | None, list[str]]:
    """The house number in front, and the rest; the 400 of "123 400 South" is the street."""
    length = 0
    while length < len(line) and HOUSE_NUMBER.fullmatch(line[length]):
        length += 1
    if length and shorten(line[length:]) in _COMPASS:
        length -= 1
    return " ".join(line[:length]) or None, line[length:]


_COMPASS = [["e"], ["n"], ["ne"], ["nw"], ["s"], ["se"], ["sw"], ["w"]]
_NUMBERED = frozenset({"highway", "hwy", "rd", "road", "route", "rt", "rte"})


def _street_end(words: list[str]) -> int:
    """How many of these words are the street, as far as its words tell; 0 where they do not."""
    if words[:2] == ["po", "box"]:
        return 3
    end = _named_end(words)
    if 0 < end < len(words) and words[end - 1] in _NUMBERED and words[end].isdigit():
        end += 1
    while 0 < end < len(words) and words[end] in short_directions():
        end += 1
    return end


def _named_end(words: list[str]) -> int:
    if words and (words[0] in lone_streets() or _is_numbered(words)):
        return 1
    for index in range(1, len(words)):
        word, after = words[index], words[index + 1 : index + 2]
        if word in streets() and not _is_saint(words, index):
            return index + 1
        if word in places() and not (streets() | places()).intersection(after):
            return index + 1
    return 0


def _is_numbered(words: list[str]) -> bool:
    return words[0] in _NUMBERED and len(words) > 1 and words[1].isdigit()


def _is_saint(words: list[str], index: int) -> bool:
    """Whether this "st" is no street: 10 Old St Pauls Road, but not 100 Main St St Louis."""
    if words[index] == "saint":
        return True
    return words[index] == "st" and not streets().isdisjoint(words[index + 2 : index + 4])
