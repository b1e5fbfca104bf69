"""A storm of sign-ups: many processes, many callers each, every person many times with other typos.

``get_or_create`` must make each person once and tell every caller the same id. Beside it the same
storm by "look up, then insert" shows how many twins that makes. Worker processes can be killed in
the middle (``kill -9``) and started again; what they told their callers is in a log each.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from statistics import quantiles

import asyncpg
from sqlalchemy import make_url
from tests import servers

from have_we_met import (
    HaveWeMetError,
    Resolver,
    Status,
    create_store,
    open_store,
    preset,
    rebuild_store,
)
from have_we_met.store import Store

from . import figures

MODEL = preset("contacts")
VOWELS, CONSONANTS = "aeiou", "bdfgklmnprstvz"


@dataclass(frozen=True, slots=True)
class Storm:
    """How big a storm is, and on which store it breaks."""

    url: str
    people: int = 2000
    times: int = 20
    processes: int = 8
    callers: int = 50
    naive: bool = False
    patient: bool = False
    """Whether callers whose request failed send it again, as they do when a server restarts."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the callers were told, and how the store looks afterwards."""

    submissions: int
    errors: int
    records: int
    twins: int
    split: int
    lost: int
    seconds: float
    p50: float
    p99: float


# --- people and their typos --------------------------------------------------------------------


def person(number: int) -> dict[str, str]:
    """Somebody whom nobody else resembles: a name of her own, an e-mail and a phone."""
    dice = random.Random(f"person {number}")
    first, last = (_name(dice) for _ in range(2))
    return {
        "email": f"{first}.{last}{number}@example.org",
        "phone": f"+1415{2_000_000 + number}",
        "first_name": first.title(),
        "last_name": last.title(),
    }


def _name(dice: random.Random) -> str:
    return "".join(dice.choice(CONSONANTS) + dice.choice(VOWELS) for _ in range(4))


def submission(number: int, turn: int) -> dict[str, str]:
    """How that person types it this time: e-mail or phone as it is, the rest with slips."""
    dice = random.Random(f"submission {number} {turn}")
    raw = person(number)
    for change in dice.sample(_SLIPS, 2):
        raw = change(raw, dice)
    return raw


def _shout(raw: dict[str, str], dice: random.Random) -> dict[str, str]:
    return raw | {"email": raw["email"].upper()}


def _tag(raw: dict[str, str], dice: random.Random) -> dict[str, str]:
    return raw | {"email": raw["email"].replace("@", f"+{dice.randint(1, 99)}@")}


