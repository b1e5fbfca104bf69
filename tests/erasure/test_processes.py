"""People are erased while processes look them up, change them, sign them up, and bring them in."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from have_we_met import PersonErased, Resolver
from have_we_met.audit import Audit
from have_we_met.erasure import Receipt
from have_we_met.store import SqlStore
from have_we_met.store.erasing import Purged

from .. import servers
from . import worker
from .scenes import ADA, chain, checked, every_row
from .worker import PEOPLE, person

TRACES = ("marked", "212555014", "MRKT")


def traces_in(text: str) -> list[str]:
    return [trace for trace in TRACES if trace.lower() in text.lower()]


async def test_everybody_at_once(
    url: str, store: SqlStore, redis: servers.Redis, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Whatever anybody was at when a person went, nothing of them is left.

    Whoever signed up again meanwhile is there again, by their own word; they are erased once more
    when all is quiet.
    """
    resolver = Resolver(store, audit=Audit(store))
    await resolver.add(ADA | {"id": "ada"})
    for number in range(PEOPLE):
        await resolver.add(person(number) | {"id": f"m{number}"})
    stop = tmp_path / "stop"
    how = {"url": url, "redis": redis.url, "stop": str(stop)}
    workers = {name: worker.start(do=name, **how) for name in worker._DO}
    try:
        for one in workers.values():
            await asyncio.to_thread(one.stdout.readline)  # type: ignore[union-attr]
        receipts = []
        for number in range(PEOPLE):
            receipts.append(await resolver.forget(f"m{number}", deadline=60))
            await asyncio.sleep(0.1)
    finally:
        stop.touch()
        ended = {n: await asyncio.to_thread(one.communicate) for n, one in workers.items()}
    did = {name: json.loads(out) for name, (out, _) in ended.items()}
    for name, (_, said) in ended.items():
        assert (workers[name].returncode, traces_in(said)) == (0, []), said

    assert all(one["tried"] >= 2 for one in did.values()), did
    assert did["change"]["RecordNotFound"], did
    assert did["bring"]["PersonErased"], did
    for number, receipt in enumerate(receipts):
        await _is_right(store, receipt, f"m{number}")
        with pytest.raises(PersonErased):
            await store.load([person(number) | {"id": f"m{number}"}])
        with pytest.raises(PersonErased):
            await store.load([{"id": "new", "email": person(number)["email"].upper()}])
    named = repr((await every_row(store))["hwm_idempotency"])
    assert [n for n in range(PEOPLE) if f'm{n}\\\\"' in named] == []
    await _nothing_is_left(store, resolver, redis, request, tmp_path)


async def _is_right(store: SqlStore, receipt: Receipt, record_id: str) -> None:
    """What a receipt says is what the audit says, and that is in one piece."""
    entry = (await chain(store))[(receipt.entry or 0) - 1]
    assert (entry.action, entry.seal) == ("forget", receipt.seal)
    assert json.loads(entry.records) == [record_id] == [receipt.record_id]
    assert json.loads(entry.facts) == receipt.deleted
    assert receipt.deleted["contacts"] == 1
    assert receipt.deleted["keys"] == 5
    assert receipt.tombstones == 3


async def _nothing_is_left(
    store: SqlStore,
    resolver: Resolver,
    redis: servers.Redis,
    request: pytest.FixtureRequest,
    folder: Path,
) -> None:
    for row in (await every_row(store))["contacts"]:
        if row[0] != "ada":
            await resolver.forget(row[0], vacuum=True)
    await resolver.forget("ada", vacuum=True)
    await resolver._audit.close()  # type: ignore[union-attr]
    rows = await every_row(store)

    assert (await checked(store)).faults == ()
    assert rows["contacts"] == []
    assert [name for name, found in rows.items() if traces_in(repr(found))] == []
    kept = b"".join(key + redis.say("DUMP", key) for key in redis.say("KEYS", "*"))
    assert traces_in(kept.decode("latin-1")) == []
    assert traces_in(await _bytes(store, request, folder)) == []


async def _bytes(store: SqlStore, request: pytest.FixtureRequest, folder: Path) -> str:
    """All that the database's files hold, after its own vacuum."""
    if (folder / "contacts.db").exists():
        assert await store.purge(vacuum=True) is Purged.VACUUMED
        files = [*folder.glob("contacts.db*")]
    else:
        server: servers.Postgres = request.getfixturevalue("postgres")
        url = str(request.getfixturevalue("url"))
        files = await asyncio.to_thread(server.files_after_vacuum, url)
    return b"".join(path.read_bytes() for path in files).decode("latin-1")
