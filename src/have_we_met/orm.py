"""Keeping the side tables true from SQLAlchemy's ORM, in the transaction of the session itself.

What a session flushes is indexed on the session's own connection, so both are committed together or
not at all. Nothing else changes for the application: it goes on adding, changing and deleting
objects, in a ``Session`` or an ``AsyncSession``.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from .errors import StoreBusy, StoreError
from .model import Model
from .store.base import Store
from .store.contacts import Contacts, Row, adopt, record_id
from .store.forget import forget_lasting
from .store.given import mapper_of, table_of
from .store.meta import Meta
from .store.session import SessionConnection, at_once, words_of
from .store.side import META, SideTables, side_tables
from .store.stamps import write_stamps_if_kept
from .store.statements import MetaStatements, Statement, Statements
from .store.unit import SqlUnit


def keep(entity: type[Any] | sa.Table, model: Model | Store, sessions: object = None) -> Keeper:
    """Index what the ORM writes to a table, whenever it is written, until :meth:`Keeper.stop`.

    ``entity`` is a mapped class (its subclasses are included) or a ``Table`` (every class that is
    mapped to it). ``sessions`` limits it to one engine: an engine, or a session factory that is
    bound to one; ``None`` is all of them. The side tables must be there, by
    :func:`have_we_met.create_store`: a flush raises :class:`StoreOutOfDate` where they are not, or
    were cut by another model, and :class:`StoreBusy` while they are being rebuilt.

    Not seen are ``session.execute(insert(Contact))``, ``update()`` and ``delete()``, the ``bulk_*``
    methods, and what the database does by itself (``ON DELETE CASCADE``). Triggers or a sync find
    what those wrote.
    """
    keeper = Keeper(entity, model if isinstance(model, Model) else model.model, sessions)
    keeper.start()
    return keeper


@dataclass(frozen=True, slots=True)
class _Opened:
    """The side tables of one database."""

    meta: Meta
    side: SideTables
    statements: Statements


class _Ending:
    """Stamps what one connection's transaction wrote, just before it is committed.

    Not as it is written: the session may go on to other rows, and two sessions that hold each
    other's stamps meanwhile would stand in each other's way.
    """

    def __init__(self, model: Model, connection: sa.Connection) -> None:
        self._model = model
        self._touched: dict[str, tuple[_Opened, set[int]]] = {}
        for name in ("commit", "prepare_twophase"):
            event.listen(connection, name, self._stamp)

    def unit(self, connection: sa.Connection, opened: _Opened) -> SqlUnit:
        """A unit on these side tables, one of those that all count."""
        name = opened.side.keys.fullname
        _, touched = self._touched.setdefault(name, (opened, set()))
        session = SessionConnection(connection)
        return SqlUnit(self._model, opened.side, opened.statements, session, touched=touched)

    def _stamp(self, connection: sa.Connection, *more: object) -> None:
        for opened, touched in self._touched.values():
            at_once(write_stamps_if_kept(self.unit(connection, opened)))
            touched.clear()


class Keeper:
    """Listens to the flushes of one table's objects; made by :func:`keep`."""

    def __init__(self, entity: type[Any] | sa.Table, model: Model, sessions: object) -> None:
        self._model = model
        self._table = entity if isinstance(entity, sa.Table) else table_of(mapper_of(entity))
        self._target: Any = Mapper if isinstance(entity, sa.Table) else entity
        self._engine = _engine_of(sessions)
        self._locked: WeakSet[object] = WeakSet()
        self._checked: WeakSet[object] = WeakSet()
        self._opened: WeakKeyDictionary[object, _Opened] = WeakKeyDictionary()
        self._ending: WeakKeyDictionary[sa.Connection, _Ending] = WeakKeyDictionary()
        self._listeners: Mapping[str, Any] = {
            **dict.fromkeys(("before_insert", "before_update", "before_delete"), self._lock),
            **dict.fromkeys(("after_insert", "after_update"), self._written),
            "after_delete": self._deleted,
        }

    def start(self) -> None:
        """Begin to listen."""
        for name, listener in self._listeners.items():
            event.listen(self._target, name, listener, propagate=self._target is not Mapper)

    def stop(self) -> None:
        """Listen no more."""
        for name, listener in self._listeners.items():
            event.remove(self._target, name, listener)

    # --- what the ORM tells --------------------------------------------------------------------

    def _lock(self, mapper: Mapper[Any], connection: sa.Connection, target: object) -> None:
        """Wait for who imports or rebuilds before a row is locked: they wait for rows, too."""
        if not self._concerns(mapper, connection) or not words_of(connection.dialect).locks:
            return
        if _is_new(connection, self._locked):
            from .store.postgres_locks import Locks

            lock = Locks(self._table.fullname).beside_others
            at_once(SessionConnection(connection).fetch(Statement("lock", lock, ()), ()))

    def _written(self, mapper: Mapper[Any], connection: sa.Connection, target: object) -> None:
        if not self._concerns(mapper, connection):
            return
        unit = self._unit(connection)
        before, after = _identity(target), tuple(mapper.primary_key_from_instance(target))
        if before is not None and before != after:
            at_once(_forget(unit, self._key(mapper, unit, before)))
        at_once(_index(unit, self._key(mapper, unit, after)))

    def _deleted(self, mapper: Mapper[Any], connection: sa.Connection, target: object) -> None:
        if self._concerns(mapper, connection):
            unit, identity = self._unit(connection), _identity(target)
            if identity is not None:
                at_once(_forget(unit, self._key(mapper, unit, identity)))

    def _concerns(self, mapper: Mapper[Any], connection: sa.Connection) -> bool:
        """Whether it is our table, in our database."""
        if self._engine is not None and connection.engine.pool is not self._engine.pool:
            return False
        return self._table in mapper.tables

    # --- where it goes -------------------------------------------------------------------------

    def _unit(self, connection: sa.Connection) -> SqlUnit:
        """The session's transaction as a unit on the side tables that are in use."""
        opened = self._opened.get(connection.engine.pool)
        if opened is None or _is_new(connection, self._checked):
            meta = self._meta(connection, is_first=opened is None)
            if opened is None or opened.meta != meta:
                opened = self._open(connection, meta)
                self._opened[connection.engine.pool] = opened
        if connection not in self._ending:
            self._ending[connection] = _Ending(self._model, connection)
        return self._ending[connection].unit(connection, opened)

    def _meta(self, connection: sa.Connection, *, is_first: bool) -> Meta:
        """Read what is written about the side tables; raises where they cannot be written."""
        name = self._table.fullname
        rows: Any = ()
        if not is_first or sa.inspect(connection).has_table(META.name):
            read = MetaStatements(words_of(connection.dialect).dialect).read
            rows = at_once(SessionConnection(connection).fetch(read, [name]))
        meta = Meta.from_rows(dict(rows))
        if meta.building:
            raise StoreBusy("the side tables are being rebuilt; run have-we-met reindex to the end")
        meta.check(self._model, name)
        return meta

    def _open(self, connection: sa.Connection, meta: Meta) -> _Opened:
        words, table = words_of(connection.dialect), self._table
        with warnings.catch_warnings():
            # A column of a type that SQLAlchemy does not know is left alone.
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            contacts = adopt(
                connection, table.name, self._model, words.fit, meta.columns, table.schema
            )
        side = side_tables(contacts, self._model, meta.generation)
        return _Opened(meta, side, words.all(side, self._model.key_limit))

    def _key(self, mapper: Mapper[Any], unit: SqlUnit, identity: Row) -> Row:
        """Give the primary key as the driver takes it, in the table's order."""
        assert isinstance(unit.connection, SessionConnection)
        dialect = unit.connection.connection.dialect
        values = {
            column.name: _for_driver(column, dialect, value)
            for column, value in zip(mapper.primary_key, identity, strict=True)
        }
        names = [column.name for column in unit.side.contacts.key]
        if values.keys() == set(names):
            return tuple(values[name] for name in names)
        return tuple(values.values())  # a subclass's table may call its parent's key otherwise


