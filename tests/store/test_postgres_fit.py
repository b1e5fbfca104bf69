from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from have_we_met.store.postgres_fit import fit

NOON = datetime(2024, 2, 29, 12)
UNKNOWN: Any = object()


@pytest.mark.parametrize(
    ("kind", "value", "fitted"),
    [
        (sa.Text(), "Ada", "Ada"),
        (sa.Text(), 42, "42"),
        (sa.Text(), True, "true"),
        (sa.Text(), date(1815, 12, 10), "1815-12-10"),
        (sa.String(3), "伟伟伟", "伟伟伟"),
        (sa.Integer(), " 42 ", 42),
        (sa.Integer(), 42.0, 42),
        (sa.BigInteger(), str(2**63 - 1), 2**63 - 1),
        (sa.Numeric(), "1.50", Decimal("1.50")),
        (sa.Numeric(), 0.1, Decimal("0.1")),
        (sa.Float(), "1e3", 1000.0),
        (sa.Boolean(), "Yes", True),
        (sa.Boolean(), 0, False),
        (sa.Date(), " 1815-12-10", date(1815, 12, 10)),
        (sa.Date(), NOON, date(2024, 2, 29)),
        (sa.Time(), "12:30", time(12, 30)),
        (sa.DateTime(), "2024-02-29T12:00:00", NOON),
        (sa.DateTime(), date(2024, 2, 29), datetime(2024, 2, 29)),
        (sa.DateTime(), NOON.replace(tzinfo=timezone(timedelta(hours=2))), NOON.replace(hour=10)),
        (sa.DateTime(timezone=True), "2024-02-29T12:00:00Z", NOON.replace(tzinfo=UTC)),
        (sa.DateTime(timezone=True), NOON, NOON.replace(tzinfo=UTC)),
        (sa.Uuid(), "0" * 32, UUID(int=0)),
        (sa.Uuid(), UUID(int=1), UUID(int=1)),
        (postgresql.JSONB(), {"a": [1]}, '{"a": [1]}'),
        (postgresql.JSONB(), '{"a": 1}', '{"a": 1}'),
        (postgresql.ENUM("sad", name="mood"), "sad", "sad"),
        (postgresql.DOMAIN("age", sa.Integer()), "7", 7),
        (postgresql.INET(), UNKNOWN, UNKNOWN),
        (postgresql.ARRAY(sa.Text), ["a"], ["a"]),
    ],
)
def test_a_value_that_fits(kind: Any, value: object, fitted: object) -> None:
    """What means the same becomes what the driver takes; a type that we do not know is let be."""
    found = fit(sa.Column("x", kind))(value)

    assert found == fitted
    assert type(found) is type(fitted)


@pytest.mark.parametrize(
    ("kind", "value", "complaint"),
    [
        (sa.Text(), "a\0b", "a character"),
        (sa.Text(), "a\ud800", "a character"),
        (sa.Text(), b"a", "not bytes"),
        (sa.String(3), "abcd", "longer than 3"),
        (sa.SmallInteger(), 2**15, "16 bits"),
        (sa.Integer(), -(2**31) - 1, "32 bits"),
        (sa.BigInteger(), 2**63, "64 bits"),
        (sa.Integer(), 4.5, "whole number"),
        (sa.Integer(), "secret", "whole number"),
        (sa.Integer(), float("inf"), "whole number"),
        (sa.Integer(), [1], "whole number"),
        (sa.Numeric(), "secret", "a number"),
        (sa.Float(), "secret", "a number"),
        (sa.Boolean(), "secret", "true or false"),
        (sa.Date(), "secret", "a date"),
        (sa.Date(), "1815-13-10", "a date"),
        (sa.Time(), "secret", "a time"),
        (sa.DateTime(), "secret", "a date and time"),
        (sa.Uuid(), "secret", "a UUID"),
    ],
)
def test_a_value_that_does_not(kind: Any, value: object, complaint: str) -> None:
    """What cannot be in a column is refused in plain words that do not repeat it."""
    with pytest.raises(ValueError, match=complaint) as caught:
        fit(sa.Column("x", kind))(value)

    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
