"""The matrix as the documentation prints it, and as it is read from there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .matrix import ROADS, Cell

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "faults.md"
HEADING = ("part", "fault", "asked", "answers", "slowest", "late", "well after")
BETWEEN = " / "


def aligned(cells: Iterable[Cell]) -> str:
    """Print cells as a table of Markdown; times are in milliseconds."""
    rows = [HEADING, *map(_row, cells)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(row, widths) for row in (rows[0], rule, *rows[1:]))


def expected() -> dict[tuple[str, str, str], frozenset[str]]:
    """Read from the page what may be answered, by part, fault and road."""
    cells = {}
    for line in PAGE.read_text("utf-8").splitlines():
        row = [one.strip() for one in line.strip("|").split("|")]
        if line.startswith("|") and len(row) == len(HEADING) and row[2] in ROADS:
            cells[row[0], row[1], row[2]] = frozenset(row[3].split(BETWEEN))
    return cells


def _row(cell: Cell) -> Sequence[str]:
    times = (cell.worst, cell.late, cell.back)
    answers = BETWEEN.join(sorted(cell.answers))
    return (cell.part, cell.fault, cell.road, answers, *(f"{one * 1000:.0f}" for one in times))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [text.ljust(width) for text, width in zip(row[:4], widths, strict=False)]
    cells += [text.rjust(width) for text, width in zip(row[4:], widths[4:], strict=True)]
    return f"| {' | '.join(cells)} |"