async def _index(unit: SqlUnit, key: Row) -> None:
    """Index a row as it is in the table now, defaults and expressions of the database included."""
    contacts: Contacts = unit.side.contacts
    rows = await unit.connection.fetch(unit.statements.contact, key)
    if rows:
        await unit.reindex(key, unit.model.record(contacts.contact(rows[0])).values)


async def _forget(unit: SqlUnit, key: Row) -> None:
    await unit.forget(key)
    await forget_lasting(unit, record_id(key))


def _for_driver(column: sa.ColumnElement[Any], dialect: sa.Dialect, value: object) -> object:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return value if process is None else process(value)


def _identity(target: object) -> Row | None:
    """The primary key that an object has in the database, before a change of it."""
    found: Row | None = sa.inspect(target, raiseerr=True).identity
    return found


def _is_new(connection: sa.Connection, seen: WeakSet[object]) -> bool:
    """Whether a transaction was not seen yet; what a savepoint saw goes with it."""
    now = (connection.get_transaction(), connection.get_nested_transaction())
    if any(transaction in seen for transaction in now if transaction is not None):
        return False
    innermost = now[1] or now[0]
    if innermost is not None:
        seen.add(innermost)
    return True


def _engine_of(sessions: Any) -> sa.Engine | None:
    """Find the engine behind an engine, a session or a session factory."""
    if sessions is None:
        return None
    factory = getattr(sessions, "session_factory", sessions)
    bind = getattr(factory, "kw", {}).get("bind") or getattr(factory, "bind", None) or factory
    engine = getattr(bind, "sync_engine", bind)
    engine = engine.engine if isinstance(engine, sa.Connection) else engine
    if not isinstance(engine, sa.Engine):
        raise StoreError("sessions must be an engine, or a session factory that is bound to one")
    return engine
