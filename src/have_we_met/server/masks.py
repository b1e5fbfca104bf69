"""Masking values: enough for somebody to know their own, too little to learn another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Mask = Callable[[str], str]

_STARS = "***"
"""As many whatever is behind them: a length is a hint of its own."""


def mask_email(text: str) -> str:
    """Show the first letter and the domain.

    >>> mask_email("jane.doe@acme.com"), mask_email("j@acme.com"), mask_email("nonsense")
    ('j***@acme.com', 'j***@acme.com', '***')
    """
    local, at, domain = text.strip().rpartition("@")
    return f"{local[0]}{_STARS}@{domain}" if at and local and domain else _STARS


def mask_phone(text: str) -> str:
    """Show the last two digits.

    >>> mask_phone("+1 212 555 0142"), mask_phone("12")
    ('***42', '***')
    """
    digits = [letter for letter in text if letter.isdecimal()]
    return _STARS + "".join(digits[-2:]) if len(digits) > 6 else _STARS


def mask_name(text: str) -> str:
    """Show the first letter of each of up to three words.

    >>> mask_name("Mary-Ann  Smith"), mask_name("伟"), mask_name("?")
    ('M. S.', '伟.', '***')
    """
    letters = [next((one for one in word if one.isalpha()), "") for word in text.split()[:3]]
    return " ".join(f"{letter}." for letter in letters if letter) or _STARS


MASKS: Mapping[str, Mask] = {"email": mask_email, "phone": mask_phone, "name": mask_name}
"""How a value is masked, by its field's type; of any other type nothing is shown."""


def masked(contact: Mapping[str, object], types: Mapping[str, str]) -> dict[str, object]:
    """Mask a contact, field by field; what has no mask, or no value, is left out.

    >>> masked({"email": "jane@acme.com", "note": "VIP", "phone": None}, {"email": "email"})
    {'email': 'j***@acme.com'}
    """
    return {
        name: MASKS[types[name]](str(value))
        for name, value in contact.items()
        if value is not None and str(value).strip() and types.get(name) in MASKS
    }
