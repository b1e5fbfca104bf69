"""One question and its answer: what a person types, and whose record it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from .corrupt import CORRUPTIONS, Life, Raw, corrupted
from .draw import cumulative

LOST = "lost"
"""Stands first in the kind where neither e-mail nor phone are those on record."""

IDENTIFIERS = frozenset({"email", "phone"})

_HOW_MANY = cumulative(np.array([0.50, 0.35, 0.15]))  # one, two or three corruptions
_MAY_BE_LOST = 0.08  # of the returning may come without any identifier on record; fewer do
_TRIES = 60  # a corruption that does not apply is drawn again

_NAMES = tuple(CORRUPTIONS)
_WEIGHTS = cumulative(np.array([each.weight for each in CORRUPTIONS.values()]))

# What happens to a new person's form without making them look like somebody else.
_FORM = ("name_case", "email_case", "phone_format", "missing_company", "company_form", "nickname")
_FORM_SHARE = 0.4
_NOTHING_ELSE = Life(*[""] * 7)


@dataclass(frozen=True, slots=True)
class Query:
    """One question: what was typed, whose record it is (an id, or None), and what happened.

    ``kind`` joins with ``+`` the names of the corruptions, in order; for new people after what
    they have in common with somebody in the table, and after ``LOST`` for those whom neither e-mail
    nor phone can tell.
    """

    raw: Raw
    truth: str | None
    kind: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The parts of ``kind``.

        >>> Query({}, None, "new+name_case").kinds
        ('new', 'name_case')
        """
        return tuple(self.kind.split("+"))


@dataclass(frozen=True, slots=True)
class _Changed:
    """A record and what has happened to it: no field twice, and never both identifiers gone."""

    raw: Raw
    lost: frozenset[str]
    applied: tuple[str, ...] = ()
    touched: frozenset[str] = frozenset()

    def then(self, name: str, life: Life, rng: Generator) -> _Changed:
        """The record after one more corruption; as it is, where that is not to be."""
        each = CORRUPTIONS[name]
        if not self.touched.isdisjoint(each.touches):
            return self
        raw = corrupted(self.raw, name, life, rng)
        if raw is None or not any(raw[field] for field in IDENTIFIERS):
            return self
        return _Changed(
            raw=raw,
            lost=self.lost | each.loses,
            applied=(*self.applied, name),
            touched=self.touched | each.touches,
        )


def returning(raw: Raw, life: Life, truth: str, rng: Generator) -> Query:
    """The question of somebody in the table who comes back with one to three changes."""
    wanted = 1 + int(np.searchsorted(_HOW_MANY, rng.random(), side="right"))
    may_be_lost = rng.random() < _MAY_BE_LOST
    now = _Changed(raw, frozenset(f for f in IDENTIFIERS if not raw[f]))
    for _ in range(_TRIES):
        if len(now.applied) == wanted:
            break
        name = _NAMES[int(np.searchsorted(_WEIGHTS, rng.random(), side="right"))]
        after = now.then(name, life, rng)
        if may_be_lost or after.lost < IDENTIFIERS:
            now = after
    kinds = (LOST, *now.applied) if now.lost == IDENTIFIERS else now.applied
    return Query(now.raw, truth, "+".join(kinds))


def arriving(raw: Raw, kind: str, rng: Generator) -> Query:
    """The question of somebody who is not in the table; the form may be written carelessly."""
    careless = rng.random() < _FORM_SHARE
    name = _FORM[int(rng.random() * len(_FORM))]
    after = corrupted(raw, name, _NOTHING_ELSE, rng) if careless else None
    return Query(raw, None, kind) if after is None else Query(after, None, f"{kind}+{name}")
