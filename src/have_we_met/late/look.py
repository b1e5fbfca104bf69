"""A long look at a stored record: among all others, further than a lookup has time to look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from time import monotonic

from ..answer import Lookup
from ..asking import Question, Step, way
from ..decide import standing
from ..looking import Looker
from ..reasons import there
from ..record import RecordId
from ..services.hearing import Heard
from ..services.stage import Stage
from ..store import SqlStore
from ..store.base import Candidates
from ..store.unit import SqlUnit

KEY_LIMIT = 1_000
"""How many records under one key are compared: sixteen times as many as in a lookup, which takes
some tens of milliseconds."""
LOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Others(SqlUnit):
    """A unit in which one record is no candidate."""

    itself: RecordId = field(kw_only=True)

    async def candidates(self, keys: Sequence[tuple[int, int]]) -> Candidates:
        """Find the other records under these keys."""
        found = await SqlUnit.candidates(self, keys)
        kept = [at for at, record_id in enumerate(found.ids) if record_id != self.itself]
        return found.changed(
            ids=[found.ids[at] for at in kept],
            values=[found.values[at] for at in kept],
        )


class LongLook:
    """Looks a stored record up among all others, bound by what was judged of it.

    ``key_limit`` is how many records under one key are compared, in place of the model's;
    ``seconds`` is what a look may take; ``suggestions`` is how many may be named where none is for
    certain. The model's services are consulted first, and what they fill in counts; a record that
    they would reject is there all the same. ``steps`` stand on the way as on a
    :class:`~have_we_met.Resolver`'s; a cache has no place here, since it would answer with the
    record itself.
    """

    def __init__(
        self,
        store: SqlStore,
        *,
        key_limit: int = KEY_LIMIT,
        seconds: float = LOOK_SECONDS,
        suggestions: int = 5,
        steps: Iterable[Step] = (),
    ) -> None:
        self._store = store
        limit = max(key_limit, store.model.key_limit)
        self._model = replace(store.model, key_limit=limit)
        statements = store.statements
        self._statements = type(statements)(store.side, statements.dialect, key_limit=limit)
        self._looker = Looker(self._model, suggestions)
        self._seconds = seconds
        self._stage = Stage(store.model) if store.model.services else None
        self._steps = tuple(steps)

    async def at(self, record_id: RecordId) -> Lookup:
        """Look a record up as it stands now; raises :class:`RecordNotFound` where it is gone."""
        started = monotonic()
        until = started + self._seconds
        async with self._store.survey(until) as unit:
            contact = there(await unit.contact(record_id))
        record = self._model.record(contact, id=record_id)

        async def ask(question: Question) -> Lookup:
            heard = await self._hear(question)
            found = await self._among_others(record_id, question.changed(record=heard.record))
            return heard.lacking(found)

        return await way(ask, self._steps)(Question(record, started, until))

    async def close(self) -> None:
        """Let go of what services hold."""
        if self._stage is not None:
            await self._stage.close()

    async def _hear(self, question: Question) -> Heard:
        if self._stage is None:
            return Heard(question.record)
        return await self._stage.before(question.record, question.until)

    async def _among_others(self, record_id: RecordId, question: Question) -> Lookup:
        record, started, until = question.record, question.started, question.until
        async with self._store.survey(until) as unit:
            judged = standing(await unit.judgements(record_id), record_id)
            others = Others(
                self._model, unit.side, self._statements, unit.connection, itself=record_id
            )
            return await self._looker.look(others, record, started, until, judged)


@asynccontextmanager
async def looking(store: SqlStore, look: LongLook | None) -> AsyncIterator[LongLook]:
    """Give the look that was given; or one as usual, which is closed at the end of the block."""
    if look is not None:
        yield look
        return
    own = LongLook(store)
    try:
        yield own
    finally:
        await own.close()
