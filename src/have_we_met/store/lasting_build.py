"""Creating the side tables that outlive every generation, wherever they are missing."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from ..errors import StoreError, StoreOutOfDate
from .bulk import Workbench
from .contacts import Contacts
from .lasting import lasting_tables
from .statements import compile_statement


async def ensure_lasting(bench: Workbench, contacts: Contacts) -> None:
    """Create what is missing.

    Raises :class:`StoreOutOfDate` where something is, and we may not create it.
    """
    for table in lasting_tables(contacts):
        if not await is_there(bench, table):
            await _create(bench, table)


async def is_there(bench: Workbench, table: sa.Table) -> bool:
    """Whether a table of ours is there, with all its columns."""
    nothing = sa.select(table).where(sa.false())
    try:
        await bench.fetch(compile_statement("is_there", nothing, bench.dialect), ())
    except StoreOutOfDate:  # what a missing table of ours means
        return False
    return True


async def _create(bench: Workbench, table: sa.Table) -> None:
    try:
        async with bench.transaction():
            await bench.run(CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                await bench.run(CreateIndex(index, if_not_exists=True))
    except StoreError as exc:
        raise StoreOutOfDate(
            f"the side table {table.fullname} is missing and cannot be created ({exc}); "
            "run: have-we-met init, as a user who may create tables"
        ) from None
