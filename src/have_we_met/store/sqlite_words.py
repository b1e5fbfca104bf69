"""SQLite's words: what its driver takes for a column, and what its complaints mean to us."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from ..errors import (
    DeadlineExceeded,
    InputError,
    Problem,
    RecordExists,
    StoreBusy,
    StoreError,
    StoreOutOfDate,
)
from .contacts import Fit

DIALECT: sa.Dialect = sqlite.dialect()
_PLAIN = frozenset({str, int, float, bytes, bool, type(None)})
_NUMERAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_LARGEST = 2**63 - 1


def fit(column: sa.Column[Any]) -> Fit:
    """Give what makes a value the one that SQLite would make of it in this column.

    So it is the same before it was stored and after: a file that is loaded again changes nothing.
    Only the integer key of a table refuses anything.

    >>> fit(sa.Column("age", sa.Integer))("42"), fit(sa.Column("phone", sa.Text))(42)
    (42, '42')
    """
    kind = column.type
    if isinstance(kind, sa.Integer) and column.primary_key:
        return _whole
    for type_, make in _FITS:
        if isinstance(kind, type_):
            return make
    return _as_number  # every other type of SQLite's turns numerals into numbers


def _whole(value: object) -> int:
    number = _as_number(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, int) and abs(number) <= _LARGEST:
        return number
    raise ValueError("must be a whole number")


def _as_text(value: object) -> object:
    if isinstance(value, str):
        if value.isascii() or _is_whole(value):
            return value
        raise ValueError("holds a character that the database does not store")
    if isinstance(value, bytes):
        return value
    return str(value).lower() if isinstance(value, bool) else str(as_plain(value))


def _is_whole(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def _as_number(value: object) -> object:
    text = as_plain(value)
    if not isinstance(text, str):
        return text
    if not _NUMERAL.fullmatch(text):
        return _as_text(text)
    if text.strip().lstrip("+-").isdigit() and abs(number := int(text)) <= _LARGEST:
        return number
    return float(text)


def _as_real(value: object) -> object:
    number = _as_number(value)
    return float(number) if isinstance(number, int) else number


def as_plain(value: object) -> object:
    """Turn any value into one that the driver takes."""
    if type(value) is int:
        return value if abs(value) <= _LARGEST else str(value)
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


_FITS: tuple[tuple[type, Fit], ...] = (
    (sa.String, _as_text),
    (sa.Float, _as_real),
    (sa.types.NullType, as_plain),
    (sa.LargeBinary, as_plain),
)


def in_our_words(exc: sqlite3.Error, statement: str) -> Exception:
    """Say what the database's complaint means for the caller; its text names no values."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return DeadlineExceeded(f"timeout: {statement} did not end within the deadline")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy("another process holds the database")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return _refused(exc, statement)
    if "no such table: hwm_" in str(exc):
        return StoreOutOfDate("the side tables were rebuilt since this store was opened; reopen it")
    return StoreError(f"{statement}: {exc}")


def _refused(exc: sqlite3.Error, statement: str) -> Exception:
    """Say which of the table's rules a row breaks, in the names of columns and rules alone."""
    code = exc.sqlite_errorcode
    if code in _TAKEN:
        return RecordExists(f"{statement}: the table holds this already ({exc})")
    name = str(exc).partition(" constraint failed: ")[2]
    column = name.partition(".")[2] if code == sqlite3.SQLITE_CONSTRAINT_NOTNULL else ""
    rule = name if name.isidentifier() else _RULES.get(code, "a rule of its own")
    return InputError([Problem(column, f"the table does not take it: {rule}")])


_TAKEN = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_ROWID,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    }
)
_RULES = {
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: "not null",
    sqlite3.SQLITE_CONSTRAINT_CHECK: "check",
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: "foreign key",
}
"""What a rule without a name is called. A check's own text and a trigger's words stay out of it:
they may hold what was refused."""
