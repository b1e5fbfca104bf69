"""Small changes to a known contact, as people make them who come back."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from ..looking import nothing_to_ask_by
from ..model import Model
from ..synthetic import FIELDS, Life, Raw, corrupted

SLIPS = (
    *("keyboard_first_name", "transposition_first_name", "doubling_first_name"),
    *("keyboard_last_name", "transposition_last_name", "omission_last_name"),
    *("name_case", "swapped_names", "missing_first_name", "missing_company", "company_form"),
    *("email_case", "email_tag", "phone_format"),
)
"""Those of ``synthetic.CORRUPTIONS`` that need nothing of a person but their record."""

_NOTHING_ELSE = Life(*[""] * 7)
_TRIES = 12
_ALONE = 0.5
"""The share that gives an e-mail address or a phone alone, so that neither hides that the other's
key is broken."""


def slipped(model: Model, contact: Mapping[str, object], rng: Generator) -> Raw | None:
    """A contact as its person might say it again; ``None`` where nobody can be asked about by it.

    It is as it was where no slip fits: a model may have none of the fields that they touch.

    >>> from numpy.random import default_rng
    >>> from have_we_met import preset
    >>> john = {"id": "1", "email": "john@example.com", "first_name": "John", "last_name": "Smith"}
    >>> again = slipped(preset("contacts"), john, default_rng(0))
    >>> sorted(again) == ["email", "first_name", "last_name"] and again != john
    True
    """
    said = _said(model, contact)
    names = _invented_names(model)
    if all(said.get(names.get(one, "")) for one in ("email", "phone")) and rng.random() < _ALONE:
        del said[names["email" if rng.random() < 0.5 else "phone"]]
    for at in rng.permutation(len(SLIPS))[:_TRIES]:
        after = _after(SLIPS[at], said, names, rng)
        if after is not None and _is_askable(model, after):
            return after
    return said if _is_askable(model, said) else None


def _said(model: Model, contact: Mapping[str, object]) -> Raw:
    return {
        name: str(contact[name])
        for name in model.field_names
        if name != "id" and contact.get(name) is not None
    }


def _after(slip: str, said: Raw, names: Mapping[str, str], rng: Generator) -> Raw | None:
    """What is said after a slip; ``None`` where it does not fit."""
    invented: Raw = {name: said.get(field) for name, field in names.items()}
    if slip == "phone_format" and not _is_american(invented.get("phone")):
        return None
    after = corrupted(invented, slip, _NOTHING_ELSE, rng)
    if after is None:
        return None
    changed = {names[name]: value for name, value in after.items() if name in names}
    return {name: value for name, value in {**said, **changed}.items() if value is not None}


def _is_american(phone: str | None) -> bool:
    """Whether it is written with ten digits, the country's own aside: slips rewrite no others."""
    digits = "".join(filter(str.isdigit, phone or ""))
    return len(digits) == 10 or (len(digits) == 11 and digits[0] == "1")


def _invented_names(model: Model) -> dict[str, str]:
    """The invented people's fields that this model has, and what it calls them."""
    by_type = {field.type: field.name for field in reversed(model.fields)}
    same = {name: name for name in FIELDS if name in model.field_names and name != "id"}
    return same | {kind: by_type[kind] for kind in ("email", "phone") if kind in by_type}


def _is_askable(model: Model, raw: Raw) -> bool:
    return nothing_to_ask_by(model, model.record(raw)) is None
