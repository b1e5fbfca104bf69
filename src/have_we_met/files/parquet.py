"""Reading Parquet, which needs the extra ``parquet``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from ..errors import InputError, Problem, require
from .rows import Rows
from .values import checked


def read_parquet(stream: BinaryIO, *, chunk: int) -> Iterator[Rows]:
    """Read a Parquet file, some ``chunk`` rows at a time; rows are numbered from 1.

    ``stream`` must be a file in which one can go back and forth. Raises :class:`InputError` for
    one that is no Parquet file, and ``MissingExtra`` where pyarrow is not installed.
    """
    parquet = require("pyarrow.parquet", extra="parquet")
    first = 1
    try:
        file = parquet.ParquetFile(stream)
        for batch in file.iter_batches(batch_size=chunk):
            yield checked(_rows(batch, first))
            first += batch.num_rows
    except (OSError, ValueError) as exc:  # pyarrow's own errors are ValueErrors
        problem = Problem(f"row {first}", "the file is not a Parquet file, or it is broken")
        raise InputError([problem]) from exc


def _rows(batch: Any, first: int) -> Rows:
    columns = tuple(tuple(column.to_pylist()) for column in batch.columns)
    return Rows(tuple(batch.schema.names), columns, range(first, first + batch.num_rows))
