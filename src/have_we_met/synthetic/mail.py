"""Mailboxes: what a local part is made of, and who gets the plain one.

Two people get one address only where they share a mailbox. As at real providers, the first to come
is ``ana.diaz`` and the next takes a number. Addresses are compared by their codes before any is
written, so that this costs twelve bytes and less than a microsecond a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .companies import NOBODY
from .draw import Bits, Dice, Flags, Index, Texts, cumulative, mix, texts
from .names import Codes, Names, Spelling, Words
from .providers import FREE, GMAIL, domains

Part = Literal["full", "initial", "none"]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Style:
    """One way to make a local part of two names, and how common it is."""

    first: Part
    between: str
    last: Part
    private: float
    work: float
    last_first: bool = False


STYLES = (
    Style("full", ".", "full", private=0.24, work=0.46),
    Style("full", "", "full", private=0.22, work=0.06),
    Style("initial", "", "full", private=0.14, work=0.28),
    Style("full", "_", "full", private=0.07, work=0.04),
    Style("full", "", "initial", private=0.07, work=0.04),
    Style("full", "", "none", private=0.06, work=0.05),
    Style("full", "", "full", private=0.06, work=0.00, last_first=True),
    Style("full", ".", "full", private=0.05, work=0.02, last_first=True),
    Style("initial", ".", "full", private=0.04, work=0.05),
    Style("full", "", "initial", private=0.03, work=0.00, last_first=True),
    Style("none", "", "full", private=0.02, work=0.00),
)
NUMBERED = 0.42  # of private mailboxes take a number though nobody made them

_PRIVATE = cumulative(np.array([style.private for style in STYLES]))
_WORK = cumulative(np.array([style.work for style in STYLES]))
_BETWEEN = Spelling.of([style.between for style in STYLES])
# Gmail knows no underscore, and reads addresses as if they had no dots.
_BETWEEN_GMAIL = Spelling(
    texts(["." if style.between else "" for style in STYLES]), Codes.of([""] * len(STYLES))
)
_LAST_FIRST = np.array([style.last_first for style in STYLES])

UNNUMBERED = -1
_YEARS = 60  # the first numbers taken are years of birth, 1950 to 2009
_PLAIN = 900  # then three digits, then five and more: no two of these are written alike


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """A column of mailboxes, not yet written.

    ``code`` is equal for two mailboxes exactly when they would be the same but for the number;
    ``wants_number`` says who takes one in any case.
    """

    names: Names
    first: Index
    last: Index
    style: Index
    domain: Index
    code: Bits
    wants_number: Flags

    def write(self, numbers: Numbers) -> list[str]:
        """The addresses, each with its number (``UNNUMBERED`` for none)."""
        names, gmail = self.names, self.domain == GMAIL
        first = _parts(names.first, self.first, self.style, "first")
        last = _parts(names.last, self.last, self.style, "last")
        turned = _LAST_FIRST[self.style]
        between = np.where(gmail, _BETWEEN_GMAIL.text[self.style], _BETWEEN.text[self.style])
        left, right = np.where(turned, last, first), np.where(turned, first, last)
        host = domains(names.languages).text[self.domain]
        tails = _tails(numbers, self.code, self.domain >= len(FREE))
        parts = zip(left, between, right, tails, host, strict=True)
        return [f"{a}{b}{c}{n}@{at}" for a, b, c, n, at in parts]


def mailboxes(
    dice: Dice,
    names: Names,
    index: Index,
    *,
    first: Index,
    last: Index,
    language: Index,
    employer: Index,
) -> Mailboxes:
    """A mailbox for each index: at the employer, or private where that is ``NOBODY``."""
    domain = domains(names.languages).draw(dice, index, language, employer)
    private = employer == NOBODY
    style = np.where(
        private,
        dice.pick("address style", index, _PRIVATE),
        dice.pick("company's address style", employer, _WORK),
    )
    return Mailboxes(
        names=names,
        first=first,
        last=last,
        style=style,
        domain=domain,
        code=_code(names, first, last, style, domain),
        wants_number=private & dice.chance("number", index, NUMBERED),
    )


def numbering(code: Bits, wants_number: Flags) -> Numbers:
    """Who takes which number, in the order of coming; ``UNNUMBERED`` for those with none.

    Nobody's number depends on who comes later.

    >>> ana, bo = 7, 9
    >>> numbering(np.array([ana, bo, ana, ana], np.uint64), np.array([False] * 4)).tolist()
    [-1, -1, 0, 1]
    """
    takes = wants_number.copy()
    takes[~wants_number] = ordinals(code[~wants_number]) > 0
    numbers = np.full(len(code), UNNUMBERED, dtype=np.int32)
    numbers[takes] = ordinals(code[takes])
    return numbers


def ordinals(column: Bits) -> Index:
    """How many equal values stand before each value.

    >>> ordinals(np.array([5, 8, 5, 5], np.uint64)).tolist()
    [0, 0, 1, 2]
    """
    order = np.argsort(column, kind="stable")
    ordered, place = column[order], np.arange(len(column))
    starts = np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(column)]
    counted = np.empty(len(column), dtype=np.int64)
    counted[order] = place - np.maximum.accumulate(np.where(starts, place, 0))
    return counted


def number_text(ordinal: int, code: int) -> str:
    """How a private mailbox writes its number: a year of birth, later more digits.

    >>> number_text(0, 34), number_text(1, 34), number_text(60, 34), number_text(1000, 34)
    ('84', '61', '100', '11000')
    """
    if ordinal < _YEARS:
        year = 1950 + (code + 37 * ordinal) % _YEARS
        return str(year) if code >> 32 & 1 else f"{year % 100:02d}"
    return str(100 + ordinal - _YEARS if ordinal < _YEARS + _PLAIN else 10_000 + ordinal)


def _tails(numbers: Numbers, code: Bits, work: Flags) -> Texts:
    """What stands behind the names: mostly nothing; at work a plain 2, 3 and so on."""
    tails = texts([""] * len(numbers))
    for row in np.flatnonzero(numbers != UNNUMBERED).tolist():
        ordinal = int(numbers[row])
        tails[row] = str(ordinal + 2) if work[row] else number_text(ordinal, int(code[row]))
    return tails


def _rows(style: Index, which: str, part: Part) -> Flags:
    """Where the style writes this part of the first or last name."""
    return np.array([getattr(each, which) == part for each in STYLES])[style]


def _parts(words: Words, rows: Index, style: Index, which: str) -> Texts:
    """What each style writes of a name."""
    initial = np.where(_rows(style, which, "initial"), words.initial.text[rows], "")
    return np.where(_rows(style, which, "full"), words.full.text[rows], initial)


def _part_codes(words: Words, rows: Index, style: Index, which: str) -> Codes:
    """The codes of ``_parts``."""
    full, initial = _rows(style, which, "full"), _rows(style, which, "initial")
    whole, letter = words.full.codes, words.initial.codes
    return Codes(
        np.where(full, whole.number[rows], np.where(initial, letter.number[rows], np.uint64(0))),
        np.where(full, whole.factor[rows], np.where(initial, letter.factor[rows], np.uint64(1))),
    )


def _code(names: Names, first: Index, last: Index, style: Index, domain: Index) -> Bits:
    """One number for the local part without its number, and the domain."""
    one = _part_codes(names.first, first, style, "first")
    two = _part_codes(names.last, last, style, "last")
    turned, gmail = _LAST_FIRST[style], domain == GMAIL
    dot, none = _BETWEEN.codes.take(style), _BETWEEN_GMAIL.codes.take(style)
    between = _where(gmail, none, dot)
    local = _where(turned, two, one).join(between).join(_where(turned, one, two))
    return mix(local.number + mix(domain.astype(np.uint64)))


def _where(flags: Flags, yes: Codes, no: Codes) -> Codes:
    return Codes(np.where(flags, yes.number, no.number), np.where(flags, yes.factor, no.factor))
