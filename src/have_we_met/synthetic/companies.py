"""Invented employers: a few large, most small, each with one domain and one way with addresses.

A company's domain ends in ``.example``, which is reserved for use in examples (RFC 2606, section 3)
and can belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .draw import Floats, Texts, cumulative, texts, zipf
from .tables import COMPANIES

COUNT = 20_000
NOBODY = -1  # no employer

# The largest employs 0.7 percent of those who work somewhere, the thousandth largest 0.014.
SHARES: Floats = cumulative(zipf(COUNT, 20.0))

_HEADS, _TAILS, _TRADES = (COMPANIES[part] for part in ("heads", "tails", "trades"))
FORMS: tuple[str, ...] = tuple(COMPANIES["forms"])  # legal forms; the empty one is none

_SPREAD = 104_729  # a prime, so that stepping by it visits every combination once


def name(rank: int) -> str:
    """What the company of this rank is called, without its legal form.

    >>> name(0), name(1)
    ('Amberbank Advisors', 'Lakewood Care')
    """
    step = rank * _SPREAD
    rest, trade = divmod(step, len(_TRADES))
    rest, tail = divmod(rest, len(_TAILS))
    return f"{_HEADS[rest % len(_HEADS)]}{_TAILS[tail]} {_TRADES[trade]}"


def legal_name(rank: int) -> str:
    """The name with its legal form, if it goes by one.

    >>> legal_name(0)
    'Amberbank Advisors Inc'
    """
    return f"{name(rank)} {FORMS[rank % len(FORMS)]}".strip()


def domain(rank: int) -> str:
    """The company's mail domain, which follows from its name.

    >>> domain(0)
    'amberbank-advisors.example'
    """
    return f"{name(rank).lower().replace(' ', '-')}.example"


@dataclass(frozen=True, slots=True)
class Companies:
    """All companies by rank: ``legal`` names, ``plain`` names without the form, ``domain``."""

    legal: Texts
    plain: Texts
    domain: Texts


@cache
def companies() -> Companies:
    """The columns of all companies, written once."""
    ranks = range(COUNT)
    return Companies(*(texts([write(r) for r in ranks]) for write in (legal_name, name, domain)))
