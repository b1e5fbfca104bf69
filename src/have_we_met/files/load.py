"""Loading the rows of a file into a store: what the database refuses is rejected, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError, RecordExists
from ..store import Store
from ..store.base import Loaded
from ..store.prepare import Prepared
from .rows import Rejected, Rows


async def load_rows(
    store: Store, rows: Rows, prepared: Prepared | None = None
) -> tuple[Loaded, list[Rejected]]:
    """Write some rows, named as the table names them; give back the counts and the refused.

    Where the table's own rules refuse a row, the rest is written all the same: a stretch is halved
    until the row stands alone.
    """
    if not rows.lines:
        return Loaded(), []
    try:
        columns = dict(zip(rows.names, rows.columns, strict=True))
        return await store.load_columns(columns, prepared), []
    except (InputError, RecordExists) as exc:
        if len(rows) == 1:
            return Loaded(), [Rejected(rows.lines[0], str(exc))]
    middle = len(rows) // 2
    loaded, refused = Loaded(), list[Rejected]()
    for part in (range(middle), range(middle, len(rows))):
        half = prepared.only(part) if prepared is not None else None
        more, wrong = await load_rows(store, _part(rows, part), half)
        loaded, refused = loaded + more, refused + wrong
    return loaded, refused


def _part(rows: Rows, part: range) -> Rows:
    cut = slice(part.start, part.stop)
    columns: list[Sequence[object]] = [column[cut] for column in rows.columns]
    return Rows(rows.names, tuple(columns), rows.lines[cut])
