"""What a validator is, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from numbers import Number
from typing import Protocol

from ...model.values import FrozenMap
from ...normalise.text import clean

Facts = Mapping[str, str | bool]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a validator found out about one value.

    ``value`` is the value as it should be written, ``None`` where it is not valid or nothing was
    said. ``reason`` says in one sentence why it is not valid, and never repeats any of the value.
    ``facts`` are what else is known of a valid one: the region of a phone, its type.

    Printing it shows neither the value nor the facts, which are people's data.

    Where nothing was said there is nothing to be wrong: that is valid, without a value.

    >>> Checked(valid=False, reason="The check digit is wrong.").value is None
    True
    """

    valid: bool
    value: str | None = field(default=None, repr=False)
    reason: str | None = None
    facts: Mapping[str, object] = field(default=FrozenMap(), repr=False)


UNSAID = Checked(valid=True)
"""Nothing was said, and so nothing is wrong."""


def accepted(value: str, facts: Facts | None = None) -> Checked:
    """Say that a value is valid, how it is written, and what is known of it."""
    return Checked(True, value, facts=FrozenMap(facts))


def refused(reason: str) -> Checked:
    """Say why a value is not valid, in a sentence without the value."""
    return Checked(False, reason=reason)


class Validator(Protocol):
    """Says whether one value is valid under the rules of those who issue such values.

    Every validator is a frozen value of options. Whatever the value, calling it gives a
    :class:`Checked`. Only one that is not ``pure`` can fail instead: it asks somebody outside, and
    raises :class:`~have_we_met.errors.ServiceUnavailable` where they do not answer; nothing is
    known of the value then.
    """

    @property
    def pure(self) -> bool:
        """Whether it asks nobody: the same value gives the same answer at once, at any time."""
        ...

    async def __call__(self, value: object, /) -> Checked:
        """What is to be said of one raw value."""
        ...


class PureValidator:
    """A validator that asks nobody: ``check`` answers without an event loop.

    One that is made of this gives ``check_text``, for a text that is stripped and not empty.
    """

    @property
    def pure(self) -> bool:
        """Whether it asks nobody: the same value gives the same answer at once, at any time."""
        return True

    async def __call__(self, value: object, /) -> Checked:
        """What is to be said of one raw value."""
        return self.check(value)

    def check(self, value: object) -> Checked:
        """What is to be said of one raw value, at once."""
        text = clean(value)
        if text is not None:
            return self.check_text(text)
        return UNSAID if _is_blank(value) else refused("It is no text and no number.")

    def check_text(self, text: str) -> Checked:
        """What is to be said of a text that is stripped and not empty."""
        raise NotImplementedError


def _is_blank(value: object) -> bool:
    """Whether a value without a text says nothing: no value, white space, NaN, NaT."""
    if isinstance(value, bytes):
        return not value.strip()
    return value is None or isinstance(value, str | Number | date)
