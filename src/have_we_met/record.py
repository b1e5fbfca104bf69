"""A record: what one source once said about one person, as it came and as we compare it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

RecordId = str | int | tuple[str | int, ...]
"""The primary key of a record in the caller's table; a tuple where that key has several columns."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record, raw and normalised.

    ``raw`` is what the source said, untouched. ``values`` holds one normalised text a field, in the
    order of the model's fields; ``None`` where the source said nothing.
    """

    raw: Mapping[str, object]
    values: tuple[str | None, ...]
    id: RecordId | None = None

    was_asked: ClassVar[bool] = False
    """Whether it is known to have been asked about before, without a look at its values."""
