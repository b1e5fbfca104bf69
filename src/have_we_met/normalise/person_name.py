"""The parts of a name that was written in one piece.

What a name's words are is often for its bearer alone to know; the rules below are the ones that are
right more often than not, and each leaves a word in the name rather than losing it:

* "Last, First" is turned round; after any further comma stand suffixes.
* Titles in front and suffixes behind are taken off by ``name_words.unwrap``.
* The surname is the last word, with the particles before it (van der Berg, de la Vega, bin Ali), a
  surname joined by "y" (Ortega y Gasset), or a frequent Spanish surname before it (García Márquez).
* María del Carmen and her sisters are one given name.
* A patronymic in Cyrillic letters tells a surname that stands first (Иванов Иван Иванович).
* Brackets and quotation marks hold a nickname, and are left out.
* Names in Chinese, Japanese and Korean script: see ``east_asian``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from .east_asian import part_east_asian
from .name_words import Wrapped, are_suffixes, are_titles, unwrap, word_key
from .reference import load
from .text import clean


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in parts, in the script and case in which it was written."""

    title: str | None = None
    first: str | None = None
    middle: str | None = None
    last: str | None = None
    suffix: str | None = None
    family_first: bool = False
    """Whether the last name is spoken first, as in 李小龙."""

    @property
    def spoken(self) -> tuple[str, ...]:
        """First, middle and last name, where there are such, in the order of speech."""
        given, family = (self.first, self.middle), (self.last,)
        parts = family + given if self.family_first else given + family
        return tuple(part for part in parts if part is not None)


def parse_name(text: object) -> PersonName | None:
    """Part a name that was written in one piece; ``None`` where there is no name.

    A word alone is the first name, or the last name if a title stands before it.

    >>> parse_name("Dr. Ludwig van der Berg Jr.")
    PersonName(title='Dr.', first='Ludwig', middle=None, last='van der Berg', suffix='Jr.',
               family_first=False)
    >>> parse_name("García Márquez, Gabriel").last
    'García Márquez'
    >>> parse_name("李小龙").last
    '李'
    """
    cleaned = clean(text)
    if cleaned is None:
        return None
    east_asian = part_east_asian(cleaned)
    if east_asian is not None:
        return PersonName(**east_asian._asdict(), suffix=None)
    parts = comma_parts(cleaned)
    return _parse_parts(parts) if parts else None


_ASIDE: Final = re.compile(r"""\([^()]*\)|\[[^\[\]]*\]|"[^"]*"|[“„«][^“”„«»]*[”“»]""")
_COMMA: Final = re.compile("[,;،，、]")
_SPACED_DEGREE: Final = re.compile(r"\bPh\.\s+D\b\.?", re.IGNORECASE)


def comma_parts(text: str) -> list[list[str]]:
    """The words between the commas, without asides in brackets; words and parts are never empty.

    >>> comma_parts('Gates, William "Bill" H. (III)')
    [['Gates'], ['William', 'H.']]
    """
    spaced = _SPACED_DEGREE.sub("PhD", text)
    return _split(_ASIDE.sub(" ", spaced)) or _split(spaced)


_MARKS: Final = '()[]"“”„«»'


def _split(text: str) -> list[list[str]]:
    parts = (_words_of(part) for part in _COMMA.split(text))
    return [part for part in parts if part]


def _words_of(part: str) -> list[str]:
    words = (word.strip(_MARKS) for word in part.split())
    return [word for word in words if word_key(word)]


class _Sorted(NamedTuple):
    names: list[list[str]]
    titles: list[str]
    suffixes: list[str]


def sort_parts(parts: Sequence[Sequence[str]]) -> _Sorted:
    """Tell the parts which are nothing but suffixes or titles from those that hold a name.

    >>> sort_parts([["Smith"], ["Jr."], ["John"]])
    _Sorted(names=[['Smith'], ['John']], titles=[], suffixes=['Jr.'])
    """
    found = _Sorted([list(parts[0])], [], [])
    for part in parts[1:]:
        if are_suffixes(part, len(parts[0])):
            found.suffixes.extend(part)
        elif are_titles(part):
            found.titles.extend(part)
        else:
            found.names.append(list(part))
    return found


