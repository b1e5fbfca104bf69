"""What a sync remembers between its pages and between its runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .contacts import Contacts
from .drift import Drift
from .sync_statements import SyncStatements
from .unit import SqlUnit

OVERLAP_SECONDS = 60.0
OVERLAP_NUMBERS = 1000

Plain = str | int | float
"""A value of a database as JSON can write it."""


@dataclass(frozen=True, slots=True)
class FullRun:
    """How far a full run has come, in side tables of one generation.

    ``key`` is the last row of the caller's table that was compared; once ``rows_done``, ``record``
    is the number of the last indexed record that was looked for. ``watermark`` is the highest value
    of the growing column when the run began.
    """

    generation: int
    began: float
    rows_done: bool = False
    key: tuple[Plain, ...] = ()
    record: int = 0
    drift: Drift = field(default_factory=Drift)
    watermark: Plain | None = None


@dataclass(frozen=True, slots=True)
class SyncState:
    """What is remembered about one table.

    ``column`` grows with every write, and ``watermark`` is the highest value of it that was read.
    ``synced`` is when the last run that came to its end began, in seconds since 1970.
    """

    column: str | None = None
    watermark: Plain | None = None
    synced: float | None = None
    full: FullRun | None = None

    @classmethod
    def from_rows(cls, rows: Mapping[str, str]) -> SyncState:
        """Read what :meth:`rows` wrote."""
        data: dict[str, Any] = {name: json.loads(text) for name, text in rows.items()}
        if full := data.pop("full", None):
            drift = Drift(**full.pop("drift"))
            key = tuple(full.pop("key"))
            data["full"] = FullRun(**full, key=key, drift=drift)
        return cls(**data)

    def rows(self) -> dict[str, str]:
        """Give one named text a fact, as JSON."""
        return {name: json.dumps(value) for name, value in asdict(self).items()}


async def read_state(unit: SqlUnit, statements: SyncStatements) -> SyncState:
    """Read what was remembered; where nothing was, say just that."""
    rows = await unit.connection.fetch(statements.recall, [_entity(unit.side.contacts)])
    return SyncState.from_rows(dict(rows))


async def write_state(
    unit: SqlUnit, statements: SyncStatements, before: SyncState, state: SyncState
) -> None:
    """Remember what is new in it, in this unit; a sync beside this one may remember the rest."""
    entity, old = _entity(unit.side.contacts), before.rows()
    for name, value in state.rows().items():
        if value != old[name]:
            row = {"entity": entity, "name": name, "value": value}
            await unit.run(statements.remember, row)


def _entity(contacts: Contacts) -> str:
    """Beside what is written about the side tables: a rebuild begins that anew, not this."""
    return f"{contacts.name} (sync)"


def plain(value: object) -> Plain:
    """Give a value of the database as JSON can write it.

    >>> plain(7), plain(datetime(1815, 12, 10))
    (7, '1815-12-10T00:00:00')
    """
    if isinstance(value, str | int | float):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def fitted(contacts: Contacts, column: str, value: Plain) -> object:
    """Give the value back as the database has it."""
    return contacts.fitted({column: value})[column]


def fitted_key(contacts: Contacts, key: Sequence[Plain]) -> Mapping[str, object]:
    """Give a primary key back, under the names of its parameters."""
    named = {c.name: value for c, value in zip(contacts.key, key, strict=True)}
    return {f"key_{name}": value for name, value in contacts.fitted(named).items()}


def earlier(value: object, overlap: float | None) -> object:
    """Go back a little: a row may have been written before another one and committed after it.

    >>> earlier(datetime(2024, 5, 1, 12, 0, 30), 60), earlier("2024-05-01 12:00:30", 60)
    (datetime.datetime(2024, 5, 1, 11, 59, 30), '2024-05-01 11:59:30')
    >>> earlier(5000, None), earlier(date(2024, 5, 1), None)
    (4000, datetime.date(2024, 4, 30))
    """
    seconds = timedelta(seconds=OVERLAP_SECONDS if overlap is None else overlap)
    if isinstance(value, datetime):
        return value - seconds
    if isinstance(value, date):
        return value - timedelta(days=1) - seconds
    if isinstance(value, str):
        return _earlier_text(value, seconds)
    numbers = OVERLAP_NUMBERS if overlap is None else overlap
    if isinstance(value, Decimal):
        return value - Decimal(str(numbers))
    return value - numbers if isinstance(value, int | float) else value


def _earlier_text(value: str, seconds: timedelta) -> str:
    """The same for a moment that is kept as text, in the way in which it is written."""
    try:
        moment = datetime.fromisoformat(value) - seconds
    except ValueError:
        return value
    if len(value) <= len("1815-12-10"):
        return moment.date().isoformat()
    written = moment.isoformat(sep=value[10], timespec="microseconds" if "." in value else "auto")
    return written.replace("+00:00", "Z") if value.endswith("Z") else written


def now() -> float:
    """The moment, in seconds since 1970."""
    return datetime.now(UTC).timestamp()
