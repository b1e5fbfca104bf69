"""Where a command finds its contacts: a database, a table in it, and a model."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ..model import Model
    from ..resolver import Resolver
    from ..store import SqlStore, StoreOptions
    from ..store.tombstones import Then

T = TypeVar("T")
Progress = Callable[[int, int], None]

MARKS_SECRET = "HAVE_WE_MET_MARKS_SECRET"  # noqa: S105  # the variable's name
"""The variable that holds what marks of the audit and tombstones are made with."""


@dataclass(frozen=True)
class Where:
    """A database's URL, a model's file or preset, and a table where it is not the model's."""

    db: str = field(repr=False)
    source: str = "contacts"
    table: str | None = None
    erased: Then = "refuse"

    @cached_property
    def model(self) -> Model:
        """The model; raises ``ModelError``."""
        return read_model(self.source)

    @property
    def options(self) -> StoreOptions:
        """How the store is opened: with the secret of its marks, if the environment holds one."""
        from ..store import StoreOptions

        return StoreOptions(secret=os.environ.get(MARKS_SECRET, ""), erased=self.erased)

    async def create(
        self, columns: Mapping[str, str], progress: Progress, *, triggers: bool | None = None
    ) -> SqlStore:
        """Create what is missing of the store, and open it."""
        from ..store import create_store

        return await create_store(
            self.db,
            self.model,
            table=self.table,
            columns=columns or None,
            triggers=triggers,
            progress=progress,
            options=self.options,
        )

    async def rebuild(self, columns: Mapping[str, str], progress: Progress) -> SqlStore:
        """Cut the side tables anew, and open the store."""
        from ..store import rebuild_store

        return await rebuild_store(
            self.db,
            self.model,
            table=self.table,
            columns=columns or None,
            progress=progress,
            options=self.options,
        )

    async def open(self) -> SqlStore:
        """Open the store."""
        from ..store import open_store

        return await open_store(self.db, self.model, table=self.table, options=self.options)

    @asynccontextmanager
    async def resolver(self, **options: Any) -> AsyncIterator[Resolver]:
        """Open a resolver on the store."""
        from ..resolver import Resolver

        resolver = Resolver(await self.open(), **options)
        try:
            yield resolver
        finally:
            await resolver.close()

    def facts(self) -> dict[str, object]:
        """Say where it is, without the password."""
        import sqlalchemy as sa

        return {
            "db": sa.make_url(self.db).render_as_string(hide_password=True),
            "table": self.table or self.model.table,
            "model": self.model.name,
            "fingerprint": self.model.fingerprint,
        }


def read_model(source: str) -> Model:
    """Read a model from a TOML file, or take the preset of that name; raises ``ModelError``."""
    from ..errors import ModelError, Problem
    from ..model import Model, preset

    if not source.endswith(".toml") and os.sep not in source:
        return preset(source)
    try:
        return Model.load(source)
    except OSError as exc:
        raise ModelError([Problem(source, f"cannot be read: {exc.strerror}")]) from exc


@asynccontextmanager
async def closing(store: SqlStore) -> AsyncIterator[SqlStore]:
    """Let go of a store when the ``async with`` block ends."""
    try:
        yield store
    finally:
        await store.close()


def wait(work: Coroutine[Any, Any, T]) -> T:
    """Do something asynchronous to its end."""
    import asyncio

    return asyncio.run(work)
