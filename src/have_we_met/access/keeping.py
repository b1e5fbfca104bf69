"""Creating, listing, rotating and revoking credentials in a store."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from ..errors import CredentialNotFound, InputError, Problem
from ..model import Model
from ..resolver import utc_now
from ..store import SqlStore
from ..store.contacts import Row
from ..store.credentials import CredentialStatements
from ..store.lasting import spelt_moment
from ..store.retry import in_one_unit
from ..store.unit import SqlUnit
from ..suggest import did_you_mean
from .api_key import ApiKey
from .credential import Credential
from .limits import Limits

T = TypeVar("T")
Clock = Callable[[], datetime]

WRITE_SECONDS = 10.0
READ_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential with its key in the clear, which nobody can read again."""

    credential: Credential
    key: str = field(repr=False)


async def create(store: SqlStore, credential: Credential, *, clock: Clock = utc_now) -> Issued:
    """Write a credential for the store's table, and give its key.

    Raises :class:`InputError` where it lists a field that the model has not.
    """
    fields = _known(store.model, credential.fields)
    key, entity = ApiKey.new(), store.side.contacts.name
    made = replace(
        credential, id=key.id, entity=entity, fields=fields, mark=key.mark, created_at=clock()
    )
    await _writing(store, lambda unit: unit.run(_statements(unit).add, _row(made)))
    return Issued(made, key.text)


def _known(model: Model, fields: Sequence[str]) -> tuple[str, ...]:
    """Name fields as the model does, by their names or aliases."""
    unknown = [name for name in fields if name not in model.aliases]
    if unknown:
        hint = did_you_mean(unknown[0], [field.alias for field in model.fields])
        raise InputError([Problem("fields", f"there is no field {unknown[0]!r}{hint}")])
    return tuple(model.aliases[name] for name in fields)


async def credentials(store: SqlStore) -> Sequence[Credential]:
    """Read all of the store's table, the revoked ones too, in the order of their making."""
    async with store.survey(monotonic() + READ_SECONDS) as unit:
        named = {"entity": unit.side.contacts.name}
        return [_read(row) for row in await unit.run(_statements(unit).all, named)]


async def rotate(
    store: SqlStore, key_id: str, keep: timedelta = timedelta(0), *, clock: Clock = utc_now
) -> Issued:
    """Give a credential a new key; the one before stays good for a while, or no longer.

    Raises :class:`CredentialNotFound` where there is none, or it is revoked.
    """
    key = ApiKey.new(key_id)
    new = {"new_mark": key.mark, "old_until": spelt_moment(clock() + keep)}

    async def work(unit: SqlUnit) -> Credential:
        return await _changed(
            unit, await unit.run(_statements(unit).rotate, _of(unit, key_id) | new)
        )

    return Issued(await _writing(store, work), key.text)


async def revoke(store: SqlStore, key_id: str, *, clock: Clock = utc_now) -> Credential:
    """Let a credential's keys be good for nothing from now on.

    Raises :class:`CredentialNotFound` where there is none, or it is revoked already.
    """
    at = {"revoked_at": spelt_moment(clock())}

    async def work(unit: SqlUnit) -> Credential:
        return await _changed(
            unit, await unit.run(_statements(unit).revoke, _of(unit, key_id) | at)
        )

    return await _writing(store, work)


async def _writing(store: SqlStore, work: Callable[[SqlUnit], Awaitable[T]]) -> T:
    return await in_one_unit(store.begin, monotonic() + WRITE_SECONDS, work)


async def _changed(unit: SqlUnit, rows: Sequence[Row]) -> Credential:
    if not rows:
        raise CredentialNotFound("there is no key of that id that is not revoked; see: key list")
    return _read(rows[0])


def _of(unit: SqlUnit, key_id: str) -> dict[str, object]:
    return {"the_entity": unit.side.contacts.name, "the_id": key_id}


def _statements(unit: SqlUnit) -> CredentialStatements:
    return unit.statements.lasting.credentials


_LISTS = ("operations", "origins", "fields")
_MOMENTS = ("created_at", "expires_at", "revoked_at", "old_until")


def _row(credential: Credential) -> dict[str, object]:
    """A credential as it is written: lists as words, moments as texts that sort."""
    row = asdict(credential)
    row |= {name: " ".join(row[name]) for name in _LISTS}
    row |= {name: row[name] and spelt_moment(row[name]) for name in _MOMENTS}
    return row | {"limits": json.dumps(row["limits"])}


def _read(row: Row) -> Credential:
    named = dict(zip(CredentialStatements.COLUMNS, row, strict=True))
    named |= {name: tuple(named[name].split()) for name in _LISTS}
    named |= {name: named[name] and datetime.fromisoformat(named[name]) for name in _MOMENTS}
    return Credential(**named | {"limits": Limits(**json.loads(named["limits"]))})
