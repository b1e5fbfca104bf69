"""Names of people, as they compare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from .name_words import suffix_words, title_words, unwrap
from .person_name import PersonName, comma_parts, parse_name, sort_parts
from .text import clean, fold

_LATIN: Final = "[A-Za-zÀ-ÖØ-öø-ƿǄ-ɏ]+"
# Words in Latin letters, or one word with hyphens: nothing in them to part. With both, a word such
# as "Ph-D" might stand at the end.
_PLAIN: Final = re.compile(f"{_LATIN}(?:['’ ]{_LATIN})*|{_LATIN}(?:-{_LATIN})+")

__all__ = ["NameNormaliser", "PersonName", "parse_name"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class NameNormaliser:
    """A name or a part of one, folded: small letters ``a-z``, digits and single spaces.

    ``component`` says what the field holds: a whole name, which is put in the order of speech
    ("Smith, John" is "john smith"), or a first, middle or last name alone, which is only relieved
    of what does not belong to it. Titles go unless ``titles`` keeps them, suffixes unless
    ``suffixes`` keeps them; but a name that is nothing else stays, since Ma and Hon are names.

    >>> NameNormaliser()("Dr. Smith-O’Brien, Seán")
    'sean smith obrien'
    >>> NameNormaliser(component="last")("Smith Jr."), NameNormaliser(component="last")("Ma")
    ('smith', 'ma')
    >>> NameNormaliser(titles=True)("Dr John Smith")
    'dr john smith'
    """

    component: Literal["full", "first", "middle", "last"] = "full"
    titles: bool = False
    suffixes: bool = False

    def __call__(self, value: object) -> str | None:
        """The folded name, or ``None`` where there is none."""
        if type(value) is str:
            if value.isascii() and value.isalpha():  # one word is a name, whatever it says
                return value.lower()
            if _PLAIN.fullmatch(value):
                folded = fold(value)
                first, _, rest = folded.partition(" ")
                if first not in title_words() and rest.rpartition(" ")[2] not in suffix_words():
                    return folded
        return self.full(value)

    def full(self, value: object) -> str | None:
        """The road for every value, which the short cut of a call must agree with."""
        text = clean(value)
        if text is None:
            return None
        pieces = self._whole(text) if self.component == "full" else self._part(text)
        # Folding may bring titles to light ("Dr-Smith"), so what is kept is looked at once more.
        return " ".join(self._kept(fold(" ".join(pieces)).split())) or None

    def _whole(self, text: str) -> Sequence[str]:
        name = parse_name(text)
        if name is None:
            return ()
        titles = name.title if self.titles else None
        suffixes = name.suffix if self.suffixes else None
        return [part for part in (titles, *name.spoken, suffixes) if part is not None]

    def _part(self, text: str) -> Sequence[str]:
        parts = comma_parts(text)
        if not parts:
            return ()
        found = sort_parts(parts)
        name = self._kept([word for part in found.names for word in part])
        titles = found.titles if self.titles else []
        return [*titles, *name, *(found.suffixes if self.suffixes else [])]

    def _kept(self, words: Sequence[str]) -> Sequence[str]:
        if not words:
            return words
        found = unwrap(words, before=1 if self.component == "last" else 0)
        titles = found.titles if self.titles else ()
        return [*titles, *found.name, *(found.suffixes if self.suffixes else ())]
