"""``have-we-met status``: what there is, and how far it lags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import json_option, store_options
from .output import emit, facts
from .where import Where, closing, wait

if TYPE_CHECKING:
    from ..late import Tally
    from ..store import Lag


@click.command(
    epilog="""\b
Example:
  have-we-met status --db sqlite:///contacts.db
"""
)
@store_options
@json_option
def status(where: Where, as_json: bool) -> None:
    """Say what is indexed, and how far it may be behind the table.

    The lag is known by triggers (changes that are noted and not yet read, and how old the oldest
    is), by a watermark (rows beyond where the last sync came to), or else by the time since the
    last sync. Late verdicts are counted by what was found; see late.
    """
    found, lag, late = wait(_status(where))
    if as_json:
        in_parts = {"by": lag.by, "seconds": lag.seconds, "pending": lag.pending}
        emit({**found, "lag": in_parts, "late": late.as_numbers()})
    else:
        words = {"triggers": _yes(found["triggers"]), "lag": _in_words(lag), "late": _counted(late)}
        click.echo(facts(found | words))


async def _status(where: Where) -> tuple[dict[str, object], Lag, Tally]:
    from ..late import tally
    from ..store import has_triggers

    async with closing(await where.open()) as store:
        found = {
            "table": store.side.contacts.name,
            "records": await store.count(),
            "generation": store.generation,
            "index": store.model.index_fingerprint,
            "triggers": await has_triggers(store),
        }
        return found, await store.lag(), await tally(store)


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _counted(late: Tally) -> str:
    """Name what there is, and nothing of which there is none."""
    numbers = {name.replace("lag", "seconds behind"): n for name, n in late.as_numbers().items()}
    return ", ".join(f"{n:,.0f} {name}" for name, n in numbers.items() if n) or "none"


def _in_words(lag: Lag) -> str:
    if lag.by == "changes":
        return f"{lag.pending:,} changes, the oldest {lag.seconds:,.1f} s old"
    since = "never synchronised" if lag.seconds is None else f"{lag.seconds:,.0f} s since a sync"
    return since if lag.pending is None else f"{lag.pending:,} rows, {since}"
