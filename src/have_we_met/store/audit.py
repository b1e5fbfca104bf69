"""The audit of one table on any SQL database: entries are added at the end, read, and pruned.

Whoever adds holds the chain's end until the unit ends, so that two units never add after the same
entry; they add last, and wait for nothing then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ..errors import StoreError
from .audit_chain import Act, Action, Chain, Entry, Fault, Head, sealed
from .audit_statements import AuditStatements
from .lasting import spelt_moment
from .marks import Marks
from .memory import Running
from .statements import Statement

if TYPE_CHECKING:
    from .syncing import SqlStore

_END = (0, 0x4857_4D5F_4155_4449)
"""The key that whoever adds to the chain holds."""


class Auditing(Running, Protocol):
    """What runs statements in one unit, and holds keys."""

    async def hold(self, keys: Sequence[tuple[int, int]]) -> None:
        """Keep every other unit that holds one of these keys waiting."""
        ...

    async def run_many(self, statement: Statement, named: list[dict[str, object]]) -> None:
        """Run a statement once for each set of named parameters."""
        ...


async def append(unit: Auditing, marks: Marks, acts: Sequence[Act]) -> Head:
    """Add acts at the end of the chain, and say where it ends now.

    Raises :class:`StoreError` where the chain was begun under another secret.
    """
    await unit.hold([_END])
    head = await read_head(unit) or Head(0, "", marks.name)
    if head.secret != marks.name:
        raise StoreError("the audit was begun under another secret; give that one")
    entries = list(_follow(marks, head, acts))
    statements = _statements(unit)
    await unit.run_many(statements.append, [asdict(entry) for entry in entries])
    head = Head(entries[-1].number, entries[-1].seal, marks.name)
    await unit.run(statements.write_head, asdict(head) | {"place": 1})
    return head


def _follow(marks: Marks, head: Head, acts: Sequence[Act]) -> Iterator[Entry]:
    for act in acts:
        entry = sealed(marks, head, act)
        head = Head(entry.number, entry.seal)
        yield entry


async def read_head(unit: Running) -> Head | None:
    """Read where the chain ends; ``None`` where nothing was ever written."""
    rows = await unit.run(_statements(unit).head, {})
    return Head(*rows[0]) if rows else None


async def entries(store: SqlStore, beyond: int = 0) -> AsyncIterator[Entry]:
    """Read the chain from beyond a number, page by page, oldest first."""
    while True:
        async with store.survey(None) as unit:
            rows = await unit.run(_statements(unit).page, {"beyond": beyond})
        for row in rows:
            yield Entry(*row)
        if not rows:
            return
        beyond = rows[-1][0]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: how many entries there are, where they end, and what is wrong."""

    entries: int
    head: Head
    faults: tuple[Fault, ...]


async def check(store: SqlStore, marks: Marks, known: Head | None = None) -> Checked:
    """Check the whole chain, while others add to it.

    ``known`` is where it ended some time ago. Raises :class:`StoreError` where the chain was begun
    under another secret.
    """
    chain, faults = Chain(marks, known), list[Fault]()
    while True:
        heard = chain.entries
        async for entry in entries(store, chain.last.number):
            faults += chain.hear(entry)
        async with store.survey(None) as unit:
            head = await read_head(unit)
        # What was added between the two reads is read now.
        if head is None or head.number <= chain.last.number or heard == chain.entries:
            break
    if head is not None and head.secret != marks.name:
        raise StoreError("the audit was begun under another secret; give that one")
    faults += chain.end(head)
    return Checked(chain.entries, head or Head(0, ""), tuple(faults))


async def prune(unit: Auditing, marks: Marks, before: datetime, act: Act) -> int:
    """Delete the entries up to the first one from a moment on; a checkpoint stands for them.

    ``act`` says who does. Gives how many were deleted.
    """
    await unit.hold([_END])
    head, statements = await read_head(unit), _statements(unit)
    if head is None:
        return 0
    ((first,),) = await unit.run(statements.first_since, {"since": spelt_moment(before)})
    through = head.number if first is None else first - 1
    known = await unit.run(statements.entry, {"number": through})
    if not known:
        return 0
    facts = {"through": through, "seal": known[0][0]}
    stand_in = Act(Action.CHECKPOINT, act.at, act.actor, act.policy, facts=facts)
    await append(unit, marks, [stand_in])
    return len(await unit.run(statements.prune, {"through": through}))


def _statements(unit: Running) -> AuditStatements:
    return unit.statements.lasting.audit
