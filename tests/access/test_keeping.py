"""Credentials in a store, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from have_we_met import InputError, create_store
from have_we_met.access import ApiKey, Credential, Limits, create, credentials, revoke, rotate
from have_we_met.errors import CredentialNotFound
from have_we_met.store import SqlStore

from ..servers import Postgres
from ..store.conformance import MODEL

NOON = datetime(2001, 2, 3, 12, tzinfo=UTC)
FULL = Credential.checked(
    policy="desk",
    operations=["lookup", "decide"],
    origins=["https://shop.example", "http://localhost:5173"],
    fields=["email"],
    limits=Limits(key_minute=7, at_once=3),
    label="Empfang, 受付",
    expires_at=NOON + timedelta(days=1),
)


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    if request.param == "sqlite":
        made = await create_store(f"sqlite:///{tmp_path}/contacts.db", MODEL)
        yield made
        await made.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        made = await create_store(address, MODEL)
        yield made
        await made.close()


async def test_it_is_read_as_it_was_made(store: SqlStore) -> None:
    """All that a credential says is kept, and of its key a hash alone."""
    issued = await create(store, FULL, clock=lambda: NOON)
    (read,) = await credentials(store)

    assert read == issued.credential
    assert (read.entity, read.created_at, read.label) == (MODEL.table, NOON, FULL.label)
    key = ApiKey.read(issued.key)
    assert key is not None
    assert (key.id, key.is_of(*read.marks(NOON))) == (read.id, True)
    assert key.secret not in repr(issued) + repr(read)


async def test_a_field_that_there_is_not(store: SqlStore) -> None:
    """A desk is shown fields of the model, under either name."""
    with pytest.raises(InputError, match="fields: there is no field 'emial'"):
        await create(store, Credential.checked(policy="desk", fields=["emial"]))
    issued = await create(store, Credential.checked(policy="desk", fields=["firstName"]))

    assert issued.credential.fields == ("first_name",)


async def test_rotated(store: SqlStore) -> None:
    """A new key is good at once; the one before for as long as was said; the next before never."""
    first = await create(store, FULL, clock=lambda: NOON)
    key_id = first.credential.id
    second = await rotate(store, key_id, timedelta(hours=1), clock=lambda: NOON)
    (read,) = await credentials(store)

    assert good(second.key, read, NOON + timedelta(hours=9))
    assert good(first.key, read, NOON + timedelta(minutes=59))
    assert not good(first.key, read, NOON + timedelta(hours=1))

    third = await rotate(store, key_id, clock=lambda: NOON)
    (read,) = await credentials(store)
    assert [good(one.key, read, NOON) for one in (first, second, third)] == [False, False, True]


def good(text: str, credential: Credential, at: datetime) -> bool:
    key = ApiKey.read(text)
    return key is not None and key.is_of(*credential.marks(at))


async def test_revoked(store: SqlStore) -> None:
    """What is revoked stays in the list, and is neither revoked nor rotated again."""
    one = await create(store, FULL, clock=lambda: NOON)
    other = await create(store, Credential.checked(policy="public"))
    key_id = one.credential.id

    assert (await revoke(store, key_id, clock=lambda: NOON)).revoked_at == NOON
    for again in (revoke, rotate):
        with pytest.raises(CredentialNotFound):
            await again(store, key_id)
    by_id = {found.id: found for found in await credentials(store)}
    assert not by_id[key_id].is_good(NOON)
    assert by_id[other.credential.id].is_good(NOON)


async def test_one_that_there_is_not(store: SqlStore) -> None:
    """Nothing is revoked where nothing is."""
    with pytest.raises(CredentialNotFound):
        await revoke(store, "0123456789ab")
