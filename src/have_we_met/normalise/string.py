"""Text of any other kind, such as a company or a town, as it compares."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from anyascii import anyascii
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from .text import clean, compose, fold, is_apostrophe

_PLAIN: Final = re.compile("[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
# No "&" and no dot to read anything into: one behind two letters ("Inc.") parts no initials.
_LATIN: Final = re.compile(r"(?:[A-Za-z0-9À-ÖØ-öø-ƿ ,'’/-]|(?<=[A-Za-z]{2})\.)+")
_INITIALS: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.)+[^\W\d_](?![^\W_])\.?")
_ROUNDS: Final = 4  # in practice two; a bound, so that nothing can turn for ever


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class StringNormaliser:
    """General text, folded: small letters ``a-z``, digits and single spaces.

    "&" is read as "and", so that Johnson & Johnson and Johnson and Johnson are one; the dots
    between initials join them (I.B.M. is "ibm"), apostrophes vanish, and all other punctuation
    parts words. Each option changes one of these:

    * ``case``: capitals and small letters stay apart.
    * ``accents``: accents and scripts stay as they are written. The result is then not ASCII, and
      engines that count bytes compare it differently from those that count characters.
    * ``punctuation``: punctuation stays, and nothing is read into it.
    * ``alphanumeric``: letters and digits alone, in one piece ("AB-12 3" is "ab123").
    * ``numeric``: decimal digits alone, of any script.

    >>> StringNormaliser()("AT&T  Corp."), StringNormaliser()("J.P. Morgan")
    ('at and t corp', 'jp morgan')
    >>> StringNormaliser(case=True, accents=True)("Café Łódź")
    'Café Łódź'
    >>> StringNormaliser(alphanumeric=True)("ab-12 3"), StringNormaliser(numeric=True)("ab-12 3")
    ('ab123', '123')
    """

    case: bool = False
    accents: bool = False
    punctuation: bool = False
    alphanumeric: bool = False
    numeric: bool = False

    def __post_init__(self) -> None:
        if self.punctuation and (self.alphanumeric or self.numeric):
            raise ValueError("punctuation cannot be kept among letters and digits alone")

    def __call__(self, value: object) -> str | None:
        """The canonical text, or ``None`` where there is none."""
        plain = self._plain(value) if type(value) is str and not self.numeric else None
        if plain is None:
            return self.full(value)
        return plain.replace(" ", "") if self.alphanumeric else plain

    def _plain(self, value: str) -> str | None:
        if _PLAIN.fullmatch(value):
            return value if self.case else value.lower()
        only_folds = not (self.case or self.accents or self.punctuation)
        return fold(value) or None if only_folds and _LATIN.fullmatch(value) else None

    def full(self, value: object) -> str | None:
        """The road for every value, which the short cut of a call must agree with."""
        text = clean(value)
        if text is None:
            return None
        if self.numeric:
            return _digits(text) or None
        for _ in range(_ROUNDS):  # composing and folding case bring each other work
            before, text = text, self._once(text)
            if text == before:
                break
        return text or None

    def _once(self, text: str) -> str:
        text = compose(text)
        if not self.punctuation:
            text = _INITIALS.sub(_without_dots, text.replace("&", " and "))
        if not self.case:
            text = text.casefold()
        spaced = "".join(map(self._character, text))
        return compose(("" if self.alphanumeric else " ").join(spaced.split()))

    def _character(self, character: str) -> str:
        if character.isspace():
            return " "
        kind = unicodedata.category(character)[0]
        if character.isalnum() or kind == "M":
            return character if self.accents else _in_ascii(character)
        if self.punctuation:
            return character if self.accents else anyascii(character)
        return "" if kind == "C" or is_apostrophe(character) else " "


def _in_ascii(letter: str) -> str:
    folded = fold(letter)
    return folded.upper() if letter.isupper() else folded


def _without_dots(initials: re.Match[str]) -> str:
    return initials[0].replace(".", "")


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) for c in compose(text) if c.isdecimal())
