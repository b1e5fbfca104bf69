"""Processes that write one audit are killed at any moment: what was acknowledged is there."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from subprocess import Popen

from have_we_met.store import SqlStore
from have_we_met.store.audit import check

from . import auditor
from .scenes import MARKS, chain, every_row

AT_ONCE, KILLS = 3, 8


def said(path: Path) -> list[list[str]]:
    """What was acknowledged; of a line that was cut off nothing."""
    whole = path.read_text().rpartition("\n")[0]
    return [line.split() for line in whole.splitlines()]


async def test_killed_again_and_again(url: str, store: SqlStore, tmp_path: Path) -> None:
    """The chain is whole after each death, and goes on from where it was.

    Whoever is there is in the audit as created, and whoever was created is there: both or neither.
    """
    draw, files, head = random.Random(7), list[Path](), None
    running: list[tuple[Popen[bytes], Path]] = []

    def begin() -> None:
        files.append(tmp_path / f"said-{len(files)}")
        running.append((auditor.start(url, f"w{len(files)}", files[-1]), files[-1]))

    for _ in range(AT_ONCE):
        begin()
    try:
        for _ in range(KILLS):
            process, path = running.pop(draw.randrange(len(running)))
            running.append((process, path))
            while process.poll() is None and not said(path):
                await asyncio.sleep(0.01)
            await asyncio.sleep(draw.uniform(0, 0.3))
            process.kill()
            assert process.wait() == -9, "it ended by itself"
            running.remove((process, path))
            found = await check(store, MARKS, head)
            assert found.faults == ()
            head = found.head
            begin()
    finally:
        for process, _ in running:
            process.kill()
            process.wait()

    assert (await check(store, MARKS, head)).faults == ()
    entries = await chain(store)
    created = {json.loads(e.records)[0] for e in entries if e.action == "create"}
    lookups = {json.loads(e.facts)["lookup"] for e in entries if e.action == "lookup"}
    known = {"create": created, "lookup": lookups}
    acknowledged = [line for path in files for line in said(path)]
    assert [line for line in acknowledged if line[1] not in known[line[0]]] == []
    assert created == {row[0] for row in (await every_row(store))["contacts"]}
    assert len(acknowledged) > 2 * KILLS
    assert len({e.actor for e in entries}) > AT_ONCE
