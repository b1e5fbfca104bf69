"""Whether a value is valid under the rules of those who issue such values.

``VALIDATORS`` says which class validates what; :func:`make_validator` makes one from its name and
options, and :func:`validator_problems` says what is wrong with these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...errors import ModelError, Problem
from ...model.make import option_problems
from ...suggest import did_you_mean
from .base import Checked, PureValidator, Validator
from .email import EmailValidator
from .identifier import IdentifierValidator
from .nhs import NhsValidator
from .nino import NinoValidator
from .phone import PhoneValidator
from .ssn import SsnValidator

VALIDATORS: Mapping[str, Callable[..., Validator]] = {
    "email": EmailValidator,
    "phone": PhoneValidator,
    "nhs": NhsValidator,
    "nino": NinoValidator,
    "ssn": SsnValidator,
    "stdnum": IdentifierValidator,
}
"""Name to validator, in the order in which the docs list them."""


def make_validator(name: str, options: Mapping[str, object] | None = None) -> Validator:
    """Make a validator from its name and its options.

    ``stdnum.gb.nhs`` is ``stdnum`` with the option ``scheme = "gb.nhs"``. Raises
    :class:`~have_we_met.ModelError` with every mistake where there is no such validator, or its
    options are wrong.

    >>> make_validator("stdnum.gb.nhs").check("943 476 5919").value
    '9434765919'
    >>> make_validator("stdnum.gb.nsh")
    Traceback (most recent call last):
        ...
    have_we_met.errors.ModelError: options.scheme: no identifier scheme 'gb.nsh' in python-stdnum
        (did you mean 'gb.nhs'?)
    """
    problems = list(validator_problems(name, options))
    if problems:
        raise ModelError(problems)
    name, given = _named(name, options)
    return VALIDATORS[name](**given)


def validator_problems(name: str, options: Mapping[str, object] | None = None) -> Iterator[Problem]:
    """Say what is wrong with a validator's name or its options; the path of the name is empty."""
    name, given = _named(name, options)
    if name not in VALIDATORS:
        yield Problem("", f"no validator '{name}'{did_you_mean(name, VALIDATORS)}")
        return
    yield from option_problems(VALIDATORS[name], given)


def _named(name: str, options: Mapping[str, object] | None) -> tuple[str, dict[str, Any]]:
    head, dot, scheme = name.partition(".")
    given = dict(options or {})
    return (head, {"scheme": scheme, **given}) if dot and head == "stdnum" else (name, given)


__all__ = [
    "VALIDATORS",
    "Checked",
    "PureValidator",
    "Validator",
    "make_validator",
    "validator_problems",
]
