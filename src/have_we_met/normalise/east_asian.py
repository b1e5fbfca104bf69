"""Names in Chinese, Japanese and Korean script: where the surname ends when no space says so."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from .reference import load

_HAN: Final = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HANGUL: Final = "\uac00-\ud7a3"
_KANA: Final = "\u3041-\u30fa\u30fc-\u30ff"
_DOTS: Final = "·・‧•"
_EAST_ASIAN: Final = re.compile(rf"[{_HAN}{_HANGUL}{_KANA}][{_HAN}{_HANGUL}{_KANA}{_DOTS}\s]*")
_KATAKANA: Final = re.compile("[\u30a1-\u30ff\\s]+")
_LEADING_HAN: Final = re.compile(f"[{_HAN}]{{1,3}}(?=[{_KANA}])")
_ALL_HAN: Final = re.compile(f"[{_HAN}]+")


class EastAsianName(NamedTuple):
    """The parts of one name; ``family_first`` where the last name stands first."""

    title: str | None
    first: str | None
    middle: str | None
    last: str | None
    family_first: bool


def part_east_asian(text: str) -> EastAsianName | None:
    """Part a name in Chinese, Japanese or Korean script; ``None`` for every other.

    With a space the family comes first, as with everything written natively; with a dot between
    (约翰·史密斯), or wholly in katakana, it is a foreign name in its own order. Without either the
    surname is one character (two if it is one of the known double ones, or if there are four).
    Japanese surnames of two characters before one of given name are beyond this rule.

    >>> part_east_asian("诸葛亮先生")
    EastAsianName(title='先生', first='亮', middle=None, last='诸葛', family_first=True)
    >>> part_east_asian("Bruce Lee") is None
    True
    """
    if text.isascii() or not _EAST_ASIAN.fullmatch(text):
        return None
    name, title = _without_honorific(text)
    foreign = [word for word in re.split(f"[{_DOTS}]", name) if word.strip()]
    words = name.split()
    if len(foreign) > 1 or (len(words) > 1 and _KATAKANA.fullmatch(name)):
        return _foreign(foreign if len(foreign) > 1 else words, title)
    if len(words) == 1:
        words = [part for part in _cut(words[0]) if part]
    if len(words) == 1:
        first, last = (None, words[0]) if title else (words[0], None)
        return EastAsianName(title, first, None, last, True)
    return EastAsianName(title, "".join(words[1:]), None, words[0], True)


def _foreign(words: list[str], title: str | None) -> EastAsianName:
    first, *middle, last = (word.strip() for word in words)
    return EastAsianName(title, first, " ".join(middle) or None, last, False)


def _without_honorific(text: str) -> tuple[str, str | None]:
    for honorific in _honorifics():
        name = text.removesuffix(honorific).strip(f"{_DOTS} \u3000")
        if name and name != text and text.endswith(honorific):
            return name, honorific
    return text, None


def _cut(word: str) -> tuple[str, str]:
    end = _surname_length(word)
    return word[:end], word[end:]


def _surname_length(word: str) -> int:
    kana_follows = _LEADING_HAN.match(word)
    if kana_follows:
        return kana_follows.end()
    if not 2 <= len(word) <= 4 or re.search(f"[{_KANA}]", word):
        return 0
    if word[:2] in _double_surnames():
        return 2
    return 2 if len(word) == 4 and _ALL_HAN.fullmatch(word) else 1


@cache
def _honorifics() -> tuple[str, ...]:
    """The longest first: 선생님 ends in 님."""
    return tuple(sorted(load("titles")["east_asian"]["honorifics"], key=len, reverse=True))


@cache
def _double_surnames() -> frozenset[str]:
    return frozenset(load("titles")["east_asian"]["surnames"])
