"""What a model is made of: fields, comparisons and their levels, thresholds, contradictions.

Each is a frozen value. Whether the parts fit together is checked where they come together, in
:class:`~have_we_met.model.Model`, so that all mistakes are reported at once.
"""

from __future__ import annotations

import math
from dataclasses import KW_ONLY

from pydantic.dataclasses import dataclass

from ..words import speaks
from .values import FROZEN, FrozenMap, Many, Named, Number, Options, Text

IDENTIFIERS = frozenset({"email", "phone", "identifier"})
"""Types of fields whose values belong to one person; each such field has an exact key."""
CONTRADICTIONS = ("different_given_names",)
"""The rules that cap an outcome."""


def camel_case(name: str) -> str:
    """Write a field's name as JSON does.

    >>> camel_case("first_name")
    'firstName'
    """
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


@speaks
@dataclass(frozen=True, config=FROZEN)
class Field:
    """A named value with a type, which knows how to normalise itself.

    ``alias`` is the field's name on the wire, in camel case unless you say otherwise. ``options``
    are those of the type's normaliser.

    >>> Field("first_name", "name").alias
    'firstName'
    >>> Field("phone", "phone", options={"region": "GB"}).options["region"]
    'GB'
    """

    name: Text
    type: Text
    _: KW_ONLY
    alias: Text = ""
    options: Options = FrozenMap()

    def __post_init__(self) -> None:
        if not self.alias:
            object.__setattr__(self, "alias", camel_case(self.name))


@speaks
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class Level:
    """A degree of agreement on the bits scale, and what it is worth.

    Either ``bits``, or the probabilities of this level among pairs of one person (``m``) and among
    pairs of two people (``u``), of which the bits are ``log2(m / u)`` (Fellegi & Sunter, 1969).

    >>> Level(at_least=1.0, m=0.9, u=0.0009).worth
    9.96...
    """

    at_least: Number
    bits: Number | None = None
    m: Number | None = None
    u: Number | None = None
    label: Text | None = None

    @property
    def worth(self) -> float:
        """What this level adds to the score, in bits."""
        if self.bits is not None:
            return self.bits
        return math.log2(self.m / self.u) if self.m and self.u else 0.0


@speaks
@dataclass(frozen=True, config=FROZEN)
class Comparison:
    """A field, a measure, and what each degree of agreement is worth.

    On the points scale a similarity of ``threshold`` or more earns ``weight`` times the similarity.
    On the bits scale it earns the worth of the first level that it reaches, best first. ``options``
    are those of the measure.

    >>> Comparison("last_name", "jaro_winkler", weight=12, threshold=0.88).most
    12.0
    """

    field: Text
    measure: Named = "exact"
    _: KW_ONLY
    weight: Number | None = None
    threshold: Number = 0.0
    options: Options = FrozenMap()
    levels: Many[Level] = ()

    @property
    def most(self) -> float:
        """The most that this comparison can add to a score, in points or in bits."""
        if self.weight is not None:
            return self.weight
        return max([0.0, *(level.worth for level in self.levels)])


@speaks
@dataclass(frozen=True, config=FROZEN)
class Thresholds:
    """Where scores turn into outcomes: at ``no_match`` potential, at ``definite_match`` definite.

    In points of the model's total weight, or on the bits scale in probabilities.
    """

    no_match: Number
    definite_match: Number


@speaks
@dataclass(frozen=True, kw_only=True, config=FROZEN)
class Contradiction:
    """A rule that caps the outcome at a potential match.

    ``different_given_names``: the given names are less alike than ``below``, and neither is the
    other's nickname, initial, or (where ``family`` is a field) family name.
    """

    rule: Text = "different_given_names"
    given: Text
    family: Text | None = None
    below: Number = 0.8
