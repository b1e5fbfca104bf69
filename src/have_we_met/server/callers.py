"""Whoever asks: known by their key, from memory that is read anew every few seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b

from starlette.types import Scope

from ..access import ApiKey, Credential, Limits, credentials
from ..errors import HaveWeMetError
from ..model import Model
from ..record import RecordId
from ..store import SqlStore
from .counting import MINUTE, Budget, Counter, open_counter
from .disclosure import DISCLOSURES, Disclosure
from .probing import Prober
from .problems import NoKey, TooMany
from .settings import Settings
from .telling import Teller, teller
from .wire import Writer

log = logging.getLogger("have_we_met.server")

_NOBODY = Credential(
    policy="blind", operations=(), limits=Limits(), mark=ApiKey.new().mark, revoked_at=datetime.max
)
"""What a key is held against where there is none of its id: that takes as long."""
VISIT = "have_we_met.visit"
"""Where a request's scope says who asks; nowhere for programs on this machine."""


@dataclass(slots=True)
class Caller:
    """A credential, and what it means here; ``under_way`` are its requests at this moment."""

    id: str
    policy: Disclosure
    teller: Teller = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    credential: Credential | None = None
    under_way: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: who asks, and a mark of the address from which."""

    caller: Caller
    prober: Prober
    address: str = ""

    @property
    def teller(self) -> Teller:
        """Who writes the answers."""
        return self.caller.teller

    async def asks_about(self, contact: Mapping[str, object]) -> None:
        """Count whom is asked about; raises :class:`TooMany`."""
        if self.caller.credential is not None:
            await self.prober.count(self.caller.id, self.caller.limits, self.address, contact)

    def own(self, idempotency_key: str | None) -> str | None:
        """Give each caller idempotency keys of their own: nobody finds out about another's."""
        if idempotency_key is None or not self.caller.id:
            return idempotency_key
        mark = blake2b(idempotency_key.encode("latin-1"), digest_size=24).hexdigest()
        return f"{self.caller.id} {mark}"


def visit_of(scope: Scope, here: Visit) -> Visit:
    """Give the visit that a request is; ``here`` is a program's on this machine."""
    visit: Visit = scope.get(VISIT, here)
    return visit


class Callers:
    """All who may ask. ``required`` says that nobody may without a key."""

    def __init__(
        self,
        settings: Settings,
        model: Model,
        writer: Writer,
        same_id: Callable[[RecordId], RecordId],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._make: Callable[[Disclosure, Sequence[str]], Teller] = partial(
            teller, writer, model, same_id
        )
        self._clock = clock
        self._by_id: dict[str, Caller] = {}
        self._let_in: dict[bytes, Caller] = {}
        self.counter: Counter = open_counter(settings)
        self._nobody = self._caller(_NOBODY)
        self._bad_keys = settings.bad_keys_minute
        self.prober = Prober(model, self.counter, settings.secret)
        backoffice = DISCLOSURES["backoffice"]
        self.here = Visit(Caller("", backoffice, self._make(backoffice, ())), self.prober)
        self.required = not settings.is_local
        self.origins: frozenset[str] = frozenset()

    def known_by(self, authorization: str) -> Caller:
        """Give the caller who brings this header; raises :class:`NoKey`.

        Whoever was let in is known by a hash of the header until the keys are read anew.
        """
        mark = blake2b(authorization.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        caller = self._let_in.get(mark)
        if caller is None:
            caller = self._let_in[mark] = self._checked(authorization)
        return caller

    def _checked(self, authorization: str) -> Caller:
        scheme, _, text = authorization.partition(" ")
        key = ApiKey.read(text.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise NoKey
        caller, now = self._by_id.get(key.id, self._nobody), self._clock()
        known = caller.credential
        if known is None or not (key.is_of(*known.marks(now)) and known.is_good(now)):
            raise NoKey
        return caller

    async def refuse(self, address: str) -> None:
        """Count one more request without a good key; raises :class:`TooMany`.

        Only such requests are refused: whoever else comes from the address goes on.
        """
        (spent,) = await self.counter.hit([Budget(f"b {address}", self._bad_keys, MINUTE)])
        if spent.over:
            raise TooMany(spent.reset)

    async def read(self, store: SqlStore) -> None:
        """Read all credentials anew; raises :class:`StoreError`."""
        found = await credentials(store)
        self._by_id = {one.id: self._caller(one) for one in found}
        self._let_in = {}
        good = [one for one in found if one.is_good(self._clock())]
        self.origins = frozenset(origin for one in good for origin in one.origins)
        # A key that was revoked counts: revoking the last one opens no door.
        self.required = self.required or bool(found)

    async def read_again(self, store: SqlStore) -> None:
        """The same, while answering: what was known stays known where the store is silent."""
        self._let_in = {}  # some may have expired
        try:
            await self.read(store)
        except HaveWeMetError as error:
            log.warning("the keys could not be read anew (%s)", type(error).__name__)

    def _caller(self, credential: Credential) -> Caller:
        known = self._by_id.get(credential.id)
        if known is not None and known.credential == credential:
            return known  # with its count of what is under way
        policy = DISCLOSURES[credential.policy]
        telling = self._make(policy, credential.fields)
        return Caller(credential.id, policy, telling, credential.limits, credential)
