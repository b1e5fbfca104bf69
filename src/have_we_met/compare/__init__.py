"""Similarity measures on columns of normalised values.

>>> from have_we_met.compare import MEASURES
>>> MEASURES["jaro_winkler"]().one_to_many("martha", ["marhta", None]).round(4).tolist()
[0.9611, nan]
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .base import FloatArray, LevelledMeasure, Measure, ScalarMeasure
from .dates import Date
from .emails import Email
from .names import GivenName, clearly_different_given_names
from .numbers import Number
from .phonetic import DoubleMetaphone, Metaphone, Nysiis, Soundex
from .strings import DamerauLevenshtein, Exact, JaroWinkler, Levenshtein, TokenSet, TokenSort

_MEASURES: dict[str, type[LevelledMeasure]] = {
    "damerau_levenshtein": DamerauLevenshtein,
    "date": Date,
    "double_metaphone": DoubleMetaphone,
    "email": Email,
    "exact": Exact,
    "given_name": GivenName,
    "jaro_winkler": JaroWinkler,
    "levenshtein": Levenshtein,
    "metaphone": Metaphone,
    "number": Number,
    "nysiis": Nysiis,
    "soundex": Soundex,
    "token_set": TokenSet,
    "token_sort": TokenSort,
}

MEASURES: dict[str, type[Measure]] = {**_MEASURES}
"""Every measure, under the name that models call it by."""

LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: measure.levels for name, measure in _MEASURES.items()}
)
"""For each measure the names of its levels, best first."""

__all__ = [
    "LEVELS",
    "MEASURES",
    "DamerauLevenshtein",
    "Date",
    "DoubleMetaphone",
    "Email",
    "Exact",
    "FloatArray",
    "GivenName",
    "JaroWinkler",
    "Levenshtein",
    "Measure",
    "Metaphone",
    "Number",
    "Nysiis",
    "ScalarMeasure",
    "Soundex",
    "TokenSet",
    "TokenSort",
    "clearly_different_given_names",
]
