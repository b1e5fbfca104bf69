"""Records that are created upon incomplete answers, and a clock that can be put forward."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from have_we_met import Registration, Resolver, late, preset
from have_we_met.late import Note
from have_we_met.record import RecordId
from have_we_met.services import Asked

MODEL = replace(preset("contacts"), key_limit=10)
SWITCHBOARD = "+14155550101"
COLLEAGUES = ("Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo", "Kim", "Lou", "Max")
ADA = {"first_name": "Ada", "last_name": "Lovelace", "phone": SWITCHBOARD}
SLIP = ADA | {"last_name": "Lovelaec"}
WANG = {"email": "wang@example.com", "first_name": "伟", "last_name": "王"}
NOON = datetime(2001, 2, 3, 12, tzinfo=UTC)


REGISTER_WORKS = False


async def register(asked: Asked) -> dict[str, object]:
    """A service that knows people's phones, when it works."""
    if not REGISTER_WORKS:
        raise ConnectionError
    return dict(asked.options)


@dataclass
class Clock:
    """A clock that stands still until it is put forward."""

    now: datetime = field(default=NOON)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def hidden_twin(resolver: Resolver) -> Registration:
    """Create somebody who is there already, behind more colleagues than a lookup compares."""
    for number, name in enumerate(COLLEAGUES):
        who = {"first_name": name, "last_name": f"{name}{name}son", "phone": SWITCHBOARD}
        await resolver.add(who | {"id": f"c{number}"})
    await resolver.add(ADA | {"id": "ada"})
    made = await resolver.get_or_create(SLIP)
    assert made.created
    assert not made.lookup.complete
    return made


async def doubtful(resolver: Resolver, raw: dict[str, Any]) -> RecordId:
    """Create somebody upon a lookup for which there was no time."""
    await resolver.lookup(raw, deadline=0)
    return await resolver.add(raw)


async def noted(store: Any) -> list[Note]:
    """All notes."""
    return [note async for note in late.notes(store)]
