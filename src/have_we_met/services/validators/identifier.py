"""Numbers that somebody issued, under the rules of python-stdnum."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from anyascii import anyascii
from pydantic import ConfigDict, field_validator
from pydantic.dataclasses import dataclass as options
from stdnum import exceptions

from ...normalise.identifier import is_filler, schemes, stdnum_module
from ...normalise.text import compose
from ...suggest import did_you_mean
from .base import Checked, PureValidator, accepted, refused

MALFORMED: Final = "It does not have the form of such a number."
FILLER: Final = "It stands for no number at all."
REASONS: Final[Mapping[type[Exception], str]] = {
    exceptions.InvalidLength: "It is too short or too long.",
    exceptions.InvalidChecksum: "Its check digit does not fit the rest: something is mistyped.",
    exceptions.InvalidComponent: "A part of it is not in use.",
}
"""What python-stdnum finds wrong, in our words: its own might quote the number."""


@options(frozen=True, config=ConfigDict(extra="forbid"))
class IdentifierValidator(PureValidator):
    """Any identifier that python-stdnum knows, by the name of its module.

    Made as ``stdnum.it.codicefiscale``, or as ``stdnum`` with the option ``scheme``. Its form, its
    check digits and the parts that python-stdnum looks into are checked; whether the number was
    ever given out, nobody is asked. What fills a required box is refused even where its check digit
    fits, as that of 0000000000 does: one character over and over, 123456789. Digits of other
    scripts are read as those that they are.

    Raises ``ValueError`` at construction where there is no such scheme.

    >>> IdentifierValidator("it.codicefiscale").check("RCC MNL 83S18 D969H").value
    'RCCMNL83S18D969H'
    >>> IdentifierValidator("gb.nhs").check("943 476 5918").reason
    'Its check digit does not fit the rest: something is mistyped.'
    """

    scheme: str

    @field_validator("scheme")
    @classmethod
    def _known(cls, scheme: str) -> str:
        _validate_of(scheme)
        return scheme

    def check_text(self, text: str) -> Checked:
        """What is to be said of a text that is stripped and not empty."""
        reason = MALFORMED
        for written in _spellings(text):
            try:
                return _judged(_validated(self.scheme, written))
            except exceptions.ValidationError as exc:
                reason = REASONS.get(type(exc), MALFORMED)
            except Exception:  # noqa: BLE001, S112  # some modules index what is missing
                continue
        return refused(reason)


def _spellings(text: str) -> Iterator[str]:
    """A text as it is, and in ASCII where that differs; the last one gives the reason."""
    composed = compose(text)
    yield composed
    if not composed.isascii():
        yield anyascii(composed)


def compact(text: str) -> str:
    """A number in ASCII and in capitals, without separators.

    >>> compact("ab 12–34.56 c")
    'AB123456C'
    """
    return _SEPARATORS.sub("", anyascii(compose(text)).upper())


_SEPARATORS: Final = re.compile(r"[-./\s]+")


def _validated(scheme: str, text: str) -> str:
    """The valid number in its short form, which is its own short form."""
    validate = _validate_of(scheme)
    value = str(validate(text))
    if validate(value) != value:
        raise exceptions.InvalidFormat
    return value


def _judged(value: str) -> Checked:
    return refused(FILLER) if is_filler(value.upper()) else accepted(value)


def _validate_of(scheme: str) -> Callable[[str], str]:
    validate: Callable[[str], str] | None = getattr(stdnum_module(scheme), "validate", None)
    if validate is None:
        known = (name for name in schemes() if hasattr(stdnum_module(name), "validate"))
        near = did_you_mean(scheme, known)
        hint = near if near.startswith(" (did") else ", where 'gb.nhs' is one"
        raise ValueError(f"no identifier scheme '{scheme}' in python-stdnum{hint}")
    return validate
