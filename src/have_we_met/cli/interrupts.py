"""Ctrl-C while rows are read: heard at once, though no event loop runs meanwhile."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def interruptible(rows: Iterator[T]) -> Iterator[T]:
    """Give what an iterator gives; an interrupt while it waits raises ``KeyboardInterrupt`` there.

    The event loop's own way, to cancel its task at the next moment that it waits for something,
    would be heard when more comes through a pipe: perhaps never.
    """
    while True:
        with _heard_at_once():
            row = next(rows, _END)
        if row is _END:
            return
        yield row  # type: ignore[misc]  # it is no end


_END = object()


@contextmanager
def _heard_at_once() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    is_loops = callable(before) and before is not signal.default_int_handler
    if not is_loops or threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = False

    def hear(*_: object) -> None:
        nonlocal heard
        heard = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hear)
    try:
        if _is_cancelled():  # it came just before
            raise KeyboardInterrupt
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:  # it was raised where Python passes over what is raised: in a finaliser
        raise KeyboardInterrupt


def _is_cancelled() -> bool:
    import asyncio

    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    return task is not None and task.cancelling() > 0
