from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from have_we_met import InputError, MissingExtra
from have_we_met.files.parquet import read_parquet
from have_we_met.files.rows import Rejected, Rows


def file(columns: dict[str, Any]) -> io.BytesIO:
    stream = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), stream)
    return io.BytesIO(stream.getvalue())


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_rows(chunk: int) -> None:
    """Every row is read, in stretches, with its number."""
    columns = {"email": ["a@example.org", None, ""], "born": [date(1815, 12, 10), None, None]}

    found = [row for part in read_parquet(file(columns), chunk=chunk) for row in part.records()]

    assert found == [
        (1, {"email": "a@example.org", "born": date(1815, 12, 10)}),
        (2, {"email": None, "born": None}),
        (3, {"email": None, "born": None}),
    ]


def test_values() -> None:
    """What is no number is nothing, bytes of text are text, and lists are rejected."""
    columns = {
        "id": [1, 2, 3, 4],
        "age": [36.0, float("nan"), None, 1.0],
        "sum": [Decimal("1.50"), None, None, None],
        "name": [b"Ada", b"\xff", None, None],
        "tags": [None, None, ["a"], None],
    }

    (rows,) = read_parquet(file(columns), chunk=100)

    assert rows == Rows(
        names=("id", "age", "sum", "name", "tags"),
        columns=((1, 4), (36.0, 1.0), (Decimal("1.50"), None), ("Ada", None), (None, None)),
        lines=(1, 4),
        rejected=(
            Rejected(2, "name holds bytes that are no text"),
            Rejected(3, "tags holds a list or an object where one value belongs"),
        ),
    )


def test_nan_is_nothing() -> None:
    """Where pandas writes NaN, nothing was said."""
    (rows,) = read_parquet(file({"age": [float("nan")]}), chunk=100)

    assert rows.columns == ([None],)


@pytest.mark.parametrize("content", [b"", b"email\n", b"PAR1" + b"\0" * 20 + b"PAR1"])
def test_no_parquet(content: bytes) -> None:
    """A file of another kind is refused in our words."""
    with pytest.raises(InputError, match="not a Parquet file"):
        list(read_parquet(io.BytesIO(content), chunk=100))


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)

    with pytest.raises(MissingExtra, match=r"have-we-met\[parquet\]"):
        list(read_parquet(io.BytesIO(), chunk=100))
