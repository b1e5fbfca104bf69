"""A process that acts, writes down what it does, and says so once that is done, until it dies."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

from have_we_met import Resolver, open_store
from have_we_met.audit import Audit, Who

from .scenes import MODEL, OPTIONS

ROOT = Path(__file__).parents[2]


async def work(url: str, name: str) -> None:
    store = await open_store(url, MODEL, options=OPTIONS)
    audit = Audit(store, who=Who(name), every=0.0)
    resolver = Resolver(store, audit=audit)
    for number in count():
        person = {"email": f"{name}-{number}@example.org", "id": f"{name}-{number}"}
        say("create", str(await resolver.add(person, deadline=120)))
        answer = await resolver.lookup(person)
        await audit.flush()
        say("lookup", answer.lookup_id)


def say(*words: str) -> None:
    """Acknowledge, past every buffer of this process."""
    os.write(1, (" ".join(words) + "\n").encode())


def start(url: str, name: str, said: Path) -> subprocess.Popen[bytes]:
    """Start one that says what it did into a file."""
    command = [sys.executable, "-m", "tests.erasure.auditor", url, name]
    with said.open("wb") as out:
        return subprocess.Popen(command, cwd=ROOT, stdout=out)


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:3]))
