"""The budget of a caller who tries out addresses: how many different people they may ask about.

Whom somebody asks about is remembered for a day as keyed hashes of what was typed, of each e-mail
address, phone and identifier by itself: three in one question are three guesses. What was typed is
not normalised first, so two spellings of one address count as two, never two people as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from ..access import Limits
from ..model import Model
from .counting import DAY, Budget, Counter
from .problems import TooMany

_SAY_WHO = ("email", "phone", "identifier")


class Prober:
    """Counts whom callers ask about."""

    def __init__(self, model: Model, counter: Counter, secret: str) -> None:
        self._fields = tuple(field.name for field in model.fields if field.type in _SAY_WHO)
        self._counter = counter
        self._key = blake2b(secret.encode(), digest_size=32, person=b"hwm probing").digest()

    async def count(
        self, key_id: str, limits: Limits, address: str, contact: Mapping[str, object]
    ) -> None:
        """Count a question; raises :class:`TooMany`.

        Once a budget is used up nobody is asked about, not even who was before: else it would say
        who was.
        """
        budgets = [*_budgets(key_id, limits, address)]
        if not budgets:
            return
        for spent in await self._counter.meet(budgets, self._marks(contact)):
            if spent.over:
                raise TooMany(spent.reset)

    def _marks(self, contact: Mapping[str, object]) -> Iterator[bytes]:
        told = [(name, contact[name]) for name in self._fields if contact.get(name)]
        for said in [str(one) for one in told] or [str(sorted(contact.items(), key=str))]:
            text = said.casefold().encode("utf-8", "surrogatepass")
            yield blake2b(text, digest_size=8, key=self._key).digest()


def _budgets(key_id: str, limits: Limits, address: str) -> Iterator[Budget]:
    if limits.key_identities is not None:
        yield Budget(f"k{key_id}", limits.key_identities, DAY)
    if limits.address_identities is not None and address:
        yield Budget(f"a{key_id} {address}", limits.address_identities, DAY)
