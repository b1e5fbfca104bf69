"""Cutting the side tables from the caller's table, and what is written about them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.schema import CreateTable, DropTable

from ..errors import StoreBusy, StoreOutOfDate
from ..model import Model
from .base import Progress
from .bulk import Indexer, Workbench
from .contacts import Contacts, Row, record_id
from .lasting_build import is_there
from .layout import LAYOUT, note_newest
from .meta import Meta
from .side import META, side_tables
from .statements import MetaStatements, Statement, Statements

PAGE = 20_000
"""Rows a transaction when the side tables are cut: what a crash can cost, and memory's bound."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is written about one table's side tables."""

    bench: Workbench
    entity: str

    @property
    def _statements(self) -> MetaStatements:
        return MetaStatements(self.bench.dialect)

    async def ensure(self) -> None:
        """Create the table that it is written in, where it is missing.

        A database without it has no table of ours, and all that will be made are of the newest
        layout; so that is noted.
        """
        if not await is_there(self.bench, META):
            await self.bench.run(CreateTable(META, if_not_exists=True))
            await self.bench.run(CreateTable(LAYOUT, if_not_exists=True))
            await self.bench.fetch(note_newest(self.bench.dialect), ())

    async def read(self) -> Meta:
        """Read it; where nothing was written yet, say just that."""
        try:
            rows = await self.bench.fetch(self._statements.read, [self.entity])
        except StoreOutOfDate:  # not even the table is there
            return Meta()
        return Meta.from_rows(dict(rows))

    async def write(self, meta: Meta) -> None:
        """Write it anew."""
        await self.bench.fetch(self._statements.forget, [self.entity])
        rows = [(self.entity, name, value) for name, value in meta.rows().items()]
        await self.bench.fetch_each(self._statements.insert, rows)


class Builder:
    """Cuts the next generation of side tables, page by page, each page in its own transaction.

    Killed at any moment it leaves a cursor, and goes on from there when it is run again. Two at the
    same moment go on from each other's: each transaction begins with what is written by then.
    """

    def __init__(self, bench: Workbench, contacts: Contacts, model: Model) -> None:
        self._bench = bench
        self._contacts = contacts
        self._model = model
        self._ledger = Ledger(bench, contacts.name)

    async def build(
        self, progress: Progress = lambda done, total: None, *, anew: bool = True
    ) -> None:
        """Build the next generation to its end and put it into use; where one is, only if ``anew``.

        Raises :class:`StoreBusy` where somebody begins to build by another model meanwhile.
        """
        meta = await self._start(anew)
        if meta is None:
            return
        side = side_tables(self._contacts, self._model, meta.generation + 1)
        statements = Statements(side, self._bench.dialect, key_limit=self._model.key_limit)
        indexer = Indexer(self._model, side, self._bench)
        total = await self._count(statements.count_of(self._contacts.table))
        done = await self._count(statements.count)
        while True:
            async with self._bench.transaction():
                written = await self._ledger.read()
                if written.generation != meta.generation:
                    return  # somebody else came to the end
                if written.building != meta.building:
                    raise StoreBusy("the side tables are being built by another model")
                meta = written
                rows = await self._page(statements, meta)
                if not rows:
                    await self._bench.complete(side)
                    await self._finish(meta)
                    break
                await indexer.index(rows)
                meta = replace(meta, cursor=self._cursor(rows[-1]))
                await self._ledger.write(meta)
            done += len(rows)
            progress(done, max(total, done))
            await asyncio.sleep(0)  # whoever breaks it off is heard between pages, on SQLite too
        await self._bench.settle(side)

    async def _start(self, anew: bool) -> Meta | None:
        """Go on with a build that was broken off, or begin a new one if there is need of it."""
        async with self._bench.transaction():
            meta = await self._ledger.read()
            if meta.generation and not meta.building and not anew:
                return None
            same = meta.building == self._model.index_fingerprint
            if same and dict(meta.columns) == dict(self._contacts.fields):
                return meta
            return await self._begin(meta)

    async def _begin(self, meta: Meta) -> Meta:
        side = side_tables(self._contacts, self._model, meta.generation + 1)
        begun = replace(
            meta,
            building=self._model.index_fingerprint,
            columns=dict(self._contacts.fields),
            cursor=(),
        )
        for table in side.tables:
            await self._bench.run(DropTable(table, if_exists=True))
        await self._bench.create(side)
        await self._ledger.write(begun)
        return begun

    async def _page(self, statements: Statements, meta: Meta) -> Sequence[Row]:
        page = statements.page(first=not meta.cursor, size=PAGE)
        if not meta.cursor:
            return await self._bench.fetch(page, ())
        after = self._contacts.key_values(meta.cursor)
        named = {f"key_{c.name}": v for c, v in zip(self._contacts.key, after, strict=True)}
        return await self._bench.fetch(page, [named[n] for n in page.parameters])

    def _cursor(self, row: Row) -> tuple[str | int, ...]:
        key = record_id(self._contacts.key_of_row(row))
        return key if isinstance(key, tuple) else (key,)

    async def _finish(self, meta: Meta) -> None:
        """Put the new generation into use and drop the old one, inside the last transaction."""
        now = Meta(
            generation=meta.generation + 1,
            index=self._model.index_fingerprint,
            columns=meta.columns,
        )
        await self._ledger.write(now)
        for table in side_tables(self._contacts, self._model, meta.generation).tables:
            await self._bench.run(DropTable(table, if_exists=True))

    async def _count(self, statement: Statement) -> int:
        rows = await self._bench.fetch(statement, ())
        return int(rows[0][0])
