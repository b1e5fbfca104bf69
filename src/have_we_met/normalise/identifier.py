"""Numbers that somebody issued: passports, national insurance, patients, customers."""

from __future__ import annotations

import keyword
import pkgutil
import re
import warnings
from collections.abc import Callable
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

import stdnum
from anyascii import anyascii
from pydantic import ConfigDict, field_validator
from pydantic.dataclasses import dataclass as options

from .reference import load
from .text import clean, compose, fold

_SEPARATORS: Final = dict.fromkeys(map(ord, " -./_"))


@options(frozen=True, config=ConfigDict(extra="forbid"))
class IdentifierNormaliser:
    """The letters and digits of an identifier, in capitals, without separators.

    ``scheme`` names an issuer's rules in python-stdnum (``gb.nhs``, ``us.ssn``, ``iban``); then its
    ``compact`` decides which separators say something, as the century sign of a Finnish personal
    code does. A number that is wrong under its scheme is still compared: whether it is valid is
    asked elsewhere, and a typing mistake is evidence too. ``keep_case`` tells ``a1`` from ``A1``.

    Leading zeros stay. Letters and digits of other scripts are folded to ASCII. What fills a
    required box is ``None``: one character over and over (five times or more, zeros however few),
    123456789, N/A, unknown.

    Raises ``ValueError`` at construction where there is no such scheme.

    >>> identifier = IdentifierNormaliser()
    >>> identifier("ab 12-34.56/c"), identifier("000-00-0000")
    ('AB123456C', None)
    >>> IdentifierNormaliser(scheme="fi.hetu")("131052-308t")
    '131052-308T'
    """

    scheme: str | None = None
    keep_case: bool = False

    @field_validator("scheme")
    @classmethod
    def _known(cls, scheme: str | None) -> str | None:
        if scheme is not None:
            _compact_of(scheme)
        return scheme

    def __call__(self, value: object, /) -> str | None:
        """The canonical text of one raw value."""
        if self.scheme is None and type(value) is str:
            text = value.translate(_SEPARATORS)
            if text.isascii() and text.isalnum():
                return self._unless_filler(text)
        return self.full(value)

    def full(self, value: object, /) -> str | None:
        """The road for unusual values; equal to the short one where that applies."""
        text = clean(value)
        if text is None:
            return None
        if self.scheme is None:
            return self._unless_filler(_letters_and_digits(text))
        return self._unless_filler(_compacted(text, _compact_of(self.scheme), self.keep_case))

    def _unless_filler(self, text: str) -> str | None:
        capitals = text.upper()
        return None if is_filler(capitals) else text if self.keep_case else capitals


def _letters_and_digits(text: str) -> str:
    """Letters and digits in ASCII, in the case in which they came."""
    if text.isascii():
        return "".join(filter(str.isalnum, text))
    return "".join(
        fold(letter).upper() if letter.isupper() else fold(letter)
        for letter in compose(text)
        if letter.isalnum()
    )


def _compacted(text: str, compact: Callable[[str], str], keep_case: bool) -> str:
    """The scheme's short form, or all letters and digits where it has none that stays the same."""
    cased = str if keep_case else str.upper
    folded = cased(anyascii(compose(text)))
    plain = "".join(filter(str.isalnum, folded))
    for written in (folded, plain):
        with suppress(Exception):  # some modules raise, some index what is missing
            short = cased(compact(written))
            if cased(compact(short)) == short:
                return short
    return plain


# One character over and over. Real numbers of five equal digits exist, but one person's lost
# evidence is the smaller harm beside all who have no number sharing one.
_REPEATED: Final = re.compile(r"0*|([A-Z0-9])\1{4,}")


def is_filler(capitals: str) -> bool:
    """Whether an identifier in capitals only fills a required box.

    >>> is_filler("000-00-0000"), is_filler("123456789"), is_filler("943 476 5919")
    (True, True, False)
    """
    plain = capitals if capitals.isalnum() else "".join(filter(str.isalnum, capitals))
    return plain in _fillers() or _REPEATED.fullmatch(plain) is not None


@cache
def _fillers() -> frozenset[str]:
    fillers = load("fillers")
    return frozenset(fillers["words"] + fillers["identifiers"])


_OWN: Final[dict[str, Callable[[str], str]]] = {"gb.nino": _letters_and_digits}
"""Schemes that python-stdnum does not know."""


@cache
def _compact_of(scheme: str) -> Callable[[str], str]:
    compact = _OWN.get(scheme) or _from_stdnum(scheme)
    if compact is None:
        near = get_close_matches(scheme.lower(), schemes(), n=1, cutoff=0.5)
        hint = f" (did you mean {near[0]!r}?)" if near else ", where 'gb.nhs' is one"
        raise ValueError(f"no identifier scheme {scheme!r} in python-stdnum{hint}")
    return compact


def _from_stdnum(scheme: str) -> Callable[[str], str] | None:
    compact: Callable[[str], str] | None = getattr(stdnum_module(scheme), "compact", None)
    return compact


def stdnum_module(scheme: str) -> ModuleType | None:
    """The module of python-stdnum that knows a scheme, ``None`` where there is none.

    >>> stdnum_module("in.aadhaar").__name__
    'stdnum.in_.aadhaar'
    """
    names = [f"{name}_" if keyword.iskeyword(name) else name for name in scheme.split(".")]
    if not all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in names):
        return None
    try:
        return import_module(".".join(["stdnum", *names]))
    except ImportError:
        return None


@cache
def schemes() -> tuple[str, ...]:
    """The names that ``scheme`` can take, in alphabetical order.

    >>> {"gb.nhs", "gb.nino", "in.aadhaar", "iban"} <= set(schemes())
    True
    """
    modules = pkgutil.walk_packages(stdnum.__path__, "stdnum.")
    names = {module.name.removeprefix("stdnum.").replace("_.", ".") for module in modules}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # modules that have been renamed
        return tuple(sorted({name for name in names if _from_stdnum(name)} | set(_OWN)))
