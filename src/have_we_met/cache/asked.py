"""A question that may have been asked before in the same words, and is then not normalised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from ..quick import unfrozen
from ..record import Record
from .memory import Kept

Raw = Mapping[str, object]
Read = Callable[[Raw], Record]


class Asked(Record):
    """A record that is normalised once somebody wants its values: mostly, nobody does.

    ``given`` is what the caller said, ``mark`` says it as a keyed hash, and ``kept`` is what is
    kept of the answer to it, if anything. A step on the way that makes another record of it,
    with :func:`dataclasses.replace`, makes one without a mark.
    """

    __slots__ = ("given", "kept", "mark", "read")

    given: Raw
    kept: Kept | None
    mark: bytes | None
    read: Read

    def __getattr__(self, name: str) -> object:
        """Fill what is empty; called for that only."""
        if name in ("mark", "kept"):
            return None
        if name not in ("raw", "values"):
            raise AttributeError(name)
        record = self.read(self.given)
        for filled in ("raw", "values"):
            object.__setattr__(self, filled, getattr(record, filled))
        return getattr(record, name)

    @property
    def was_asked(self) -> bool:  # type: ignore[override]  # of each record its own
        """Whether an answer to it is kept."""
        return self.kept is not None


_Blank = unfrozen(Asked)


def asked(given: Raw, mark: bytes, kept: Kept | None, read: Read) -> Asked:
    """Make a record that is not normalised yet."""
    record: Any = _Blank.__new__(_Blank)
    record.id = None
    record.given, record.mark, record.kept, record.read = given, mark, kept, read
    record.__class__ = Asked
    return cast("Asked", record)


def mark_of(record: Record) -> bytes | None:
    """Give the mark of a question as the caller spelt it; ``None`` of a record made on the way."""
    return record.mark if isinstance(record, Asked) else None
