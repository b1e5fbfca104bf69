"""The advisory locks of one table, as statements of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from struct import unpack

_WRITING, _BUILDING = 1, 2


@dataclass(frozen=True)
class Locks:
    """The locks of the table of this name.

    A unit locks its record's keys, in PostgreSQL's space of 64-bit locks; what is about the table
    as a whole is in the other one, of two 32-bit numbers.
    """

    table: str

    @cached_property
    def mark(self) -> int:
        """What is mixed into a key, so that two tables' equal keys are two locks."""
        mark: int = unpack("<q", self._digest)[0]
        return mark

    @property
    def _digest(self) -> bytes:
        return blake2b(self.table.encode(), digest_size=8).digest()

    def _table(self, what: int) -> str:
        return f"{unpack('<i', self._digest[:4])[0]}, {what}"

    @cached_property
    def beside_others(self) -> str:
        """Held by a unit that writes, until it ends."""
        return f"SELECT pg_advisory_xact_lock_shared({self._table(_WRITING)})"

    @cached_property
    def alone(self) -> str:
        """Held by a unit that lets no other one write."""
        return f"SELECT pg_advisory_xact_lock({self._table(_WRITING)})"

    @cached_property
    def building(self) -> str:
        """Held by the one connection that builds side tables, until it is closed."""
        return f"SELECT pg_advisory_lock({self._table(_BUILDING)})"
