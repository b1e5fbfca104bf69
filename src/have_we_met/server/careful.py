"""Reading a body with an eye for mistakes: all of them at once, each with the field's name."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence

from ..errors import InputError, Problem
from ..model import Model
from ..suggest import did_you_mean
from .problems import MOST_ERRORS, MalformedBody, shortened

Types = tuple[tuple[type, ...], str]

_TEXT: Types = ((str,), "must be text")
_IDENTIFIER: Types = ((str, int), "must be text or a whole number")
_NUMBER: Types = ((str, int, float), "must be a number or text")
_ANYTHING: Types = ((str, int, float, bool), "must be text, a number, true or false")

WIRE_TYPES: Mapping[str, Types] = {"number": _NUMBER, "identifier": _IDENTIFIER}
"""What JSON a field takes by its type, besides null; text where nothing is said.

A phone number is text, since a number has lost its leading zeros.
"""
_LARGEST = 2**63


class CarefulReader:
    """Reads a body and says everything that is wrong with it."""

    def __init__(self, model: Model, *, max_value: int, writable: Sequence[str] = ()) -> None:
        self._max_value = max_value
        self._names = {**{name: name for name in writable}, **model.aliases}
        self._shown = [*(field.alias for field in model.fields), *writable]
        by_field = {field.name: WIRE_TYPES.get(field.type, _TEXT) for field in model.fields}
        self._types = {**dict.fromkeys(writable, _ANYTHING), **by_field}

    def read(self, body: bytes) -> dict[str, object]:
        """Read a contact; raises :class:`MalformedBody` or :class:`InputError`."""
        given = parse(body)
        if not isinstance(given, dict):
            raise InputError([Problem("", "the body must be a JSON object of fields")])
        if problems := [*self._names_wrong(given), *self._values_wrong(given)]:
            raise InputError(problems)
        return {self._names[name]: value for name, value in given.items()}

    def _names_wrong(self, given: Mapping[str, object]) -> Iterator[Problem]:
        seen: dict[str, str] = {}
        unknown = 0
        for name in given:
            field = self._names.get(name)
            if field is None:
                unknown += 1
                yield Problem(shortened(_spoken(name)), self._unknown(name, unknown))
            elif field in seen:
                yield Problem(name, f"is the same field as '{seen[field]}'; give one of them")
            else:
                seen[field] = name

    def _unknown(self, name: str, count: int) -> str:
        """Say what may have been meant, unless there are so many that it would cost time."""
        hint = did_you_mean(shortened(name), self._shown) if count <= MOST_ERRORS else ""
        return f"there is no such field{hint}"

    def _values_wrong(self, given: Mapping[str, object]) -> Iterator[Problem]:
        for name, value in given.items():
            types, must = self._types.get(self._names.get(name, ""), _ANYTHING)
            if name not in self._names or value is None:
                continue
            if type(value) not in types:
                yield Problem(name, must)
            elif wrong := self._wrong_with(value):
                yield Problem(name, wrong)

    def _wrong_with(self, value: object) -> str:
        if isinstance(value, str):
            return self._wrong_with_text(value)
        if isinstance(value, float) and not math.isfinite(value):
            return "must be a finite number"
        if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
            return "must be a number of at most 64 bits; send it as text"
        return ""

    def _wrong_with_text(self, text: str) -> str:
        if len(text) > self._max_value:
            return f"must be at most {self._max_value} characters"
        if "\0" in text:
            return "holds a NUL character"
        return "" if _is_whole(text) else "holds half of a surrogate pair, which is no character"


def parse(body: bytes) -> object:
    """Parse JSON; raises :class:`MalformedBody` that says where it is none."""
    try:
        return json.loads(body.decode(), parse_constant=_no_constant)
    except UnicodeDecodeError as exc:
        raise MalformedBody(f"The body is not UTF-8 (byte {exc.start}).") from None
    except json.JSONDecodeError as exc:
        raise MalformedBody(f"The body is not JSON: {exc.msg} (character {exc.pos}).") from None
    except RecursionError:
        raise MalformedBody("The body is nested too deeply.") from None
    except ValueError:  # a number of thousands of digits, or NaN
        raise MalformedBody("The body holds a number that is none in JSON.") from None


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _spoken(name: str) -> str:
    """A name that can be written in an answer."""
    return name.encode(errors="replace").decode()
