"""SQLite's words: what its driver takes for a column, and what its complaints mean to us."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from ..errors import DeadlineExceeded, RecordExists, StoreBusy, StoreError, StoreOutOfDate
from .contacts import Fit

DIALECT: sa.Dialect = sqlite.dialect()
_PLAIN = frozenset({str, int, float, bytes, bool, type(None)})
_KEYS: dict[object, Fit] = {int: lambda value: int(value), str: str}  # type: ignore[call-overload]


def fit(column: sa.Column[Any]) -> Fit:
    """Give what makes a value one for this column; only a key's has to be of the column's type."""
    if not column.primary_key:
        return as_plain
    try:
        return _KEYS.get(column.type.python_type, as_plain)
    except NotImplementedError:  # a type that only the database knows
        return as_plain


def as_plain(value: object) -> object:
    """Turn any value into one that the driver takes."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def in_our_words(exc: sqlite3.Error, statement: str) -> Exception:
    """Say what the database's complaint means for the caller; its text names no values."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return DeadlineExceeded(f"timeout: {statement} did not end within the deadline")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy("another process holds the database")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return RecordExists(f"{statement}: the table holds this already ({exc})")
    if "no such table: hwm_" in str(exc):
        return StoreOutOfDate("the side tables were rebuilt since this store was opened; reopen it")
    return StoreError(f"{statement}: {exc}")
