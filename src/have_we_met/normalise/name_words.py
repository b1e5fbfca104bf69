"""Which words around a name are titles and suffixes, and where the name itself begins and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from .reference import load
from .text import fold


class Wrapped(NamedTuple):
    """Words parted into titles, name and suffixes; put together again they are the words given."""

    titles: tuple[str, ...]
    name: tuple[str, ...]
    suffixes: tuple[str, ...]


class _Words(NamedTuple):
    titles: frozenset[str]
    sometimes_titles: frozenset[str]
    subjects: frozenset[str]
    suffixes: frozenset[str]
    suffixes_after_two: frozenset[str]
    suffixes_in_capitals: frozenset[str]


@cache
def _known() -> _Words:
    titles, suffixes = load("titles")["titles"], load("titles")["suffixes"]
    return _Words(
        titles=frozenset(titles["always"]),
        sometimes_titles=frozenset(titles["sometimes"]),
        subjects=frozenset(titles["subjects"]),
        suffixes=frozenset(suffixes["always"]),
        suffixes_after_two=frozenset(suffixes["after_two"]),
        suffixes_in_capitals=frozenset(suffixes["capitals"]),
    )


@cache
def title_words() -> frozenset[str]:
    """Every word that can be a title, as ``word_key`` spells it."""
    return _known().titles | _known().sometimes_titles


@cache
def suffix_words() -> frozenset[str]:
    """Every word that can be a suffix, as ``word_key`` spells it."""
    known = _known()
    return known.suffixes | known.suffixes_after_two | known.suffixes_in_capitals


def word_key(word: str) -> str:
    """How a word is looked up: folded, without spaces.

    >>> word_key("Ph.D."), word_key("Dr.-Ing.")
    ('phd', 'dring')
    """
    return fold(word).replace(" ", "")


def unwrap(words: Sequence[str], *, before: int = 0) -> Wrapped:
    """Take titles off the front and suffixes off the end; at least one word of name is left.

    ``before`` counts words of the name that are known to stand in front of these (one for the words
    of a last name), since some suffixes are only believed behind two words of name.

    >>> unwrap(["Dr.", "John", "Smith", "MA"])
    Wrapped(titles=('Dr.',), name=('John', 'Smith'), suffixes=('MA',))
    >>> unwrap(["Jack", "Ma"]).name, unwrap(["Hon", "Lee"]).name
    (('Jack', 'Ma'), ('Hon', 'Lee'))
    """
    shouted = not any(map(_has_small_letter, words))
    start, end = 0, len(words)
    while True:
        first = _after_titles(words, start, end)
        last = _before_suffixes(words, first, end, before=before, shouted=shouted)
        if last - first > 1 and _is_sometimes_title(words[first], last - first - 1):
            first += 1
        if (first, last) == (start, end):
            return Wrapped(tuple(words[:start]), tuple(words[start:end]), tuple(words[end:]))
        start, end = first, last


def are_suffixes(words: Sequence[str], before: int) -> bool:
    """Whether all of these words, which follow a comma and ``before`` words, are suffixes.

    A generation needs one word in front, a degree two and its capitals: "Smith, Jr." and
    "John Smith, MA" end a name, "Smith, Ma" begins with the last name.
    """
    return bool(words) and all(_is_suffix_after_comma(word, before) for word in words)


def are_titles(words: Sequence[str]) -> bool:
    """Whether all of these words are titles whatever they stand beside."""
    return bool(words) and all(word_key(word) in _known().titles for word in words)


def _after_titles(words: Sequence[str], start: int, end: int) -> int:
    while start < end - 1 and (
        word_key(words[start]) in _known().titles or (start and _is_subject(words[start]))
    ):
        start += 1
    return start


def _before_suffixes(
    words: Sequence[str], start: int, end: int, *, before: int, shouted: bool
) -> int:
    while end - start > 1 and _is_suffix(words[end - 1], before + end - start - 1, shouted=shouted):
        end -= 1
    return end


def _is_subject(word: str) -> bool:
    return word[-1] == "." and word.islower() and word_key(word) in _known().subjects


def _is_sometimes_title(word: str, behind: int) -> bool:
    sure = behind >= 2 or word[-1] == "."
    return sure and word_key(word) in _known().sometimes_titles


def _is_suffix(word: str, before: int, *, shouted: bool) -> bool:
    key, known = word_key(word), _known()
    if key in known.suffixes:
        return True
    if before < 2:
        return False
    return key in known.suffixes_after_two or (
        key in known.suffixes_in_capitals and (_is_dotted(word) or (word.isupper() and not shouted))
    )


def _is_suffix_after_comma(word: str, before: int) -> bool:
    key, known = word_key(word), _known()
    if key in known.suffixes or key in known.suffixes_after_two:
        return True
    in_capitals = word.isupper() or _is_dotted(word)
    return before >= 2 and in_capitals and key in known.suffixes_in_capitals


def _has_small_letter(word: str) -> bool:
    return word != word.upper()


_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}\.?")  # M.A., B.Sc


def _is_dotted(word: str) -> bool:
    return _DOTTED.fullmatch(word) is not None
