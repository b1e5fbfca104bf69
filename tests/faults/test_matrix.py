"""Every fault of every part: an answer in time that is honest, nothing left, and all well again."""

from __future__ import annotations

import pytest

from .matrix import ROADS, run
from .page import expected
from .parts import Part

EXPECTED = expected()
PARTS = {"PostgreSQL": "in_postgres", "Redis": "in_redis", "HTTP service": "service"}
LATE = ("deadline", "DeadlineExceeded", "StoreBusy", "StoreError", "did not answer within 100 ms")
"""How answers end that a machine with much else to do may make of any cell."""
GENEROUS = 2.0
"""Seconds beyond the deadline; ``python -m benchmarks faults`` measures on a quiet machine."""


@pytest.mark.parametrize(("name", "fault", "road"), EXPECTED, ids=str)
async def test_a_cell(request: pytest.FixtureRequest, name: str, fault: str, road: str) -> None:
    part: Part = request.getfixturevalue(PARTS[name])

    cell = await run(name, part, fault, road)

    assert cell.wrong == ()
    answers = {answer for answer in cell.answers if not answer.endswith(LATE)}
    assert answers <= EXPECTED[name, fault, road]
    assert cell.late < GENEROUS


@pytest.mark.parametrize("name", PARTS)
def test_every_fault_is_on_the_page(request: pytest.FixtureRequest, name: str) -> None:
    part: Part = request.getfixturevalue(PARTS[name])
    there = {(fault, road) for one, fault, road in EXPECTED if one == name}
    assert there == {(fault, road) for fault in part.faults for road in ROADS}