def _national(raw: dict[str, str], dice: random.Random) -> dict[str, str]:
    digits = raw.get("phone", "")[2:]
    return raw if not digits else raw | {"phone": f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"}


def _slip(raw: dict[str, str], dice: random.Random) -> dict[str, str]:
    last = raw["last_name"]
    at = dice.randrange(2, len(last) - 1)
    return raw | {"last_name": last[:at] + last[at + 1] + last[at] + last[at + 2 :]}


def _only_email(raw: dict[str, str], dice: random.Random) -> dict[str, str]:
    return {k: v for k, v in raw.items() if k != "phone"}


def _short(raw: dict[str, str], dice: random.Random) -> dict[str, str]:
    return raw | {"first_name": raw["first_name"][0]}


_SLIPS: tuple[Callable[[dict[str, str], random.Random], dict[str, str]], ...] = (
    _shout,
    _tag,
    _national,
    _slip,
    _only_email,
    _short,
)


# --- a worker process --------------------------------------------------------------------------


async def work(storm: Storm, share: int, log: Path) -> None:
    """Send this worker's share, from where a killed one left off; log what was told."""
    done = {(t["person"], t["turn"]) for t in read_log(log)}
    resolver = Resolver(await _patiently_open(storm.url))
    with log.open("a", encoding="utf-8", buffering=1) as told:
        todo = (s for s in _share(storm, share) if s not in done)
        await asyncio.gather(
            *(_caller(storm, resolver, todo, told.write) for _ in range(storm.callers))
        )
    await resolver.close()


def _share(storm: Storm, share: int) -> Iterator[tuple[int, int]]:
    """Everybody comes through every process, at about the same moment: the worst case."""
    everything = [(n, turn) for turn in range(storm.times) for n in range(storm.people)]
    everything.sort(key=lambda s: (s[0] // 40, random.Random(f"{s} {share // 3}").random()))
    return (s for s in everything if s[1] % storm.processes == share)


async def _caller(
    storm: Storm,
    resolver: Resolver,
    todo: Iterator[tuple[int, int]],
    write: Callable[[str], object],
) -> None:
    for number, turn in todo:
        began = time.perf_counter()
        line: dict[str, object] = {"person": number, "turn": turn}
        try:
            line["id"] = await _send(storm, resolver, submission(number, turn))
        except HaveWeMetError as exc:
            line["error"] = type(exc).__name__
        line["ms"] = (time.perf_counter() - began) * 1000
        write(json.dumps(line) + "\n")


async def _send(storm: Storm, resolver: Resolver, raw: Mapping[str, object]) -> object:
    send = _look_then_insert if storm.naive else _get_or_create
    for _ in range(200 if storm.patient else 0):
        try:
            return await send(resolver, raw)
        except HaveWeMetError:
            await asyncio.sleep(0.1)
    return await send(resolver, raw)


async def _get_or_create(resolver: Resolver, raw: Mapping[str, object]) -> object:
    made = await resolver.get_or_create(raw, deadline=60)
    return made.record_id if made.record_id is not None else f"review {made.lookup.lookup_id}"


async def _look_then_insert(resolver: Resolver, raw: Mapping[str, object]) -> object:
    """What everybody writes first."""
    found = await resolver.lookup(raw)
    if found.status is Status.FOUND:
        return found.matches[0].record_id
    await asyncio.sleep(0)  # as any application does between two statements
    return await resolver.add(raw, deadline=60)


async def _patiently_open(url: str) -> Store:
    for _ in range(100):
        try:
            return await open_store(url, MODEL)
        except HaveWeMetError:
            await asyncio.sleep(0.1)
    return await open_store(url, MODEL)


def read_log(log: Path) -> list[dict[str, object]]:
    """Read what was told; the last line of a killed worker may be half a line."""
    if not log.exists():
        return []
    lines = log.read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line.endswith("}")]


# --- the whole storm ---------------------------------------------------------------------------


class Weather:
    """The worker processes of one storm: started, killed, started again, waited for."""

    def __init__(self, storm: Storm, folder: Path) -> None:
        self.storm = storm
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.workers = [self._start(share) for share in range(storm.processes)]

    def log(self, share: int) -> Path:
        """Where a worker writes what it told."""
        return self.folder / f"told-{share}.jsonl"

    def _start(self, share: int) -> subprocess.Popen[bytes]:
        text = json.dumps(asdict(self.storm))
        command = [sys.executable, "-m", "benchmarks.storm", text, str(share), str(self.log(share))]
        return subprocess.Popen(command)

    def kill(self, share: int) -> None:
        """End a worker as a crash does, and start it again."""
        self.workers[share].send_signal(signal.SIGKILL)
        self.workers[share].wait()
        self.workers[share] = self._start(share)

    def told(self) -> list[dict[str, object]]:
        """Everything that all callers were told so far."""
        return [t for share in range(self.storm.processes) for t in read_log(self.log(share))]

    def wait(self) -> None:
        """Wait until all is sent."""
        ended = [worker.wait() for worker in self.workers]
        assert not any(ended), f"workers ended with {ended}"


def judge(storm: Storm, told: list[dict[str, object]], ids: set[str], seconds: float) -> Told:
    """Hold what callers were told against what is in the store."""
    by_person = defaultdict(set)
    for one in told:
        if "id" in one:
            by_person[one["person"]].add(str(one["id"]))
    times = sorted(float(str(t["ms"])) for t in told)
    cuts = quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return Told(
        submissions=len(told),
        errors=sum("error" in t for t in told),
        records=len(ids),
        twins=len(ids) - storm.people,
        split=sum(len(found) > 1 for found in by_person.values()),
        lost=sum(one not in ids for found in by_person.values() for one in found),
        seconds=seconds,
        p50=cuts[49],
        p99=cuts[98],
    )


def run(storm: Storm, folder: Path, disturb: Callable[[Weather], None] | None = None) -> Told:
    """Let a storm break on an empty store; ``disturb`` is called while it rages."""
    ids = asyncio.run(_ids(storm.url, create=True))
    assert not ids, "the store is not empty"
    began = time.perf_counter()
    weather = Weather(storm, folder)
    if disturb:
        disturb(weather)
    weather.wait()
    seconds = time.perf_counter() - began
    return judge(storm, weather.told(), asyncio.run(_ids(storm.url)), seconds)


async def _ids(url: str, *, create: bool = False) -> set[str]:
    """The ids of all contacts."""
    await (await (create_store if create else open_store)(url, MODEL)).close()
    return {str(row[0]) for row in await _rows(url, "SELECT id FROM contacts")}


async def _rows(url: str, query: str) -> list[tuple[object, ...]]:
    """Ask the database itself."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database))) as raw:
            return raw.execute(query).fetchall()
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def untrue(url: str) -> int:
    """Rebuild the side tables, and count the rows in which they differ from those that were."""
    before = asyncio.run(_side_rows(url))
    asyncio.run(_rebuild(url))
    return len(before ^ asyncio.run(_side_rows(url)))


async def _rebuild(url: str) -> None:
    await (await rebuild_store(url, MODEL)).close()


async def _side_rows(url: str) -> set[tuple[object, ...]]:
    """All rows of both side tables, with ids in place of record numbers."""
    store = await open_store(url, MODEL)
    side = store.side  # type: ignore[attr-defined]  # both stores have it
    await store.close()
    values, keys = side.values.fullname, side.keys.fullname
    held = f"SELECT v.id_id, k.key FROM {keys} k JOIN {values} v USING (record)"
    said = ", ".join(column.name for column in side.value_columns)
    return {
        *await _rows(url, held),
        *await _rows(url, f"SELECT id_id, {said} FROM {values}"),
    }


def both(size: Storm) -> dict[str, Told]:
    """The storm on each store, and by "look up, then insert" beside it."""
    results = {}
    with tempfile.TemporaryDirectory() as temporary, servers.postgres() as server:
        for naive in (False, True):
            how = "look up, then insert" if naive else "get_or_create"
            folder = Path(temporary) / how.replace(" ", "-")
            url = f"sqlite:///{folder}.db"
            results[f"SQLite, {how}"] = run(replace(size, url=url, naive=naive), folder / "sqlite")
            with server.database() as url:
                told = run(replace(size, url=url, naive=naive), folder / "postgres")
                results[f"PostgreSQL, {how}"] = told
    return results


def show(title: str, results: Mapping[str, Told]) -> None:
    """Print what became of storms, one a row."""
    heading = ["storm", "sign-ups", "errors", "records", "twins", "told two ids", "told, and lost"]
    heading += ["sign-ups/s", "p50 ms", "p99 ms"]
    rows = [
        [name, *astuple(t)[:6], t.submissions / t.seconds, t.p50, t.p99]
        for name, t in results.items()
    ]
    figures.show(title, heading, rows)


if __name__ == "__main__":
    asyncio.run(work(Storm(**json.loads(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3])))
