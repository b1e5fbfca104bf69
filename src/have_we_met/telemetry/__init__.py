"""What can be seen of lookups from outside: metrics.

A watcher is told of answers; :func:`watched` puts watchers on a lookup's way.

>>> import asyncio
>>> from have_we_met import Resolver, create_store, preset
>>> from have_we_met.telemetry import Metrics, exposition, watched
>>> async def main():
...     store = await create_store("sqlite://", preset("contacts"))
...     metrics = Metrics("contacts", store.model)
...     resolver = Resolver(store, steps=[watched(metrics.looked_up)])
...     await resolver.lookup({"email": "ada@example.org"})
...     return exposition(metrics.registry).decode()
>>> [line for line in asyncio.run(main()).splitlines() if "lookups_total" in line and "1.0" in line]
['have_we_met_lookups_total{complete="true",entity="contacts",status="not_found"} 1.0']
"""

from __future__ import annotations

from ..errors import require

require("prometheus_client", extra="server")

from .catalogue import METRICS, Metric  # noqa: E402
from .exposition import exposition  # noqa: E402
from .metrics import Metrics  # noqa: E402
from .watching import Gathered, Watcher, watched  # noqa: E402

__all__ = ["METRICS", "Gathered", "Metric", "Metrics", "Watcher", "exposition", "watched"]