def _parse_parts(parts: Sequence[Sequence[str]]) -> PersonName:
    found = sort_parts(parts)
    if len(found.names) == 1:
        wrapped = unwrap(found.names[0])
        return _natural(wrapped, found)
    family, *rest = found.names
    return _inverted(unwrap(family), unwrap([word for part in rest for word in part]), found)


def _natural(wrapped: Wrapped, found: _Sorted) -> PersonName:
    titles = [*found.titles, *wrapped.titles]
    name = _patronymic_second(wrapped.name)
    given_end, family_start = _bounds(name, titled=bool(titles))
    return PersonName(
        title=_joined(titles),
        first=_joined(name[:given_end]),
        middle=_joined(name[given_end:family_start]),
        last=_joined(name[family_start:]),
        suffix=_joined([*wrapped.suffixes, *found.suffixes]),
    )


def _inverted(family: Wrapped, given: Wrapped, found: _Sorted) -> PersonName:
    names, particles = _loose_particles(given.name)
    given_end = _given_end(names)
    return PersonName(
        title=_joined([*found.titles, *family.titles, *given.titles]),
        first=_joined(names[:given_end]),
        middle=_joined(names[given_end:]),
        last=_joined([*particles, *family.name]),
        suffix=_joined([*family.suffixes, *given.suffixes, *found.suffixes]),
    )


def _joined(words: Sequence[str]) -> str | None:
    return " ".join(words) or None


_PATRONYMIC: Final = re.compile(r"\w+(?:[оеё]вич|[ьії]ч|[оеё]вна|[иі]чна|[ії]вна)", re.IGNORECASE)


def _patronymic_second(name: Sequence[str]) -> Sequence[str]:
    """Official Russian and Ukrainian put the surname first: Иванов Иван Иванович.

    Only in Cyrillic: in Latin letters a third word on -ovich is more often a surname.
    """
    if len(name) != 3 or not _PATRONYMIC.fullmatch(name[2]) or _PATRONYMIC.fullmatch(name[1]):
        return name
    family, first, patronymic = name
    return first, patronymic, family


def _bounds(name: Sequence[str], *, titled: bool) -> tuple[int, int]:
    """Where the first name ends and where the last name starts."""
    if len(name) == 1:
        return (0, 0) if titled else (1, 1)
    if _is_small_particle(name[0]):  # "von Trapp": no first name was given
        return 0, 0
    given_end = _given_end(name)
    return given_end, _family_start(name, given_end)


def _given_end(name: Sequence[str]) -> int:
    """The number of words in the first name: one, but for María del Carmen."""
    if word_key(name[0]) not in {"maria", "ma", "m"}:
        return 1
    start = 1
    while start < len(name) - 1 and _is_particle(name[start]):
        start += 1
    return start + 1 if start > 1 and word_key(name[start]) in _words().marian else 1


def _family_start(name: Sequence[str], given_end: int) -> int:
    last = max(given_end, len(name) - 1)
    inner = range(given_end, last)
    start = next((at for at in inner if _is_particle(name[at])), last)
    joined = (at - 1 for at in inner if at > given_end and name[at] in _words().joining)
    start = min(start, next(joined, last))
    if start > given_end and word_key(name[start - 1]) in _words().spanish:
        start -= 1
    return start


def _loose_particles(name: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Particles left behind a given name: "Beethoven, Ludwig van"."""
    end = len(name)
    while end > 1 and _is_small_particle(name[end - 1]):
        end -= 1
    return name[:end], name[end:]


def _is_particle(word: str) -> bool:
    spelled = word.casefold().replace("’", "'").rstrip(".")
    return spelled in _words().particles or word in _words().small_particles


def _is_small_particle(word: str) -> bool:
    return word.islower() and _is_particle(word)


class _NameWords(NamedTuple):
    particles: frozenset[str]
    small_particles: frozenset[str]
    joining: frozenset[str]
    spanish: frozenset[str]
    marian: frozenset[str]


@cache
def _words() -> _NameWords:
    particles, spanish = load("titles")["particles"], load("titles")["spanish"]
    return _NameWords(
        particles=frozenset(particles["any"]),
        small_particles=frozenset(particles["small"]),
        joining=frozenset(particles["joining"]),
        spanish=frozenset(spanish["surnames"]),
        marian=frozenset(spanish["marian"]),
    )
