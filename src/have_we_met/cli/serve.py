"""``have-we-met serve``: answers over HTTP."""

from __future__ import annotations

import click

from .options import store_options
from .where import Where


@click.command(
    epilog="""\b
Example:
  have-we-met serve --db sqlite:///contacts.db --port 8000
"""
)
@store_options
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--workers", default=1, show_default=True, help="How many processes answer.")
@click.option("--deadline", default=2.0, show_default=True, help="Seconds that a lookup may take.")
@click.option(
    "--wait",
    "startup_wait",
    default=30.0,
    show_default=True,
    help="Seconds to wait, at the start, for a database that cannot be reached yet.",
)
@click.option(
    "--log-level",
    type=click.Choice(["critical", "error", "warning", "info", "debug"]),
    default="info",
    show_default=True,
)
def serve(
    where: Where,
    host: str,
    port: int,
    workers: int,
    deadline: float,
    startup_wait: float,
    log_level: str,
) -> None:
    """Answer lookups and sign-ups over HTTP until told to stop.

    Beside the routes there is a page to try them on, at the address itself.
    """
    from ..server import Settings
    from ..server import serve as run

    run(
        Settings(
            url=where.db,
            model=where.source,
            table=where.table,
            host=host,
            port=port,
            workers=workers,
            deadline=deadline,
            startup_wait=startup_wait,
            log_level=log_level,
        )
    )
