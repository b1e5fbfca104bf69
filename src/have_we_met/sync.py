"""The same resolver for callers without an event loop: scripts, Flask, Django.

A thin portal: one event loop in one background thread, over the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from . import late
from . import resolver as asynchronous
from . import store as stores
from .answer import Lookup, Registration, WhyNot
from .explain import Explanation
from .late import Note
from .model import Model
from .record import RecordId
from .resilience import BreakerSettings
from .store import StoreOptions
from .store.given import Given
from .verdict import Judged, Judgement

T = TypeVar("T")
Raw = Mapping[str, object]


class Resolver:
    """What :class:`have_we_met.Resolver` does, for callers that wait; safe from many threads."""

    def __init__(self, portal: BlockingPortal, resolver: asynchronous.Resolver) -> None:
        self._portal = portal
        self._resolver = resolver
        self.model = resolver.model

    def _wait(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any, **more: Any) -> T:
        result: T = self._portal.call(partial(function, *args, **more))
        return result

    def lookup(self, raw: Raw, *, deadline: float | None = None) -> Lookup:
        """Look a person up."""
        return self._wait(self._resolver.lookup, raw, deadline=deadline)

    def get_or_create(
        self, raw: Raw, *, idempotency_key: str | None = None, deadline: float | None = None
    ) -> Registration:
        """Give the contact that we have met, or create one."""
        return self._wait(
            self._resolver.get_or_create,
            raw,
            idempotency_key=idempotency_key,
            deadline=deadline,
        )

    def create_apart(self, raw: Raw, from_ids: Iterable[RecordId], **more: Any) -> Registration:
        """Create a contact that is none of these records, and remember them as told apart."""
        return self._wait(self._resolver.create_apart, raw, from_ids, **more)

    def confirm(self, raw: Raw, record_id: RecordId, **more: Any) -> Registration:
        """Give the contact that somebody confirmed to be this person."""
        return self._wait(self._resolver.confirm, raw, record_id, **more)

    def judge(self, left: RecordId, right: RecordId, judgement: Judgement, **more: Any) -> None:
        """Assert of two stored records that they are one person, or two."""
        self._wait(self._resolver.judge, left, right, judgement, **more)

    def judgements(self, record_id: RecordId) -> Sequence[Judged]:
        """Read all that was ever asserted of a record and others, oldest first."""
        return self._wait(self._resolver.judgements, record_id)

    def add(self, raw: Raw) -> RecordId:
        """Write a new contact without looking it up."""
        return self._wait(self._resolver.add, raw)

    def get(self, record_id: RecordId) -> Mapping[str, object]:
        """Read one contact."""
        return self._wait(self._resolver.get, record_id)

    def update(self, record_id: RecordId, changes: Raw) -> Mapping[str, object]:
        """Change some columns of a contact."""
        return self._wait(self._resolver.update, record_id, changes)

    def delete(self, record_id: RecordId) -> None:
        """Delete a contact."""
        return self._wait(self._resolver.delete, record_id)

    def explain(self, left: Raw | RecordId, right: Raw | RecordId) -> Explanation:
        """Say how two records compare."""
        return self._wait(self._resolver.explain, left, right)

    def why_not(self, raw: Raw | RecordId, record_id: RecordId) -> WhyNot:
        """Say which keys bring a stored record to this question."""
        return self._wait(self._resolver.why_not, raw, record_id)

    def late_notes(self) -> Sequence[Note]:
        """Read which records were created upon an incomplete answer, and what was found later."""
        return self._wait(self._late_notes)

    async def _late_notes(self) -> Sequence[Note]:
        return [note async for note in late.notes(stores.unguarded(self._resolver.store))]

    def revisit(self, **more: Any) -> late.Revisited:
        """Look again at those that are due; as :func:`have_we_met.late.revisit`."""
        return self._wait(late.revisit, stores.unguarded(self._resolver.store), **more)


@contextmanager
def open_resolver(
    url: str,
    model: Model,
    *,
    table: Given | None = None,
    create: bool = False,
    columns: Mapping[str, str] | None = None,
    store_options: StoreOptions | None = None,
    breaker: BreakerSettings | None = None,
    **options: Any,
) -> Iterator[Resolver]:
    """Open a store and a resolver on it, for as long as the ``with`` block runs.

    ``table``, ``store_options`` and, where ``create`` says to make what is missing, ``columns`` are
    those of :func:`have_we_met.create_store`. ``breaker`` says when the store is left alone for a
    while, since it fails too often; without it there is none. ``options`` are those of
    :class:`have_we_met.Resolver`.

    >>> from have_we_met import preset
    >>> from have_we_met.sync import open_resolver
    >>> with open_resolver("sqlite://", preset("contacts"), create=True) as resolver:
    ...     _ = resolver.add({"email": "ada@example.org", "first_name": "Ada"})
    ...     resolver.lookup({"email": "ADA@example.org"}).status.value
    'found'
    """
    with start_blocking_portal() as portal:
        enter = partial(stores.create_store, columns=columns) if create else stores.open_store
        reached = store_options or StoreOptions()
        store = portal.call(partial(enter, url, model, table=table, options=reached))
        try:
            guarded = store if breaker is None else stores.GuardedStore(store, breaker)
            resolver = asynchronous.Resolver(guarded, **options)
        except BaseException:
            portal.call(store.close)
            raise
        try:
            yield Resolver(portal, resolver)
        finally:
            portal.call(resolver.close)
