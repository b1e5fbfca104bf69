"""Models that are ready to use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from ..errors import ModelError, Problem
from ..keys import Key
from ..suggest import did_you_mean
from .model import Model
from .parts import Field

_SPEED = ("domain(email) + first(last_name, 2)",)
_BALANCE = ("formal(first_name) + soundex(last_name)",)
_WIDER = ("first(email, 5) + soundex(last_name)",)

PRESETS: Mapping[str, Callable[[Model], Sequence[Key | str]]] = {
    "contacts": lambda contacts: contacts.keys,
    "contacts-speed": lambda contacts: _SPEED,
    "contacts-balance": lambda contacts: _BALANCE,
    "contacts-recall": lambda contacts: (*_SPEED, *_BALANCE, *contacts.keys, *_WIDER),
}
"""Each preset and the keys that it gives to the contact model.

Speed, balance and recall are the three choices of the real-time matching guide: the domain of the
email, the sound of the last name, and the union of all. A second part in each key keeps it
selective where a million people are stored; the exact keys of email and phone are in all.
"""


def preset(name: str = "contacts", *, region: str = "US") -> Model:
    """Give a model that is ready to use; ``region`` is where phones without a country code are.

    Raises :class:`ModelError` for a preset or a region that there is not.

    >>> preset("contacts", region="GB").total_weight
    80.0
    """
    if name not in PRESETS:
        raise ModelError([Problem("preset", f"no preset '{name}'{did_you_mean(name, PRESETS)}")])
    contacts = _contacts()
    fields = [_in_region(field, region) for field in contacts.fields]
    return replace(contacts, name=name, fields=fields, keys=PRESETS[name](contacts))


def _in_region(field: Field, region: str) -> Field:
    if field.type != "phone":
        return field
    return replace(field, options={**field.options, "region": region})


@cache
def _contacts() -> Model:
    return Model.from_toml((files(__package__) / "contacts.toml").read_text("utf-8"))
