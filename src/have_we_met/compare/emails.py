"""The measure on e-mail addresses: kinds of agreement between two mailboxes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from pydantic.dataclasses import dataclass
from rapidfuzz import distance

from ..normalise.reference import load
from .base import OPTIONS, KindMeasure, Share

_REASONS = {
    "exact": "is the same",
    "typo": "differs in one letter, or in two that changed places",
    "same_local": "has the same name before the @, at another domain",
    "similar_local": "has a similar name before the @, at the same domain",
    "different": "differs",
}
_SIMILAR = 0.92
_SHORTEST = 4
"""One slip in a name of three letters gives too many other people."""

_ROLES = frozenset(load("mailbox_roles")["roles"])

_NOT_DIGITS = re.compile(r"[^0-9]+")


@dataclass(frozen=True, config=OPTIONS)
class Email(KindMeasure):
    """How two addresses agree, each as ``local@domain``.

    Every option is what one level is worth. The levels, best first; the first that fits is taken:

    - ``exact``: 1.0, the same address;
    - ``typo``: one letter added, dropped or replaced, or two neighbours in each other's place;
    - ``same_local``: the same name before the @ at another domain, as when people change jobs;
    - ``similar_local``: the same domain, and similar names before the @ (Jaro-Winkler 0.92);
    - ``different``: 0.0, the same domain alone included.

    Digits are no slips: "ann1" and "ann2" are two people, so before the @ both ``typo`` and
    ``similar_local`` ask for the same digits, and for at least four letters. ``same_local`` asks
    for a person's name: "info" and the like (``reference/mailbox_roles.toml``) are everybody's.

    >>> others = ["ana.silva@exmaple.org", "ana.silva@example.com", "anna.silva@example.org"]
    >>> Email().one_to_many("ana.silva@example.org", others).tolist()
    [0.9, 0.7, 0.9]
    """

    typo: Share = 0.9
    same_local: Share = 0.7
    similar_local: Share = 0.5

    reasons: ClassVar[Mapping[str, str]] = _REASONS
    levels: ClassVar[tuple[str, ...]] = tuple(_REASONS)

    def kind(self, left: str, right: str) -> str:
        """Name the kind of agreement of two values."""
        return kind_of_agreement(left, right)


def kind_of_agreement(left: str, right: str) -> str:
    """Name the kind of agreement of two addresses.

    >>> kind_of_agreement("info@example.org", "info@example.com")
    'different'
    """
    if left == right:
        return "exact"
    local, _, domain = left.rpartition("@")
    other_local, _, other_domain = right.rpartition("@")
    if local and local == other_local:
        return _kind_of_same_local(local, domain, other_domain)
    if domain == other_domain and _may_be_slips(local, other_local):
        return _kind_of_same_domain(local, other_local)
    return "different"


def _kind_of_same_local(local: str, domain: str, other_domain: str) -> str:
    if _one_slip(domain, other_domain) and not _in_other_country(domain, other_domain):
        return "typo"
    return "different" if local in _ROLES else "same_local"


def _in_other_country(domain: str, other: str) -> bool:
    """Whether two domains differ in the two letters of their country alone."""
    return domain[-3:-2] == "." and domain[:-2] == other[:-2]


def _kind_of_same_domain(local: str, other: str) -> str:
    if _one_slip(local, other):
        return "typo"
    near = distance.JaroWinkler.similarity(local, other) >= _SIMILAR
    return "similar_local" if near else "different"


def _may_be_slips(local: str, other: str) -> bool:
    long_enough = min(len(local), len(other)) >= _SHORTEST
    return long_enough and _NOT_DIGITS.sub("", local) == _NOT_DIGITS.sub("", other)


def _one_slip(left: str, right: str) -> bool:
    return distance.OSA.distance(left, right, score_cutoff=1) == 1
