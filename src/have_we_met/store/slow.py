"""Statements that took long, told by name: how long, how many rows, and never a value."""

from __future__ import annotations

import logging

log = logging.getLogger("have_we_met.store")


def tell(statement: str, took: float, rows: int, *, level: int = logging.WARNING) -> None:
    """Log a statement that took ``took`` seconds and gave so many rows."""
    log.log(
        level,
        "slow statement: %s took %.0f ms, %d rows",
        statement,
        took * 1000,
        rows,
        extra={"statement": statement, "milliseconds": took * 1000, "rows": rows},
    )
