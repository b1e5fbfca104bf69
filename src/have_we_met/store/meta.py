"""What is written about the side tables: which generation is in use, and what it was cut by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import StoreOutOfDate
from ..model import Model

SCHEMA = 1
"""The layout of the side tables. A store of another number is rebuilt, not read."""


@dataclass(frozen=True, slots=True)
class Meta:
    """The state of one table's side tables.

    ``index`` is the model's ``index_fingerprint`` that cut them; ``columns`` maps fields to the
    columns of the caller's table. While the next generation is ``building``, ``cursor`` is the
    last primary key that is in it.
    """

    generation: int = 0
    index: str = ""
    schema: int = SCHEMA
    columns: Mapping[str, str] = field(default_factory=dict)
    building: str = ""
    cursor: tuple[str | int, ...] = ()

    @classmethod
    def from_rows(cls, rows: Mapping[str, str]) -> Meta:
        """Read what :meth:`rows` wrote."""
        return cls(
            generation=int(rows.get("generation", 0)),
            index=rows.get("index", ""),
            schema=int(rows.get("schema", SCHEMA)),
            columns=json.loads(rows.get("columns", "{}")),
            building=rows.get("building", ""),
            cursor=tuple(json.loads(rows.get("cursor", "[]"))),
        )

    def rows(self) -> dict[str, str]:
        """Give one named text a fact."""
        return {
            "generation": str(self.generation),
            "index": self.index,
            "schema": str(self.schema),
            "columns": json.dumps(dict(self.columns)),
            "building": self.building,
            "cursor": json.dumps(self.cursor),
        }

    def check(self, model: Model, table: str) -> None:
        """Raise :class:`StoreOutOfDate` where these side tables cannot answer for this model."""
        if self.generation == 0:
            raise StoreOutOfDate(f"{table} has no side tables yet; run: have-we-met init")
        if self.schema > SCHEMA:
            raise StoreOutOfDate(
                f"the side tables of {table} were made by a newer version of have_we_met "
                f"(layout {self.schema}, this one knows {SCHEMA}); upgrade it"
            )
        if self.schema < SCHEMA or self.index != model.index_fingerprint:
            made_by = "an older version" if self.schema < SCHEMA else "another model"
            raise StoreOutOfDate(
                f"the side tables of {table} were cut by {made_by} ({self.index}; this model is "
                f"{model.index_fingerprint}); run: have-we-met reindex"
            )
