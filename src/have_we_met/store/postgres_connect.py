"""Opening a connection to PostgreSQL, and what is asked of it from the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from .postgres_words import asyncpg

_ALWAYS = {
    "application_name": "have_we_met",
    "jit": "off",  # compiling takes longer than any of our statements
}

INDEXES = "have_we_met.indexes"
"""A setting of our own: whoever writes here keeps the side tables true, and needs no trigger."""

WRITING = {
    **_ALWAYS,
    INDEXES: "on",
    # Planning a lookup anew takes longer than the lookup, and no key needs a plan of its own. The
    # one plan goes from index to index, also while a table is young and has no statistics.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
READING = {**WRITING, "default_transaction_read_only": "on"}
BUILDING = {**_ALWAYS, "maintenance_work_mem": "256MB", "statement_timeout": "0"}

_CONNECT_SECONDS = 10.0
"""After so long nobody is there: a firewall drops what is sent without a word."""
_STATEMENTS = 256
_STOP_FOR_THE_DEAD = "SET client_connection_check_interval = 2000"
"""Have the server stop what it does for a client that is gone, within 2 s, not at the end."""


CANCEL_AFTER = 0.005
"""Seconds between a deadline and the request to the server that it stop what has missed it."""


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection of the driver that has those answered first whose time is up.

    The driver opens another connection for each request to stop. Where forty statements miss one
    deadline, that work of forty stood before the last one's answer.
    """

    def _cancel_current_command(self, *waiters: Any) -> None:
        self._loop.call_later(CANCEL_AFTER, self._cancel_now, *waiters)

    def _cancel_now(self, *waiters: Any) -> None:
        sent, *_ = waiters
        if not self.is_closed():
            super()._cancel_current_command(*waiters)
        elif not sent.done():
            sent.set_result(None)  # whoever waits for it waits for nothing


async def connect(url: sa.URL, settings: Mapping[str, str]) -> Any:
    """Open a connection of the driver, which keeps every statement prepared.

    Raises OSError where nobody answers.
    """
    query = dict(url.query)
    # SQLAlchemy's name for it; 0 suits a pooler that lends connections a transaction at a time.
    statements = int(str(query.pop("prepared_statement_cache_size", _STATEMENTS)))
    address = url.set(drivername="postgresql", query=query)
    try:
        raw = await asyncpg.connect(
            address.render_as_string(hide_password=False),
            server_settings=dict(settings),
            statement_cache_size=statements,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
            connection_class=Connection,
            timeout=_CONNECT_SECONDS,
        )
    except TimeoutError:  # not the caller's, who would have cancelled this
        raise ConnectionError("no answer") from None
    try:
        if raw.get_server_version() >= (14,):
            await raw.execute(_STOP_FOR_THE_DEAD)
    except BaseException:  # whoever waited has left, and nobody else knows of it
        raw.terminate()
        raise
    return raw
