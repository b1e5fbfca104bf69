"""A long look at a stored record: among all others, further than a lookup has time to look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from ..answer import Lookup
from ..asking import Question, Step, way
from ..decide import standing
from ..looking import Looker
from ..reasons import there
from ..record import RecordId
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
        return replace(
            found,
            ids=[found.ids[at] for at in kept],
            values=[found.values[at] for at in kept],
        )


class LongLook:
    """Looks a stored record up among all others, bound by what was judged of it.

    ``key_limit`` is how many records under one key are compared, in place of the model's;
    ``seconds`` is what a look may take; ``suggestions`` is how many may be named where none is for
    certain. ``steps`` stand on the way as on a :class:`~have_we_met.Resolver`'s, services that add
    to a record above all; a cache has no place here, since it would answer with the record itself.
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
        self._steps = tuple(steps)

    async def at(self, record_id: RecordId) -> Lookup:
        """Look a record up as it stands now; raises :class:`RecordNotFound` where it is gone."""
        started = monotonic()
        until = started + self._seconds
        async with self._store.survey(until) as unit:
            contact = there(await unit.contact(record_id))
        record = self._model.record(contact, id=record_id)

        async def ask(question: Question) -> Lookup:
            return await self._among_others(record_id, question)

        return await way(ask, self._steps)(Question(record, started, until))

    async def _among_others(self, record_id: RecordId, question: Question) -> Lookup:
        record, started, until = question.record, question.started, question.until
        async with self._store.survey(until) as unit:
            judged = standing(await unit.judgements(record_id), record_id)
            others = Others(
                self._model, unit.side, self._statements, unit.connection, itself=record_id
            )
            return await self._looker.look(others, record, started, until, judged)
