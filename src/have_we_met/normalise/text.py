"""Plain text: from any value to clean text, and from any script to letters that compare.

``clean`` is what every normaliser does first, ``fold`` what most of them do last. Folded text holds
only ``a-z``, ``0-9`` and single spaces, so that every engine which compares it (C++, DuckDB, Spark)
sees the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, time
from enum import Enum
from numbers import Number
from typing import Final
from uuid import UUID

from anyascii import anyascii

_SCALARS: Final = (Number, date, time, UUID)
_EXACT_FLOAT: Final = 2.0**53  # from here on neighbouring whole numbers share one float

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters that are not white space
    "\ud800-\udfff"  # halves of a surrogate pair: no database takes them
    "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"  # left behind by copy & paste
)


def clean(value: object) -> str | None:
    """The text of a value without what nobody sees; ``None`` where nothing was said.

    Text is stripped; control characters, halves of surrogate pairs and invisible marks of direction
    are dropped (line breaks and tabs inside stay). Numbers, dates, UUIDs and enum members are
    written out, bytes are read as UTF-8. A whole ``float`` loses its ``.0``, since a column of
    numbers with gaps often arrives as floats. NaN, NaT and everything that is not a single value
    (a list, an object) is ``None``.

    >>> clean("  Ada\\x00 Lovelace ")
    'Ada Lovelace'
    >>> clean(4155552671.0)
    '4155552671'
    >>> clean(" ") is None
    True
    """
    text = value if type(value) is str else _written(value)
    if text is None:
        return None
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return text.strip() or None


def _written(value: object) -> str | None:
    if isinstance(value, Enum):
        return _written(value.value)
    if isinstance(value, str):  # a subclass may print itself as something else
        return str.__str__(value)
    if isinstance(value, bytes):
        return _decoded(value)
    return _spelled(value) if isinstance(value, _SCALARS) else None


def _decoded(value: bytes) -> str | None:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _spelled(value: object) -> str | None:
    try:
        if value != value:  # NaN and NaT alone differ from themselves
            return None
        if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
            return str(int(value))
        return str(value)
    except Exception:  # noqa: BLE001  # 4,300 digits, a signalling NaN, a class that cannot print
        return None


_APOSTROPHES: Final = "'`´‘’‛′‵＇｀՚׳״\u0384\u1fbd\u1fbf\u1ffd\u1ffe"
_DROPPED: Final = dict.fromkeys(map(ord, _APOSTROPHES))


def is_apostrophe(character: str) -> bool:
    """Whether the character is one of the many that people type for an apostrophe."""
    return character in _APOSTROPHES


def fold(text: str) -> str:
    """Letters and digits as they compare: ``a-z``, ``0-9`` and single spaces, nothing else.

    Case, accents and scripts go (through Unicode NFKC, case folding and the tables of anyascii).
    Apostrophes of all kinds vanish, so that O’Brien and OBrien are one word; hyphens and all other
    punctuation part words. Folding twice is folding once. Text without letters gives ``""``.

    Neighbouring letters of scripts that write no spaces stay one word: 小龙 is "xiaolong", because
    that is how the same person spells the given name in Latin letters ("Xiaolong"). Where a full
    name parts into surname and given name is for the name parser to know.

    >>> fold("Jean-Luc  O’Brien")
    'jean luc obrien'
    >>> fold("Łódź"), fold("Ελένη"), fold("小龙")
    ('lodz', 'eleni', 'xiaolong')
    """
    if text.isascii():
        return " ".join(text.lower().translate(_FOLDED).split())
    return fold_unicode(text)


def fold_unicode(text: str) -> str:
    """The road of ``fold`` for text of any script; equal to it for ASCII, and slower."""
    composed = compose(text.translate(_DROPPED)).casefold()
    return " ".join(composed.translate(_FOLDED).split())


_ORDINARY: Final = 256
_MOST_MARKS: Final = 30  # on one letter, as in Unicode's stream-safe text format (UAX #15)
# Tibetan vowels and Japanese voicing marks that are combining marks only once they are taken apart.
_MARKS_IN_DISGUISE: Final = "\u0f73\u0f75\u0f81\uff9e\uff9f"


def compose(text: str) -> str:
    """Unicode NFKC, in time linear in the length of the text.

    The standard library sorts the marks on a letter by insertion, and takes 20 seconds for 160,000
    of them. So in long text a letter keeps its first thirty marks, which no language exceeds.

    >>> compose("ﬁn") == "fin"
    True
    """
    thinned = text if len(text) <= _ORDINARY else "".join(_thinned(text))
    return unicodedata.normalize("NFKC", thinned)


def _thinned(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        is_mark = unicodedata.combining(character) or character in _MARKS_IN_DISGUISE
        marks = marks + 1 if is_mark else 0
        if marks <= _MOST_MARKS:
            yield character


class _Folded(dict[int, str]):
    """From the number of a character to its folded text, worked out when first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kind = unicodedata.category(character)[0]
        folded = _fold_character(character, kind)
        if kind != "C":  # nine in ten code points are no character: those are not worth keeping
            self[code] = folded
        return folded


def _fold_character(character: str, kind: str) -> str:
    if character in _APOSTROPHES:
        return ""
    if character.isalnum() or kind == "M":
        return _letters_of(character)
    return "" if kind == "C" and not character.isspace() else " "


_NOT_FOLDED: Final = re.compile("[^a-z0-9 ]")  # such as the "'" that stands for a soft sign

# To anyascii alef and ayin are apostrophes or nothing. As "a" they keep أحمد ("ahmd") near Ahmed,
# and alef with or without its hamza, or yeh with or without its dots, are the same letter.
_SEMITIC: Final = dict.fromkeys("اأإآٱعאע", "a") | {"ى": "y"}


def _letters_of(character: str) -> str:
    if character in _SEMITIC:
        return _SEMITIC[character]
    letters = _NOT_FOLDED.sub("", anyascii(character).lower())
    if not letters and unicodedata.name(character, "").startswith("CJK"):
        return f"u{ord(character):x}"  # a rare ideograph: no reading known, but not nothing
    return letters


_FOLDED: Final = _Folded()
