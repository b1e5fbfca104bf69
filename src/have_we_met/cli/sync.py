"""``have-we-met sync``: what was written past us, into the side tables."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from .options import erased_option, json_option, store_options
from .output import emit, facts, say
from .progress import counted
from .where import Where, closing, wait

if TYPE_CHECKING:
    import asyncio

    from ..store import Drift
    from ..store.tombstones import Then


@click.command(
    epilog="""\b
Examples:
  have-we-met sync --db sqlite:///crm.db --full
  have-we-met sync --db postgresql://localhost/crm --watermark updated_at
  have-we-met sync --db postgresql://localhost/crm --follow
"""
)
@store_options
@click.option("--full", is_flag=True, help="Compare everything, and so see deleted rows, too.")
@click.option(
    "--watermark",
    metavar="COLUMN",
    help="Look only at rows beyond where the last run came to, by a column that grows.",
)
@click.option("--follow", is_flag=True, help="Go on until stopped.")
@click.option(
    "--every",
    type=click.FloatRange(min=0.05),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How long --follow waits; triggers wake it before that.",
)
@erased_option
@json_option
def sync(
    where: Where,
    full: bool,
    watermark: str | None,
    follow: bool,
    every: float,
    erased: Then,
    as_json: bool,
) -> None:
    """Index what other programs wrote to the table.

    New rows are indexed, changed ones are indexed anew, deleted ones are forgotten, and what was
    amiss is counted. Without an option it reads what triggers noted, where there are triggers (see
    init); else it goes by the watermark that was last given; else it compares everything. Broken
    off, it goes on where it stopped when it is run again.
    """
    where = replace(where, erased=erased)
    if follow and full:
        raise click.UsageError("--follow goes by triggers or a watermark; leave out --full")
    if follow:
        wait(_follow(where, watermark, every, _show(as_json)))
    else:
        _show(as_json)(wait(_once(where, full, watermark)))


def _show(as_json: bool) -> Callable[[Drift], None]:
    def show(drift: Drift) -> None:
        if as_json:
            emit(asdict(drift))
        else:
            click.echo(facts(asdict(drift)))

    return show


async def _once(where: Where, full: bool, watermark: str | None) -> Drift:
    from ..store import sync_store

    async with closing(await where.open()) as store:
        with counted("comparing") as progress:
            return await sync_store(store, full=full, watermark=watermark, progress=progress)


async def _follow(
    where: Where, watermark: str | None, every: float, show: Callable[[Drift], None]
) -> None:
    """Tell what was mended after each round that mended something."""
    stop = _told_to_stop()
    say("following; stop with Ctrl-C")
    async for drift in _rounds(where, watermark, every, stop):
        if drift.mended or drift.erased:
            show(drift)


async def _rounds(
    where: Where, watermark: str | None, every: float, stop: asyncio.Event
) -> AsyncIterator[Drift]:
    """Go on after a rebuild, too, on the side tables that it made."""
    from ..errors import StoreOutOfDate
    from ..store import follow_store

    while not stop.is_set():
        async with closing(await where.open()) as store:
            with suppress(StoreOutOfDate):  # opening it anew says what is wrong with it, if it is
                async for drift in follow_store(store, stop, every=every, watermark=watermark):
                    yield drift


def _told_to_stop() -> asyncio.Event:
    """An event that is set when the process is told to end, so that a page is not cut off."""
    import asyncio

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows ends the process instead
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
