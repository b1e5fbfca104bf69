"""What somebody wants who opens, creates or rebuilds a store, and who does that for a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from ..model import Model
from .base import Progress
from .options import StoreOptions
from .syncing import SqlStore


def silent(done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A store at an address, for a model, of a table by its name.

    ``columns`` says which column holds which field, where that was said.
    """

    url: sa.URL
    model: Model
    table: str
    options: StoreOptions
    columns: Mapping[str, str] | None = None
    progress: Progress = silent


class Opener(Protocol):
    """A module that opens the stores of one kind of database."""

    async def has_table(self, url: sa.URL, table: str) -> bool:
        """Whether there is such a table in this database."""
        ...

    async def open_store(self, wanted: Wanted) -> SqlStore:
        """Open a store that was created before; raises what is wrong with it."""
        ...

    async def create_store(self, wanted: Wanted) -> SqlStore:
        """Create what is missing, cut the side tables if they are not yet, and open the store."""
        ...

    async def rebuild_store(self, wanted: Wanted) -> SqlStore:
        """Cut the side tables anew, going on where a killed run stopped, and open the store."""
        ...
