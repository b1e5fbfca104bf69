"""How far the bytes of what was erased are gone from a database's files."""

from __future__ import annotations

from enum import StrEnum


class Purged(StrEnum):
    """What became of the bytes."""

    OVERWRITTEN = "overwritten"
    """Zeros stand where they stood, and the log is empty."""

    VACUUMED = "vacuumed"
    """The whole file was written anew, and the log is empty."""

    LOGGED = "logged"
    """Somebody reads, so the log still holds them: purge again."""

    DATABASE = "database"
    """They go when the database's own vacuum, its log and its backups let go of them."""
