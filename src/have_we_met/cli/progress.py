"""A progress bar on the terminal, and nothing where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[int, float | None], None]
"""Told rows done, and the share of the whole (0 to 1) where it is known."""


@contextmanager
def progress(title: str) -> Iterator[Show]:
    """Show how far something is, and how many rows a second it does."""
    if not sys.stderr.isatty():
        yield lambda rows, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    # Drawn where rows are done, not by a thread of its own, which would have the work wait for it.
    bar = Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True)
    with bar:
        task = bar.add_task(title, total=None, rows=0, rate=0.0)

        def show(rows: int, share: float | None) -> None:
            rate = rows / max(bar.tasks[0].elapsed or 0.0, 1e-3)
            total = None if share is None else 1.0
            bar.update(task, completed=share or 0.0, total=total, rows=rows, rate=rate)
            bar.refresh()

        yield show


@contextmanager
def counted(title: str) -> Iterator[Callable[[int, int], None]]:
    """The same where rows done and rows in all are known, as a store tells them."""
    with progress(title) as show:
        yield lambda done, total: show(done, done / max(total, 1))
