"""Blocking keys: functions from a normalised record to a set of strings.

A key is written as an expression, which is also its name::

    email                                           the value itself
    domain(email)                                   a transform of it
    soundex(last_name) + first(first_name, 1)       several fields in one key
    {metaphone(first_name), metaphone(last_name)}   in braces: the order does not matter
    letter(last_name) + my.module:region(postcode)  a function of yours

Two records that share a key are candidates for each other. A part that says nothing makes the whole
key say nothing, so a missing surname never joins all missing surnames.
"""

from __future__ import annotations

from .cut import CutColumns, CutKeys, compile_keys
from .expression import Key, Part
from .transforms import TRANSFORMS, Transform

__all__ = ["TRANSFORMS", "CutColumns", "CutKeys", "Key", "Part", "Transform", "compile_keys"]
