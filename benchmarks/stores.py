"""Stores of synthetic people, made once a size and kept for the next run."""

from __future__ import annotations

import hashlib
import inspect
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from have_we_met import Model, StoreOutOfDate, preset, synthetic
from have_we_met.store import Store, create_store, open_store
from have_we_met.store.contacts import own_table

SEED = 20_26


async def filled(folder: Path, model: Model, count: int) -> tuple[Store, str, float | None]:
    """A SQLite store of ``count`` contacts, its path, and the seconds it took if made now."""
    path = folder / f"contacts-{count}-{generator()}-{model.index_fingerprint}.db"
    url = f"sqlite:///{path}"
    if path.exists():
        try:
            return await open_store(url, model), str(path), None
        except StoreOutOfDate:
            pass  # broken off when it was filled
        path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    for left_over in folder.glob(f"{unfinished.name}*"):
        left_over.unlink()
    began = time.perf_counter()
    _write(unfinished, model, count)
    store = await create_store(f"sqlite:///{unfinished}", model)
    seconds = time.perf_counter() - began
    await store.close()
    unfinished.rename(path)
    return await open_store(url, model), str(path), seconds


async def fill(url: str, count: int, *, seed: int = 0) -> None:
    """Make a store of the contact model and write ``count`` contacts into it."""
    store = await create_store(url, preset("contacts"))
    for columns in synthetic.contact_columns(count, seed=seed):
        await store.load_columns(columns)
    await store.close()


def _write(path: Path, model: Model, count: int) -> None:
    """Write a table of contacts, as an application would have one that adopts a store."""
    table = own_table(model.table, model)
    names = ["id", *model.field_names]
    insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        for columns in synthetic.contact_columns(count, seed=SEED):
            raw.executemany(insert, zip(*(columns[name] for name in names), strict=True))


def generator() -> str:
    """A mark of the generator's code: people of another generator are other people."""
    files = sorted(Path(inspect.getfile(synthetic)).parent.glob("*.py"))
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:8]
