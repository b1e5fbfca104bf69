"""The fault matrix: what is answered, how late, and how soon all is well, on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

from tests import servers
from tests.faults.matrix import ROADS, Cell, run
from tests.faults.page import aligned
from tests.faults.parts import Part, on_postgres, on_redis, on_service

BOUND = 0.02
"""How many seconds an answer may come after its deadline, where nobody else uses the machine."""


def measure() -> bool:
    """Print the matrix; say whether every cell is as it should be."""
    cells = list(_cells())
    print(aligned(cells))
    wrong = [(cell, *cell.wrong) for cell in cells if cell.wrong]
    wrong += [(cell, f"late by {cell.late * 1000:.0f} ms") for cell in cells if cell.late > BOUND]
    for cell, *words in wrong:
        print(f"{cell.part}, {cell.fault}, {cell.road}: {', '.join(map(str, words))}")
    return not wrong


def _cells() -> Iterator[Cell]:
    with ExitStack() as stack:
        parts: dict[str, Part] = {
            "PostgreSQL": stack.enter_context(on_postgres(stack.enter_context(servers.postgres()))),
            "Redis": stack.enter_context(on_redis(stack.enter_context(servers.redis()))),
            "HTTP service": stack.enter_context(on_service()),
        }
        for name, part in parts.items():
            for fault in part.faults:
                for road in ROADS:
                    yield asyncio.run(run(name, part, fault, road))
