"""One canonical text for each way of writing the same thing.

``NORMALISERS`` says which class normalises which type of field; a model makes one with
``NORMALISERS[type](**options)``.
"""

from __future__ import annotations

from .address import AddressNormaliser
from .base import Normaliser, normalise_column
from .date import DateNormaliser
from .email import EmailNormaliser
from .identifier import IdentifierNormaliser
from .name import NameNormaliser
from .number import NumberNormaliser
from .phone import PhoneNormaliser
from .string import StringNormaliser

NORMALISERS: dict[str, type[Normaliser]] = {
    "email": EmailNormaliser,
    "phone": PhoneNormaliser,
    "date": DateNormaliser,
    "address": AddressNormaliser,
    "number": NumberNormaliser,
    "identifier": IdentifierNormaliser,
    "name": NameNormaliser,
    "string": StringNormaliser,
}
"""Field type to normaliser, in the order in which the docs list them."""

__all__ = ["NORMALISERS", "Normaliser", "normalise_column"]
