"""The same resolver for callers without an event loop: scripts, Flask, Django.

A thin portal: one event loop in one background thread, over the same code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

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
from .resolver import CALLER, WRITE_SECONDS
from .shown import NOT_KNOWN, Likenesses
from .store import StoreOptions
from .store.given import Given
from .verdict import Judged, Judgement

if TYPE_CHECKING:
    from .asking import Step
    from .audit import Audit
    from .cache import Cache
    from .erasure import Dossier, Receipt
    from .services.client import Client

T = TypeVar("T")
Raw = Mapping[str, object]


class Resolver:
    """What :class:`have_we_met.Resolver` does, for callers that wait; safe from many threads."""

    def __init__(self, portal: BlockingPortal, resolver: asynchronous.Resolver) -> None:
        self._portal = portal
        self._resolver = resolver
        self.model = resolver.model

    @property
    def asynchronous(self) -> asynchronous.Resolver:
        """The resolver itself, for what is called by :meth:`call`."""
        return self._resolver

    def call(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any, **more: Any) -> T:
        """Run an asynchronous function in the loop that the resolver lives in, and wait for it.

        >>> from have_we_met import preset
        >>> with open_resolver("sqlite://", preset("contacts"), create=True) as resolver:
        ...     resolver.call(resolver.asynchronous.store.count)
        0
        """
        return self._wait(function, *args, **more)

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

    def create_apart(
        self,
        raw: Raw,
        from_ids: Iterable[RecordId],
        *,
        by: str = CALLER,
        shown: Likenesses = NOT_KNOWN,
        idempotency_key: str | None = None,
        deadline: float | None = None,
    ) -> Registration:
        """Create a contact that is none of these records, and remember them as told apart."""
        return self._wait(
            self._resolver.create_apart,
            raw,
            from_ids,
            by=by,
            shown=shown,
            idempotency_key=idempotency_key,
            deadline=deadline,
        )

    def confirm(
        self,
        raw: Raw,
        record_id: RecordId,
        *,
        shown: Likenesses = NOT_KNOWN,
        idempotency_key: str | None = None,
        deadline: float | None = None,
    ) -> Registration:
        """Give the contact that somebody confirmed to be this person."""
        return self._wait(
            self._resolver.confirm,
            raw,
            record_id,
            shown=shown,
            idempotency_key=idempotency_key,
            deadline=deadline,
        )

    def likeness(self, contact: Raw) -> str:
        """Mark what a contact says as it is shown, to be given back with what is decided on it."""
        return self._resolver.likeness(contact)

    def judge(
        self,
        left: RecordId,
        right: RecordId,
        judgement: Judgement,
        *,
        by: str = CALLER,
        deadline: float = WRITE_SECONDS,
    ) -> None:
        """Assert of two stored records that they are one person, or two."""
        self._wait(self._resolver.judge, left, right, judgement, by=by, deadline=deadline)

    def judgements(self, record_id: RecordId) -> Sequence[Judged]:
        """Read all that was ever asserted of a record and others, oldest first."""
        return self._wait(self._resolver.judgements, record_id)

    def add(self, raw: Raw, *, deadline: float = WRITE_SECONDS) -> RecordId:
        """Write a new contact without looking it up."""
        return self._wait(self._resolver.add, raw, deadline=deadline)

    def get(self, record_id: RecordId) -> Mapping[str, object]:
        """Read one contact."""
        return self._wait(self._resolver.get, record_id)

    def update(
        self, record_id: RecordId, changes: Raw, *, deadline: float = WRITE_SECONDS
    ) -> Mapping[str, object]:
        """Change some columns of a contact."""
        return self._wait(self._resolver.update, record_id, changes, deadline=deadline)

    def delete(self, record_id: RecordId, *, deadline: float = WRITE_SECONDS) -> None:
        """Delete a contact."""
        return self._wait(self._resolver.delete, record_id, deadline=deadline)

    def forget(
        self, record_id: RecordId, *, vacuum: bool = False, deadline: float = WRITE_SECONDS
    ) -> Receipt:
        """Erase a contact and all that is known of it, and leave tombstones."""
        return self._wait(self._resolver.forget, record_id, vacuum=vacuum, deadline=deadline)

    def everything(self, record_id: RecordId, *, deadline: float = WRITE_SECONDS) -> Dossier:
        """Read all that is known of a contact."""
        return self._wait(self._resolver.everything, record_id, deadline=deadline)

    def explain(self, left: Raw | RecordId, right: Raw | RecordId) -> Explanation:
        """Say how two records compare."""
        return self._wait(self._resolver.explain, left, right)

    def why_not(self, raw: Raw | RecordId, record_id: RecordId) -> WhyNot:
        """Say which keys bring a stored record to this question."""
        return self._wait(self._resolver.why_not, raw, record_id)

    @property
    def services(self) -> Mapping[str, Client]:
        """Who asks each of the model's services, by its name."""
        return self._resolver.services

    def behind(self, *steps: Step) -> Resolver:
        """Give the same resolver with further steps before those that it has, asked first."""
        return Resolver(self._portal, self._resolver.behind(*steps))

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
    cache: Callable[[stores.Store], Awaitable[Cache]] | None = None,
    audit: Callable[[stores.Store], Audit] | None = None,
    **options: Any,
) -> Iterator[Resolver]:
    """Open a store and a resolver on it, for as long as the ``with`` block runs.

    ``table``, ``store_options`` and, where ``create`` says to make what is missing, ``columns`` are
    those of :func:`have_we_met.create_store`. ``breaker`` says when the store is left alone for a
    while, since it fails too often; without it there is none. ``cache`` opens one on the store:
    :func:`have_we_met.cache.open_cache`, or a ``partial`` of it that says where; ``audit`` makes
    one: :class:`have_we_met.audit.Audit`, or a ``partial``. ``options`` are those of
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
            if cache is not None:
                options["cache"] = portal.call(cache, guarded)
            if audit is not None:
                options["audit"] = audit(guarded)
            resolver = asynchronous.Resolver(guarded, **options)
        except BaseException:
            portal.call(store.close)
            raise
        try:
            yield Resolver(portal, resolver)
        finally:
            portal.call(resolver.close)
