"""What commands write: JSON or tables to stdout, messages to stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import click

Row = Sequence[object]


def say(message: str) -> None:
    """Tell the person at the terminal something; programs that read stdout do not see it."""
    click.echo(message, err=True)


def emit(data: object) -> None:
    """Write one value as a line of JSON."""
    click.echo(json.dumps(data, default=str))


def cell(value: object) -> str:
    """Write a value for a terminal, on which control characters could do mischief.

    >>> cell("Ada" + chr(27) + "[2J"), cell(None), cell(0.5)
    ('Ada�[2J', '', '0.50')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    text = str(value)
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


def table(rows: Iterable[Row]) -> str:
    """Align rows of values, a heading first; characters that are two columns wide count as two.

    >>> print(table([("field", "score"), ("email", 30.0)]))
    field  score
    email  30.00
    """
    from rich.cells import cell_len, set_cell_size

    texts = [[cell(value) for value in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
    lines = ("  ".join(map(set_cell_size, row, widths)) for row in texts)
    return "\n".join(line.rstrip() for line in lines)


def facts(pairs: Mapping[str, object]) -> str:
    """Align names and values, one a line.

    >>> print(facts({"new": 3, "unchanged": 1200}))
    new        3
    unchanged  1,200
    """
    return table((name, f"{v:,}" if type(v) is int else v) for name, v in pairs.items())
