"""Percentiles and aligned tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

console = Console(width=140, highlight=False)


def percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95 and p99, in microseconds."""
    p50, p95, p99 = np.percentile(np.asarray(seconds) * 1e6, [50, 95, 99])
    return float(p50), float(p95), float(p99)


def show(title: str, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, numbers to the right."""
    table = Table(title=title, title_justify="left")
    for place, name in enumerate(heading):
        numeric = bool(rows) and isinstance(rows[0][place], int | float)
        table.add_column(name, justify="right" if numeric else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(_text(value) for value in row))
    console.print(table)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
