"""Taking out of an address what has a form of its own: flats, country, postal code, region."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from .address_words import NUMBER_WORDS, countries, ending, regions, shorten, streets, tidy
from .reference import load

HOUSE_NUMBER: Final = re.compile(r"[0-9]+[a-z]?(?:-[0-9]+[a-z]?)?|[0-9]+/[0-9]+")


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken out of an address, and the lines that are left, in their order."""

    lines: tuple[tuple[str, ...], ...]
    units: tuple[str, ...]
    region: str | None
    postal_code: str | None
    country: str | None

    def left(self) -> list[str]:
        """The words that are left, in their short forms."""
        return shorten(word for line in self.lines for word in line)

    def words(self) -> list[str]:
        """The whole address as it compares: one order for all writings."""
        region = self.region if self.country in {"US", "CA"} else None  # a county may be left out
        code = self.postal_code
        if code and self.country == "US":
            code = code[:5]
        tail = filter(None, (region, code))
        return [*(f"#{unit}" for unit in self.units), *self.left(), *tail]

    def is_abroad(self) -> bool:
        """Whether nothing shows that this is one of the countries whose addresses we know."""
        return self.country not in {"US", "GB", "CA"}

    def is_final(self) -> bool:
        """Whether taking ``words`` apart again is sure to give ``words``: true of most addresses.

        With a postal code (and a state) at its end a text can be read in one way only, unless the
        short forms have made another flat or county of what is left.
        """
        left = self.left()
        if not self.postal_code or not _moving_words().isdisjoint(left):
            return False
        if self.country == "GB":
            return ending(left, regions("GB"))[1] is None
        return self.region is not None and not (left and "-" in left[0])


def take_apart(address: str, assumed: str | None = None) -> Taken:
    """Take everything with a form of its own out of an address in plain letters.

    >>> taken = take_apart("flat 2,10 high street,worthing,west sussex bn11 1aa")
    >>> taken.units, taken.lines, taken.region, taken.postal_code, taken.country
    (('2',), (('10', 'high', 'street'), ('worthing',)), 'west sussex', 'bn11 1aa', 'GB')
    """
    text, units = _units(_PO_BOX.sub("po box ", address))
    text, named = _country(text)
    text, code, country = _postal_code(text, named or _country_of_region(text) or assumed)
    text, region = _region(text, code, country)
    lines, more = _loose_unit([line.split() for line in text.split(",")], country)
    return Taken(tuple(map(tuple, filter(None, lines))), (*units, *more), region, code, country)


_PO_BOX: Final = re.compile(r"\b(?:p o|po|post office) box[ ,#]+(?=[a-z0-9])")
_ALONE: Final = r"(?<![a-z0-9/#-]){}(?![a-z0-9/-])"


@cache
def _unit_words() -> frozenset[str]:
    units = load("streets")["units"]
    return frozenset(word for words in units.values() for word in words)


@cache
def _moving_words() -> frozenset[str]:
    return _unit_words() | NUMBER_WORDS


@cache
def _unit_pattern() -> re.Pattern[str]:
    units = load("streets")["units"]
    flats, named, floors = ("|".join(units[kind]) for kind in ("always", "named", "floors"))
    behind = "|".join(rf"(?<= {word} )" for word in sorted(streets()))
    value = "[0-9]{1,5}[a-z]?|[a-z][0-9]{1,4}|[a-z]|[0-9]+[-/][0-9]+"
    forms = (
        rf"(?:{flats}|(?={named})(?:(?<![a-z] )|{behind})(?:{named}))[ ,]+#?(?P<flat>{value})",
        rf"(?:{floors})[ ,]+#?(?P<floor>[0-9]{{1,2}})",
        rf"(?P<nth>[0-9]{{1,2}})(?:st|nd|rd|th)[ ,]+(?:{floors})",
        r"(?P<top>penthouse)",
    )
    sign = r"#(?P<sign>[a-z0-9]+(?:[-/][a-z0-9]+)*)"
    return re.compile(sign + "|" + _ALONE.format("(?:" + "|".join(forms) + ")"))


