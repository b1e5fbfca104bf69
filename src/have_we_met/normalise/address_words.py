"""The words of addresses: plain letters, and one short form for each word that has several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from anyascii import anyascii

from .reference import load
from .text import compose

_OTHER: Final = str.maketrans(
    {
        **dict.fromkeys("\u2028\u2029，、；｜", ","),
        "№": " no ",
        "¼": " 1/4",
        "½": " 1/2",
        "¾": " 3/4",
    }
)
_PLAIN: Final = {
    **dict.fromkeys(range(128), " "),
    **{code: chr(code) for code in map(ord, "abcdefghijklmnopqrstuvwxyz0123456789#,/-")},
    **dict(zip(range(ord("A"), ord("Z") + 1), "abcdefghijklmnopqrstuvwxyz", strict=True)),
    **dict.fromkeys(map(ord, "\n\r\t\v\f;|"), ","),
    **dict.fromkeys(map(ord, "'`"), ""),
    ord("&"): " and ",
}
_INITIALS: Final = re.compile(r"(?<![^\W_])(?:[A-Za-z]\.)+[A-Za-z]?(?![^\W_])")
_NUMBER_SIGN: Final = re.compile("# +")
NUMBER_WORDS: Final = frozenset({"no", "nr", "num", "number"})
_NUMBER_WORD: Final = re.compile("(?<![^ ,])(?:(?:no|nr|num|number)[ ,]+)+(?=#?[0-9])")
# A hyphen or slash says something between two numbers only: 12-14, 1/2. In 4-b it is a habit.
_JOINED: Final = re.compile(r"(?<=[0-9])[-/](?=[a-z]\b)|(?<=\b[a-z])[-/](?=[0-9])")
_PARTED: Final = re.compile(r"(?<![0-9])[-/]|[-/](?![0-9])|#(?![a-z0-9])|(?<=[a-z0-9])#")
_SIGNS: Final = re.compile("[-/#]")


def plain(text: str) -> str:
    """An address in small ASCII letters, digits and single spaces, with commas between its lines.

    A number sign stands before the word it belongs to; hyphens and slashes stay between numbers.

    >>> plain("Flat #4-B, 12-14 St. John’s Wood\\nLondon")
    'flat #4b,12-14 st johns wood,london'
    """
    if not text.isascii():
        text = anyascii(compose(text.translate(_OTHER)))
    if "." in text:
        text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    text = text.translate(_PLAIN)
    if _SIGNS.search(text):
        text = _PARTED.sub(" ", _JOINED.sub("", _NUMBER_SIGN.sub("#", text)))
    text = tidy(text)
    if not NUMBER_WORDS.isdisjoint(text.replace(",", " ").split()):
        text = _NUMBER_WORD.sub("", text)
    return text


def says_nothing(text: str) -> bool:
    """Whether a text is empty, or only fills a box: "N/A", "unknown"."""
    if len(text) > 15:
        return False
    return not text or "".join(filter(str.isalnum, text)).upper() in _fillers()


@cache
def _fillers() -> frozenset[str]:
    return frozenset(load("fillers")["words"])


def tidy(text: str) -> str:
    """Single spaces, and no empty line between two commas."""
    lines = (" ".join(line.split()) for line in text.split(","))
    return ",".join(filter(None, lines))


def shorten(words: Iterable[str]) -> list[str]:
    """Words in their short forms; "n" and "w" beside each other become "nw".

    >>> shorten("100 north west saint street".split())
    ['100', 'nw', 'st', 'st']
    """
    short: list[str] = []
    for word in map(_short, words):
        if short and short[-1] in {"n", "s"} and word in {"e", "w"}:
            short[-1] += word
        else:
            short.append(word)
    return short


def _short(word: str) -> str:
    if _ZIP_PLUS_4.fullmatch(word):
        return word[:5]  # the same house is as often written without the four digits
    if word.endswith("strasse") and word != "strasse":
        return word[:-4]  # Hauptstraße, Hauptstr.
    return _short_forms().get(word, word)


_ZIP_PLUS_4: Final = re.compile(r"[0-9]{5}-[0-9]{4}")


@cache
def _short_forms() -> dict[str, str]:
    tables = load("streets")
    rooms = ("streets", "places", "words", "directions")
    return {long: short for room in rooms for long, short in _by_variant(tables[room]).items()}


def _by_variant(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {variant: short for short, variants in table.items() for variant in [short, *variants]}


@cache
def streets() -> frozenset[str]:
    """Types of street behind which a town may follow."""
    return frozenset(_by_variant(load("streets")["streets"]))


@cache
def places() -> frozenset[str]:
    """Types of street that are part of other names as often."""
    return frozenset(_by_variant(load("streets")["places"]))


@cache
def lone_streets() -> frozenset[str]:
    """Streets without a type."""
    return frozenset(load("streets")["alone"]["streets"])


@cache
def short_directions() -> frozenset[str]:
    """Points of the compass as people shorten them: "n", "sw"."""
    return frozenset(load("streets")["directions"])


@cache
def regions(country: str) -> dict[str, str]:
    """From a name or code of a state, province or county to how it is written here."""
    return _by_variant(load("regions").get(country, {}))


@cache
def countries() -> dict[str, str]:
    """From the name of a country to its code (ISO 3166)."""
    table = load("regions")["countries"]
    return {name: code for code, names in table.items() for name in names}


def ending(words: list[str], names: Mapping[str, str]) -> tuple[list[str], str | None]:
    """Words without the longest name (of up to four words) that ends them, and what it stands for.

    >>> ending(["albany", "new", "york"], {"york": "x", "new york": "ny"})
    (['albany'], 'ny')
    """
    for length in range(min(4, len(words)), 0, -1):
        name = names.get(" ".join(words[-length:]))
        if name is not None:
            return words[:-length], name
    return words, None
