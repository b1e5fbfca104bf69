"""A process that goes through notes, or creates somebody, and may die at a statement of its own.

``python -m tests.late.worker '{"url": ..., "do": ..., "at": [statement, "before" or "after"]}'``
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from have_we_met import Resolver, late, open_store
from have_we_met.store import SqlStore
from have_we_met.store.statements import Statement

from .scenes import MODEL, NOON, SLIP
from .test_webhook import SECRET

ROOT = Path(__file__).parents[2]


async def work(how: Mapping[str, Any]) -> dict[str, int]:
    store = await open_store(how["url"], MODEL)
    if at := how.get("at"):
        die_at(store, *at)
    try:
        return await _DO[how["do"]](store, how)
    finally:
        await store.close()


async def create(store: SqlStore, how: Mapping[str, Any]) -> dict[str, int]:
    await Resolver(store).get_or_create(SLIP)
    return {}


async def watch(store: SqlStore, how: Mapping[str, Any]) -> dict[str, int]:
    """Look and tell until nothing is due."""

    def clock() -> datetime:
        return NOON

    done = await late.revisit(store, clock=clock)
    told = 0
    if how.get("webhook"):
        webhook = late.Webhook(how["webhook"], (SECRET,))
        told = (await late.deliver(store, webhook, clock=clock)).told
    return {"looked": done.total, "others": done.others, "told": told}


_DO = {"create": create, "watch": watch}


def die_at(store: SqlStore, name: str, when: str) -> None:
    """Have every connection of this process end it, as a crash does, at a statement."""
    connection = _connection_class(store)
    fetch = connection.fetch

    async def deadly(self: Any, statement: Statement, parameters: Any) -> Any:
        if statement.name == name and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        rows = await fetch(self, statement, parameters)
        if statement.name == name:
            os.kill(os.getpid(), signal.SIGKILL)
        return rows

    connection.fetch = deadly


def _connection_class(store: SqlStore) -> Any:
    if "Sqlite" in type(store).__name__:
        from have_we_met.store.sqlite import SqliteConnection

        return SqliteConnection
    from have_we_met.store.postgres_connection import PostgresConnection

    return PostgresConnection


def start(**how: Any) -> subprocess.Popen[bytes]:
    """Start one."""
    command = [sys.executable, "-m", "tests.late.worker", json.dumps(how)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(work(json.loads(sys.argv[1])))))