def _units(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its flats, each of which ends a line, and their numbers."""
    if "#" not in text and _unit_words().isdisjoint(text.replace(",", " ").split()):
        return text, ()
    units: list[str] = []

    def take(found: re.Match[str]) -> str:
        floor = found["floor"] or found["nth"]
        units.append(found["flat"] or found["sign"] or (f"fl{int(floor)}" if floor else "ph"))
        return ","

    return tidy(_unit_pattern().sub(take, text)), tuple(units)


def _country(text: str) -> tuple[str, str | None]:
    """The text without names of countries: on a line of their own, or behind a postal code."""
    lines = text.split(",")
    named = [countries()[line] for line in lines[1:] if line in countries()]
    text = ",".join([*lines[:1], *(line for line in lines[1:] if line not in countries())])
    shorter, country = _cut(text, countries())
    if country and _ends_with_code(shorter):
        return shorter, country
    return text, named[-1] if named else None


def _country_of_region(text: str) -> str | None:
    """The country whose state or province ends the last of several lines, or whose county it is."""
    line = text.rpartition(",")[2]
    if line == text or any(map(str.isdigit, line)):
        return None
    if line in regions("GB"):
        return "GB"
    return next((code for code in ("US", "CA") if _cut(line, regions(code))[1]), None)


def _cut(text: str, names: dict[str, str]) -> tuple[str, str | None]:
    """The text without the name that ends it, if one does, and what the name stands for."""
    words = text.replace(",", " ").split()
    left, name = ending(words, names)
    for _ in range(len(words) - len(left)):
        text = _LAST_WORD.sub("", text)
    return text, name


_LAST_WORD: Final = re.compile(r"[ ,]*[^ ,]+$")
_ZIP: Final = re.compile(r"(?<![^ ,])([0-9]{5})(?:-([0-9]{4}))?$")
_ZIP_9: Final = re.compile(r"(?<![^ ,])([0-9]{5})([0-9]{4})$")
_UK: Final = re.compile(
    _ALONE.format(
        r"(?:([a-z]{1,2})([0-9][a-z0-9]?)[ ,]*([0-9][a-z]{2})"
        r"|(gir)[ ,]*(0aa)|(bfpo)[ ,]*([0-9]{1,4}))"
    )
)
_CANADA: Final = re.compile(
    _ALONE.format("([abceghj-nprstvxy][0-9][abceghj-nprstv-z])[ ,]*([0-9][abceghj-nprstv-z][0-9])")
)
_ORDINAL: Final = re.compile("1st|2nd|3rd|[0-9]th")


@cache
def _postcode_areas() -> frozenset[str]:
    return frozenset(load("regions")["postcodes"]["areas"])


def _british(text: str) -> re.Match[str] | None:
    """The last British postcode; "b2 3rd" is a flat and a street unless it ends the text."""
    last = None
    for found in _UK.finditer(text):
        area, inward = found[1], found[3]
        street = inward and _ORDINAL.fullmatch(inward) and found.end() < len(text)
        if not area or (area in _postcode_areas() and not street):
            last = found
    return last


def _canadian(text: str) -> re.Match[str] | None:
    last = None
    for last in _CANADA.finditer(text):  # noqa: B007  # the last one counts
        pass
    return last


def _ends_with_code(text: str) -> bool:
    found = _ZIP.search(text) or _british(text) or _canadian(text)
    return found is not None and found.end() == len(text)


def _postal_code(text: str, country: str | None) -> tuple[str, str | None, str | None]:
    """The text without its postal code, the code, and the country that it shows."""
    zip_code = _ZIP.search(text)
    if zip_code and (country == "US" or _cut(text[: zip_code.start()], regions("US"))[1]):
        country = "US"
    elif found := _british(text):
        outward = "".join(filter(None, (found[1], found[2], found[4], found[6])))
        return _without(text, found), f"{outward} {found[3] or found[5] or found[7]}", "GB"
    elif found := _canadian(text):
        return _without(text, found), f"{found[1]} {found[2]}", "CA"
    zip_code = zip_code or _ZIP_9.search(text)
    if country == "US" and zip_code and not text[: zip_code.start()].endswith("po box "):
        return _without(text, zip_code), "-".join(filter(None, zip_code.groups())), "US"
    return text, None, country


def _without(text: str, found: re.Match[str]) -> str:
    return tidy(f"{text[: found.start()]},{text[found.end() :]}")


def _region(text: str, code: str | None, country: str | None) -> tuple[str, str | None]:
    """The text without the state, province or county that ends it."""
    if country == "GB":
        return _county(text) if code else (text, None)
    # Without a postal code, "5th Ave NE" is no street in Nebraska: a line of its own is asked for.
    certain = code or ("," in text and not re.search("[0-9]", text.rpartition(",")[2]))
    if country not in {"US", "CA"} or not certain:
        return text, None
    left, region = _cut(text, regions(country))
    name = text[len(left) :].strip(" ,")
    if name == "washington" and code and code.startswith("20"):
        return text, "dc"  # the city: ZIP codes of the state begin with 98 and 99
    is_city = name in {"new york", "quebec"} and text.endswith("," + name) and "," not in left
    return (text, region) if is_city else (left, region)


def _county(text: str) -> tuple[str, str | None]:
    """The text without counties: an address is complete without one, and may have had two."""
    region = None
    while True:
        left, county = _cut(text, regions("GB"))
        if not county or not left:
            return text, region
        text, region = left, region or county


def _loose_unit(
    lines: list[list[str]], country: str | None
) -> tuple[list[list[str]], tuple[str, ...]]:
    """The lines without a flat's number that has no word before it, and that number."""
    first = lines[0]
    if len(first) == 1 and len(lines) > 1 and HOUSE_NUMBER.fullmatch(lines[1][0]):
        return (lines[1:], (first[0],)) if _LOOSE.fullmatch(first[0]) else (lines, ())
    if country == "CA" and len(first) > 1 and _CANADIAN_UNIT.fullmatch(first[0]):
        unit, number = first[0].split("-")  # Canada Post: 1204-350 is flat 1204 of number 350
        return [[number, *first[1:]], *lines[1:]], (unit,)
    return lines, ()


_LOOSE: Final = re.compile("[0-9]{1,4}[a-z]?|[a-z][0-9]{0,3}|[0-9]+/[0-9]+")
_CANADIAN_UNIT: Final = re.compile("[0-9]+-[0-9]+")
