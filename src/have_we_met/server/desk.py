"""What every route needs, in one value: the settings, the model's words, and the open resolver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import StoreError
from ..model import Model
from ..once import said
from ..record import RecordId
from ..resolver import Resolver
from .addresses import Addresses
from .callers import Callers, Visit
from .decisions import DecisionReader
from .settings import Settings
from .telemetry import Telemetry
from .tokens import Tokens
from .wire import Reader, Writer


@dataclass(slots=True)
class Desk:
    """The front desk; ``visit`` is that of a program on this machine.

    The lifespan sets ``open`` while the app runs; the rest never changes.
    """

    settings: Settings
    model: Model
    reader: Reader = field(init=False)
    writer: Writer = field(init=False)
    decisions: DecisionReader = field(init=False)
    tokens: Tokens = field(init=False)
    telemetry: Telemetry = field(init=False)
    callers: Callers = field(init=False)
    addresses: Addresses = field(init=False)
    visit: Visit = field(init=False)
    open: Resolver | None = None

    def __post_init__(self) -> None:
        limits, writable = self.settings.max_value, self.settings.writable
        self.reader = Reader(self.model, max_value=limits, writable=writable)
        self.writer = Writer(self.model)
        self.callers = self.who_may_ask()
        self.addresses = Addresses(self.settings.secret, self.settings.proxies)
        self.visit = self.callers.here
        self.telemetry = Telemetry(self.settings, self.model)
        self.decisions = DecisionReader(self.reader)
        self.tokens = Tokens(
            self.settings.secret,
            self.settings.table or self.model.table,
            seconds=self.settings.decide_within,
        )

    def who_may_ask(self) -> Callers:
        """Those whom the store knows by their keys."""
        return Callers(self.settings, self.model, self.writer, self.same_id)

    def asked(self, contact: Mapping[str, object]) -> str:
        """What a contact says, the same however it is spelt: what a token is made for."""
        return said(self.model, self.model.record(contact))

    def same_id(self, record_id: RecordId) -> RecordId:
        """Give an id that was sent as the table has it; raises :class:`RecordNotFound`."""
        return self.resolver.store.side.contacts.same_id(record_id)

    @property
    def resolver(self) -> Resolver:
        """The resolver; raises :class:`StoreError` before the app has started."""
        if self.open is None:
            raise StoreError("the store is not open")
        return self.open
