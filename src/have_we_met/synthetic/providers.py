"""Where people get mail: the free-mail providers of the world and of each country, and employers.

The names of the providers are real, since the skew is the point: a third of all addresses is at
one of them. A local part made of two names may therefore be somebody's; nothing here is ever to be
written to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from .companies import NOBODY, companies
from .draw import Dice, Floats, Index, Texts, cumulative, texts
from .tables import MAIL

GMAIL = 0

WORLD: dict[str, float] = dict(MAIL["world"])
LOCAL: dict[str, list[str]] = MAIL["local"]
ELSEWHERE: list[str] = MAIL["elsewhere"]
FREE = tuple(dict.fromkeys((*WORLD, *ELSEWHERE, *(d for local in LOCAL.values() for d in local))))

_SHARES: Floats = cumulative(np.array([*WORLD.values(), 1.0 - sum(WORLD.values())]))


@dataclass(frozen=True, slots=True)
class Domains:
    """All mail domains: the free ones, then those of the companies by rank."""

    text: Texts
    local: Index  # shape (languages, most providers): rows of ``text``, repeated to fill

    def draw(self, dice: Dice, index: Index, language: Index, employer: Index) -> Index:
        """A row of ``text`` for each mailbox: the employer's, or a provider's."""
        world = dice.pick("provider", index, _SHARES)
        column = dice.below("local provider", index, self.local.shape[1])
        private = np.where(world < len(WORLD), world, self.local[language, column])
        return np.where(employer == NOBODY, private, len(FREE) + employer)


@cache
def domains(languages: tuple[str, ...]) -> Domains:
    """The domains that people of these languages have mail at."""
    local = [LOCAL.get(language, ELSEWHERE) for language in languages]
    width = 30  # every length above divides it, so repeating keeps the shares equal
    rows = [[FREE.index(each[n % len(each)]) for n in range(width)] for each in local]
    return Domains(texts([*FREE, *companies().domain]), np.array(rows, dtype=np.int64))
