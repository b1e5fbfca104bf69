"""Telling those who want to know that a breaker's state changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .breaker import Change

log = logging.getLogger("have_we_met.resilience")


def log_change(change: Change) -> None:
    """Log a change: a warning where a breaker opens."""
    log.log(
        logging.WARNING if change.state == "open" else logging.INFO,
        "breaker of %s: %s (%d of the last %d calls failed)",
        change.breaker,
        change.state,
        change.failures,
        change.calls,
        extra={"breaker": change.breaker, "state": str(change.state)},
    )


def tell(listeners: Iterable[Callable[[Change], None]], change: Change) -> None:
    """Tell each listener; one that fails stands in nobody's way."""
    for listener in listeners:
        try:
            listener(change)
        except Exception as error:  # noqa: BLE001  # nobody's lookup depends on an alert
            log.error("breaker of %s: a listener raised %s", change.breaker, type(error).__name__)
