"""A process that does one thing over and over with people who are being erased meanwhile.

``python -m tests.erasure.worker '{"url": ..., "do": ..., "stop": a file, "redis": ...}'`` goes on
until the file is there, and prints how often it did it, and how often it was refused.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from have_we_met import (
    PersonErased,
    RecordExists,
    RecordNotFound,
    Resolver,
    StoreBusy,
    late,
    open_store,
)
from have_we_met.audit import Audit, Who
from have_we_met.cache import open_cache
from have_we_met.store import sync_store

from .scenes import MODEL, OPTIONS, SECRET, run

ROOT = Path(__file__).parents[2]
PEOPLE = 6


def person(number: int) -> dict[str, str]:
    """One of those who are erased; everything that they say can be searched for."""
    letter = "bcdfgh"[number]
    return {
        "email": f"marked.mail{number}@example.org",
        "phone": f"+1212555014{number}",
        "first_name": "Markedfirst",
        "last_name": f"Markedlast{letter}",
        "company": "Marked Company",
    }


async def work(how: Mapping[str, Any]) -> dict[str, int]:
    store = await open_store(how["url"], MODEL, options=OPTIONS)
    cache = await open_cache(store, how["redis"], secret=SECRET, stale_for=60.0)
    resolver = Resolver(store, cache=cache, audit=Audit(store, who=Who(how["do"])))
    done, draw, stop = Counter[str](), random.Random(how["do"]), Path(how["stop"])
    act = _DO[how["do"]]
    while not stop.exists():
        number = draw.randrange(PEOPLE)
        try:
            await act(resolver, number, done["tried"])
            done["done"] += 1
        except (RecordNotFound, RecordExists, PersonErased) as refused:
            done[type(refused).__name__] += 1
        except StoreBusy:
            done["busy"] += 1
        done["tried"] += 1
        if done["tried"] == 1:
            sys.stdout.write("begun\n")
            sys.stdout.flush()
        await asyncio.sleep(0.002)
    await resolver.close()
    return dict(done)


async def look(resolver: Resolver, number: int, turn: int) -> None:
    await resolver.lookup(person(number))
    await resolver.lookup({"phone": person(number)["phone"], "first_name": "Markedother"})


async def change(resolver: Resolver, number: int, turn: int) -> None:
    await resolver.update(f"m{number}", {"company": f"Marked Company {turn}"})


async def sign_up(resolver: Resolver, number: int, turn: int) -> None:
    key = f"{number} {turn // 50}"
    await resolver.get_or_create(person(number), idempotency_key=key)


async def bring(resolver: Resolver, number: int, turn: int) -> None:
    await resolver.store.load([person(number) | {"id": f"m{number}"}])


async def sync(resolver: Resolver, number: int, turn: int) -> None:
    """Somebody else writes to the table, and the side tables follow."""
    store: Any = resolver.store
    await run(store, f"UPDATE contacts SET company = 'Marked by hand' WHERE id = 'm{number}'")
    with suppress(RecordNotFound):
        await sync_store(store, full=turn % 2 == 0)
        await late.revisit(store, most=3)


_DO = {"look": look, "change": change, "sign up": sign_up, "bring": bring, "sync": sync}


def start(**how: Any) -> subprocess.Popen[str]:
    """Start one, and wait until it has begun."""
    command = [sys.executable, "-m", "tests.erasure.worker", json.dumps(how)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload,no-any-return]  # pipes


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(work(json.loads(sys.argv[1])))))
