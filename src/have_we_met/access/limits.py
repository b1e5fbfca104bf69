"""How much a caller may ask: by the minute, by the day, and at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from ..errors import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one credential; ``None`` is none.

    ``key_minute`` and ``address_minute`` are requests a minute, of all who bring the key and of one
    client address. ``key_identities`` and ``address_identities`` are how many different people may
    be asked about in a day (UTC): whoever has a list to try runs into these. ``at_once`` is how
    many requests of one process may be under way.
    """

    key_minute: int | None = None
    address_minute: int | None = None
    key_identities: int | None = None
    address_identities: int | None = None
    at_once: int | None = None

    def problems(self) -> Iterator[Problem]:
        """Say what is wrong with them."""
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None and not (type(value) is int and value > 0):
                yield Problem(f"limits.{one.name}", "must be a whole number of 1 or more")


_OPEN = Limits(6000, 30, 50_000, 100, 256)
_STAFF = Limits(600, 120, 5_000, 1_000, 64)

BY_POLICY: Mapping[str, Limits] = {
    "blind": _OPEN,
    "public": _OPEN,
    "assisted": _STAFF,
    "desk": _STAFF,
    "backoffice": Limits(at_once=256),
}
"""The limits of a credential that was given none: a form's are for many people, each of whom types
one address or two; a member of staff meets some hundred people a day."""
