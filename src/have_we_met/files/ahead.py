"""Preparing in a second process, while this one writes.

Normalising and cutting keys takes about as long as writing does, and both hold Python's lock; on
two cores an import is nearly twice as fast this way.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Protocol

from ..errors import StoreError
from ..model import Model
from ..store.prepare import Prepared, prepare
from .rows import Column, Rows


class Preparer(Protocol):
    """Prepares stretches of rows, each handed in before the one before it is asked for."""

    def begin(self, rows: Rows) -> None:
        """Hand in some rows, named as the table names them."""
        ...

    def end(self) -> Prepared:
        """Give what was prepared of the rows that were handed in last."""
        ...


def fields_of(model: Model, rows: Rows) -> tuple[dict[str, Column], int]:
    """Give those columns of some rows that are fields, and how many rows they are."""
    named = zip(rows.names, rows.columns, strict=True)
    return {name: column for name, column in named if name in model.field_names}, len(rows)


class Here:
    """Prepares in this process: for files that end before another one has started."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._rows: Rows | None = None

    def begin(self, rows: Rows) -> None:
        """Hand in some rows."""
        self._rows = rows

    def end(self) -> Prepared:
        """Give what was prepared of them."""
        assert self._rows is not None
        return prepare(self._model, *fields_of(self._model, self._rows))


class Ahead:
    """Prepares in another process."""

    def __init__(self, model: Model, connection: Connection) -> None:
        self._model = model
        self._connection = connection

    def begin(self, rows: Rows) -> None:
        """Hand in some rows."""
        self._connection.send(fields_of(self._model, rows))

    def end(self) -> Prepared:
        """Give what was prepared of them; raises :class:`StoreError` where the process is gone."""
        try:
            prepared: Prepared = self._connection.recv()
        except EOFError:
            raise StoreError("the process that prepared rows has ended; run it again") from None
        return prepared


@contextmanager
def second_process(model: Model) -> Iterator[Preparer]:
    """Start a process that prepares by this model, for as long as the ``with`` block runs."""
    # Not a fork: a copy of this process would have its connections and threads.
    context = get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_work, args=(model, its), daemon=True)
    process.start()
    its.close()
    try:
        yield Ahead(model, mine)
    finally:
        mine.close()
        process.join(5)
        process.kill()


def _work(model: Model, connection: Connection) -> None:
    """Prepare what comes until nothing comes any more, whatever the reason."""
    gc.disable()  # nothing here makes cycles, and looking for them in a million texts takes time
    try:
        while True:
            connection.send(prepare(model, *connection.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        return
