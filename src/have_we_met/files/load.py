"""Loading the rows of a file into a store: what the database refuses is rejected, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError, PersonErased, RecordExists
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
    except PersonErased as exc:
        return await _without(store, rows, prepared, exc.places)
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


async def _without(
    store: Store, rows: Rows, prepared: Prepared | None, erased: Sequence[int]
) -> tuple[Loaded, list[Rejected]]:
    """Load the rest, and reject the rows of those who were erased."""
    rest = [place for place in range(len(rows)) if place not in set(erased)]
    kept = prepared.only(rest) if prepared is not None and rest else None
    loaded, refused = await load_rows(store, _part(rows, rest), kept)
    reason = PersonErased.REASON
    return loaded, [*refused, *(Rejected(rows.lines[place], reason) for place in erased)]


def _part(rows: Rows, part: Sequence[int]) -> Rows:
    columns: list[Sequence[object]] = [[column[at] for at in part] for column in rows.columns]
    return Rows(rows.names, tuple(columns), [rows.lines[at] for at in part])
