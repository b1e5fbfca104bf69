"""Types of the public API as a caller sees them: checked by mypy, never run."""

from __future__ import annotations

from typing import assert_type

from have_we_met import (
    Comparison,
    Field,
    Lookup,
    Match,
    Model,
    Registration,
    Resolver,
    Thresholds,
    create_store,
    open_store,
    preset,
)
from have_we_met.record import RecordId
from have_we_met.sync import open_resolver


async def road() -> None:
    """The asynchronous road."""
    model = preset("contacts", region="GB")
    resolver = Resolver(await create_store("sqlite://", model, columns={"email": "EMail"}))
    assert_type(await resolver.lookup({"email": "ada@example.org"}, deadline=0.2), Lookup)
    assert_type(await resolver.get_or_create({"email": "ada@example.org"}), Registration)
    assert_type(await resolver.add({"email": "ada@example.org"}), RecordId)
    await open_store("sqlite:///contacts.db", model, table="people")


def without_a_store() -> None:
    """A model of one's own, and matching without any store."""
    model = Model(
        name="guests",
        fields=[Field("email", "email")],
        comparisons=[Comparison("email", weight=30)],
        thresholds=Thresholds(10, 20),
    )
    record = model.record({"email": "ada@example.org"})
    assert_type(model.match(record, [record]), list[Match])


def portal() -> None:
    """The portal for callers without a loop."""
    with open_resolver("sqlite://", preset(), create=True) as resolver:
        assert_type(resolver.lookup({"email": "ada@example.org"}), Lookup)
