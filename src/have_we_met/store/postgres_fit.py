"""What asyncpg takes for a column: it is strict, where a form or a file brings texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from .contacts import Fit

_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


def fit(column: sa.Column[Any]) -> Fit:
    """Give what makes a value one for this column; a type that we do not know is left alone.

    >>> fit(sa.Column("born", sa.Date))("1815-12-10")
    datetime.date(1815, 12, 10)
    """
    kind = column.type
    if isinstance(kind, postgresql.DOMAIN):
        kind = kind.data_type
    for type_, make in _MAKERS:
        if isinstance(kind, type_):
            return make(kind)
    return lambda value: value


def _text(kind: Any) -> Fit:
    longest = kind.length

    def text(value: object) -> object:
        spelt = value if isinstance(value, str) else _spelt(value)
        if "\0" in spelt or not _is_unicode(spelt):
            raise ValueError("holds a character that the database does not store")
        if longest is not None and len(spelt) > longest:
            raise ValueError(f"is longer than {longest} characters")
        return spelt

    return text


def _spelt(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        raise ValueError("must be a text, not bytes")
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _whole(bits: int) -> Callable[[Any], Fit]:
    limit = 1 << bits - 1

    def make(kind: Any) -> Fit:
        def whole(value: object) -> object:
            number = _number(int, value, "must be a whole number")
            if number != value and not isinstance(value, str):
                raise ValueError("must be a whole number")
            if not -limit <= number < limit:
                raise ValueError(f"must be a whole number of {bits} bits")
            return number

        return whole

    return make


def _number(kind: Callable[[Any], Any], value: object, complaint: str) -> Any:
    try:
        return kind(value)
    except (ValueError, TypeError, ArithmeticError):
        raise ValueError(complaint) from None


def _float(kind: Any) -> Fit:
    return lambda value: _number(float, value, "must be a number")


def _decimal(kind: Any) -> Fit:
    return lambda value: _number(lambda v: Decimal(str(v)), value, "must be a number")


def _boolean(kind: Any) -> Fit:
    def boolean(value: object) -> object:
        try:
            return _BOOLEANS[str(value).strip().lower()]
        except KeyError:
            raise ValueError("must be true or false") from None

    return boolean


def _date(kind: Any) -> Fit:
    def day(value: object) -> object:
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else _read(date, value, "a date: 1815-12-10")

    return day


def _moment(kind: Any) -> Fit:
    with_zone: bool = kind.timezone

    def moment(value: object) -> object:
        found = _as_datetime(value)
        if with_zone:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found

    return moment


def _as_datetime(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    found: datetime = _read(datetime, value, "a date and time: 1815-12-10T12:00:00Z")
    return found


def _clock(kind: Any) -> Fit:
    return lambda value: value if isinstance(value, time) else _read(time, value, "a time: 12:00")


def _read(kind: Any, value: object, expected: str) -> Any:
    try:
        return kind.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"must be {expected}") from None


def _uuid(kind: Any) -> Fit:
    return lambda value: _number(lambda v: UUID(str(v)), value, "must be a UUID")


def _json(kind: Any) -> Fit:
    def as_json(value: object) -> object:
        return value if isinstance(value, str) else json.dumps(value, default=str)

    return as_json


_MAKERS: tuple[tuple[Any, Callable[[Any], Fit]], ...] = (
    (sa.Enum, lambda kind: str),
    (sa.String, _text),
    (sa.Boolean, _boolean),
    (sa.SmallInteger, _whole(16)),
    (sa.BigInteger, _whole(64)),
    (sa.Integer, _whole(32)),
    (sa.Float, _float),
    (sa.Numeric, _decimal),
    (sa.DateTime, _moment),
    (sa.Date, _date),
    (sa.Time, _clock),
    (sa.Uuid, _uuid),
    (sa.JSON, _json),
)
"""Types and what makes a value theirs; the first that a column's type is one of."""
