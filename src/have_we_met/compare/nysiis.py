"""NYSIIS, the code for names of the New York State Identification and Intelligence System.

Taft, "Name Search Techniques", 1970. The rules are written here because jellyfish, which is ten
times as fast, reads the letter before a W or H as it was, not as it has become, and so gives Brown
and Braun different codes. Where nothing of that kind is in a name, jellyfish is asked.
"""

from __future__ import annotations

import re

import jellyfish

_UNUSUAL = re.compile(r"w|ev|hh|[kmqz]h|.sch|^[aeiou]h|^kn", re.IGNORECASE)

_STARTS = (
    ("MAC", "MCC"),
    ("KN", "NN"),
    ("K", "C"),
    ("PH", "FF"),
    ("PF", "FF"),
    ("SCH", "SSS"),
)
_ENDS = (
    ("EE", "Y"),
    ("IE", "Y"),
    ("DT", "D"),
    ("RT", "D"),
    ("RD", "D"),
    ("NT", "D"),
    ("ND", "D"),
)
_INSIDE = (
    ("EV", "AF"),
    ("KN", "NN"),
    ("SCH", "SSS"),
    ("PH", "FF"),
    *((vowel, "A") for vowel in "AEIOU"),
    ("Q", "G"),
    ("Z", "S"),
    ("M", "N"),
    ("K", "C"),
)
_VOWELS = frozenset("AEIOU")


def nysiis(letters: str) -> str:
    """Code a name given as ASCII letters; "" for "".

    The code keeps its full length: the original's cut to six letters saved punched cards.

    >>> nysiis("brown"), nysiis("braun"), nysiis("macintosh")
    ('BRAN', 'BRAN', 'MCANT')
    """
    return nysiis_in_full(letters) if _UNUSUAL.search(letters) else jellyfish.nysiis(letters)


def nysiis_in_full(letters: str) -> str:
    """Code a name by the rules themselves, step by step; the same code as :func:`nysiis`.

    >>> nysiis_in_full("macintosh")
    'MCANT'
    """
    name = _replace_end(_replace_start(letters.upper()))
    code = name[:1]
    for at in range(1, len(name)):
        name = _recode(name, at)
        if name[at] != code[-1]:
            code += name[at]
    return _trim(code)


def _replace_start(name: str) -> str:
    for start, by in _STARTS:
        if name.startswith(start):
            return by + name[len(start) :]
    return name


def _replace_end(name: str) -> str:
    for end, by in _ENDS:
        if name.endswith(end):
            return name[: -len(end)] + by
    return name


def _recode(name: str, at: int) -> str:
    """Replace the letters from ``at`` on, as its neighbours ask for; the length stays."""
    for letters, by in _INSIDE:
        if name.startswith(letters, at):
            return name[:at] + by + name[at + len(by) :]
    before, letter, after = name[at - 1], name[at], name[at + 1 : at + 2]
    silent = letter == "H" and not (before in _VOWELS and after in _VOWELS)
    if silent or (letter == "W" and before in _VOWELS):
        return name[:at] + before + name[at + 1 :]
    return name


def _trim(code: str) -> str:
    """Take off a last S, a last A; AY at the end becomes Y. The first letter always stays."""
    if len(code) > 1 and code.endswith("S"):
        code = code[:-1]
    if code.endswith("AY"):
        code = code[:-2] + "Y"
    return code[:-1] if len(code) > 1 and code.endswith("A") else code
