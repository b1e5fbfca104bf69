"""What every route needs, in one value: the settings, the model's words, and the open resolver."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import StoreError
from ..model import Model
from ..resolver import Resolver
from .settings import Settings
from .wire import Reader, Writer


@dataclass(slots=True)
class Desk:
    """The front desk. The lifespan sets ``open`` while the app runs; the rest never changes."""

    settings: Settings
    model: Model
    reader: Reader = field(init=False)
    writer: Writer = field(init=False)
    open: Resolver | None = None

    def __post_init__(self) -> None:
        limits, writable = self.settings.max_value, self.settings.writable
        self.reader = Reader(self.model, max_value=limits, writable=writable)
        self.writer = Writer(self.model)

    @property
    def resolver(self) -> Resolver:
        """The resolver; raises :class:`StoreError` before the app has started."""
        if self.open is None:
            raise StoreError("the store is not open")
        return self.open
