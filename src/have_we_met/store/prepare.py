"""What contacts become in the side tables, worked out on columns before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import Model
from .neighbours import Near, neighbourhoods

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The normalised values of some records, a column a field, and their keys.

    Key ``hashes[i]`` is one of the record at ``places[i]``. They are in the order of the hashes,
    which is that of the table of keys: neighbours go to one page. ``near`` is each record's
    neighbourhood: see :mod:`.neighbours`.
    """

    columns: Sequence[Sequence[str | None]]
    hashes: Numbers
    places: Numbers
    near: Near

    def only(self, places: Sequence[int]) -> Prepared:
        """Keep the records at these places, which are ascending."""
        picked = np.asarray(places, np.int64)
        at = np.full(len(self.columns[0]), -1, np.int64)
        at[picked] = np.arange(len(picked))
        kept = at[self.places] >= 0
        return Prepared(
            [[column[place] for place in places] for column in self.columns],
            self.hashes[kept],
            at[self.places[kept]],
            self.near[picked],
        )

    def keys(self, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Give each key's hash with the number of its record."""
        records = np.asarray(numbers, np.int64)[self.places]
        return zip(self.hashes.tolist(), records.tolist(), strict=True)


def prepare(model: Model, columns: Mapping[str, Sequence[Any]], count: int) -> Prepared:
    """Normalise ``count`` records, given as columns under the fields' names, and cut their keys.

    >>> from have_we_met import preset
    >>> prepare(preset("contacts"), {"email": ["Ada@Example.org"]}, 1).columns[0]
    ['ada@example.org']
    """
    normalised = model.columns(columns, count)
    cut = model.cut.columns(normalised)
    hashes = np.array(cut.hashes, np.int64)
    places = np.array(cut.rows, np.int64)
    order = np.lexsort((places, hashes))
    near = neighbourhoods(model, cut, count)
    return Prepared(normalised, hashes[order], places[order], near)
