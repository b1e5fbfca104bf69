"""FEBRL data set 3: every record is looked up among all the others.

5,000 records of 2,000 people, fields damaged. An answer names a set of records: what was found, and
what was suggested. Precision and recall are those of the pairs (record asked, record named).
"""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from have_we_met import Match, Model, Outcome, Record, create_store
from have_we_met.decide import found, named
from have_we_met.store import Store

from .figures import show

MODEL = Path(__file__).parent.parent / "examples" / "febrl.toml"


def run(data: Path) -> None:
    """Print precision, recall and F1 of the answers."""
    asyncio.run(_run(data))


async def _run(data: Path) -> None:
    model = Model.load(MODEL)
    rows = list(_read(data / "febrl3.csv", model.field_names))
    store = await create_store("sqlite://", model)
    await store.load(rows)
    sizes = Counter(_person(str(row["id"])) for row in rows)
    truth = sum(size * (size - 1) for size in sizes.values())
    counted: Counter[tuple[str, bool]] = Counter()
    began = perf_counter()
    for row in rows:
        record_id = str(row["id"])
        for match in await _others(store, model.record(row), record_id):
            right = _person(record_id) == _person(str(match.record_id))
            counted["definite or potential", right] += 1
            counted["definite", right] += match.outcome is Outcome.DEFINITE
    seconds = perf_counter() - began
    _show(counted, truth, seconds / len(rows))
    await store.close()


async def _others(store: Store, record: Record, record_id: str) -> list[Match]:
    """Every match but the record itself: a lookup's road without the limit on suggestions."""
    model = store.model
    async with store.read(None) as unit:
        near = await unit.candidates(model.cut.one(record.values))
    pairs = (record.values, near.values, near.ids)
    matches = named(found(model.policy, model.score(record, near.values), *pairs), *pairs)
    return [match for match in matches if match.record_id != record_id]


def _show(counted: Counter[tuple[str, bool]], truth: int, seconds: float) -> None:
    rows: list[list[object]] = []
    for name in ("definite", "definite or potential"):
        right, wrong = counted[name, True], counted[name, False]
        precision, recall = right / max(right + wrong, 1), right / truth
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        rows.append([name, precision, recall, f1])
    show("FEBRL 3, pairs", ["answers that say", "precision", "recall", "F1"], rows)
    show("", ["microseconds a lookup"], [[seconds * 1e6]])


def _read(path: Path, fields: Sequence[str]) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, skipinitialspace=True):
            named = {name.strip(): value for name, value in row.items()}
            yield {"id": named["rec_id"], **{name: named[name] for name in fields}}


def _person(record_id: str) -> str:
    """``rec-1496-org`` and ``rec-1496-dup-0`` are person 1496."""
    return record_id.split("-")[1]
