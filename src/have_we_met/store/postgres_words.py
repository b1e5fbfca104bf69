"""PostgreSQL's words: how it is spoken to, and what its complaints mean to us.

PostgreSQL likes to quote values: ``Key (email)=(ada@example.org) already exists``. So none of its
sentences goes further than this file, only its codes and the names of columns and constraints.
Whoever raises what :func:`in_our_words` gives does so ``from None``: a traceback would print where
it came from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDialect

from ..errors import (
    DeadlineExceeded,
    HaveWeMetError,
    InputError,
    Problem,
    RecordExists,
    StoreBusy,
    StoreConflict,
    StoreError,
    StoreOutOfDate,
    StoreUnreachable,
    require,
)

asyncpg: Any = require("asyncpg", extra="postgres")

FAILURES = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,  # among them TimeoutError
    EOFError,
    BufferError,  # bytes that are no PostgreSQL
    OverflowError,
    UnicodeError,
)
"""What asyncpg raises where a statement or a connection fails."""


def dialect(paramstyle: Any = "numeric_dollar") -> sa.Dialect:
    """PostgreSQL's words for a driver that takes parameters in this style.

    Of no driver in particular: those cast each parameter to SQLAlchemy's idea of its type, where a
    bare one takes the type of the column beside it (an enum, a domain, ``citext``, ``char(10)``).
    """
    return PGDialect(paramstyle=paramstyle)  # type: ignore[no-untyped-call]


DIALECT: sa.Dialect = dialect()

LOST = frozenset({"08000", "08003", "08006", "57P01", "57P02", "57P03"})
"""The connection is gone, or the server is going or not there yet."""


def is_lost(exc: BaseException) -> bool:
    """Whether the connection, not the statement, is what failed."""
    if isinstance(exc, TimeoutError):
        return False
    return isinstance(exc, OSError | EOFError) or getattr(exc, "sqlstate", None) in LOST


def in_our_words(exc: BaseException, statement: str) -> HaveWeMetError:
    """Say what the database's complaint means for the caller, without its words."""
    if isinstance(exc, TimeoutError):
        return DeadlineExceeded(f"timeout: {statement} did not end within the deadline")
    if is_lost(exc):
        return StoreUnreachable(f"{statement}: the database cannot be reached")
    code = getattr(exc, "sqlstate", None) or ""
    for start, meaning in _MEANINGS.items():
        if code.startswith(start):
            return meaning(exc, statement)
    if isinstance(exc, _UNWRITABLE):
        return InputError([Problem("", f"{statement}: a value does not fit its column")])
    return StoreError(f"{statement}: {type(exc).__name__} {code}".rstrip())


_UNWRITABLE = (asyncpg.DataError, OverflowError, UnicodeError)
"""Raised by the driver before PostgreSQL sees the value."""


def _late(exc: Any, statement: str) -> HaveWeMetError:
    if statement in WAITING:
        return _held(exc, statement)
    return DeadlineExceeded(f"timeout: {statement} did not end within the deadline")


def _held(exc: Any, statement: str) -> HaveWeMetError:
    return StoreBusy("timeout: others held the database past the deadline")


WAITING = frozenset({"begin", "hold", "lock_contact"})
"""Statements that do nothing but wait for others."""


def _missing(exc: Any, statement: str) -> HaveWeMetError:
    if "hwm_" in str(exc):
        return StoreOutOfDate("the side tables were rebuilt since this store was opened; reopen it")
    return StoreError(f"{statement}: the table changed since this store was opened; reopen it")


def _exists(exc: Any, statement: str) -> HaveWeMetError:
    return RecordExists(f"{statement}: the table holds this already ({exc.constraint_name})")


def _refused(exc: Any, statement: str) -> HaveWeMetError:
    rule = exc.constraint_name or "not null"
    return InputError([Problem(exc.column_name or "", f"the table does not take it: {rule}")])


def _unfit(exc: Any, statement: str) -> HaveWeMetError:
    problem = f"{statement}: a value does not fit its column ({type(exc).__name__})"
    return InputError([Problem(exc.column_name or "", problem)])


def _conflict(exc: Any, statement: str) -> HaveWeMetError:
    return StoreConflict("another unit was in the way; nothing was written, try again")


def _busy(exc: Any, statement: str) -> HaveWeMetError:
    return StoreBusy(f"{statement}: the database is too busy ({type(exc).__name__})")


_MEANINGS: dict[str, Callable[[Any, str], HaveWeMetError]] = {
    "57014": _late,  # query_canceled, by its statement_timeout
    "25P03": _late,  # idle_in_transaction_session_timeout
    "42P01": _missing,  # undefined_table
    "42703": _missing,  # undefined_column
    "23505": _exists,  # unique_violation
    "23": _refused,  # any other constraint
    "22": _unfit,  # data_exception
    "40001": _conflict,  # serialization_failure
    "40P01": _conflict,  # deadlock_detected
    "55P03": _held,  # lock_not_available, by its lock_timeout
    "53": _busy,  # insufficient_resources, among them too_many_connections
}
"""SQLSTATEs and their beginnings, the first that fits."""
