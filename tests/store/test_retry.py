from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from have_we_met.errors import StoreBusy, StoreConflict
from have_we_met.store.retry import in_one_unit


class Units:
    """Units of which the first few meet a conflict: while they work, or when they end."""

    def __init__(self, conflicts: int, *, at_end: bool = False) -> None:
        self.begun = 0
        self._conflicts = conflicts
        self._at_end = at_end

    @asynccontextmanager
    async def begin(self, deadline: float | None) -> AsyncIterator[int]:
        self.begun += 1
        if self.begun <= self._conflicts and not self._at_end:
            raise StoreConflict
        yield self.begun
        if self.begun <= self._conflicts:
            raise StoreConflict


async def give(unit: int) -> int:
    return unit


@pytest.mark.parametrize("at_end", [False, True])
async def test_work_is_done_again(at_end: bool) -> None:
    """Each try has a unit of its own, and the answer is that of the one that went well."""
    assert await in_one_unit(Units(2, at_end=at_end).begin, None, give) == 3


async def test_tries_end_at_the_deadline() -> None:
    """The conflict is told when there is no time for another try."""
    units = Units(10**6)
    began = monotonic()
    with pytest.raises(StoreConflict):
        await in_one_unit(units.begin, began + 0.1, give)

    assert 1 < units.begun < 20
    assert monotonic() - began < 0.5


async def test_other_errors_are_told_at_once() -> None:
    """Only a conflict is worth another try."""
    units = Units(0)

    async def fail(unit: int) -> None:
        raise StoreBusy("held")

    with pytest.raises(StoreBusy, match="held"):
        await in_one_unit(units.begin, None, fail)
    assert units.begun == 1
