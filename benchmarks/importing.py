"""Rows a second of ``have-we-met import``, from a CSV file into a new store, as a user runs it."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

from have_we_met import synthetic

from .figures import show
from .stores import SEED


def run(folder: Path, count: int) -> None:
    """Print rows a second and the most memory that the command held."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"contacts-{count}.csv"
    if not source.exists():
        _write(source, count)
    target = folder / "imported.db"
    for old in folder.glob("imported.db*"):
        old.unlink()
    began = time.perf_counter()
    command = [sys.executable, "-m", "have_we_met", "import", str(source)]
    subprocess.run([*command, "--db", f"sqlite:///{target}"], check=True)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = sum(f.stat().st_size for f in folder.glob("imported.db*")) / 1e6
    show(
        "Import of a CSV file into SQLite, keys and all",
        ["rows", "seconds", "rows/s", "peak memory MB", "database MB"],
        [[count, seconds, count / seconds, memory, size]],
    )


def _write(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, synthetic.FIELDS)
        writer.writeheader()
        for chunk in synthetic.contacts(count, seed=SEED):
            writer.writerows(chunk)
