"""``have-we-met serve``: answers over HTTP."""

from __future__ import annotations

import os
from typing import Literal

import click

from .options import store_options, webhook_option
from .where import MARKS_SECRET, Where


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
    "--connections",
    default=8,
    show_default=True,
    help="How many connections to PostgreSQL read, and how many write, in each process.",
)
@click.option(
    "--replica",
    envvar="HAVE_WE_MET_REPLICA",
    show_envvar=True,
    metavar="URL",
    help="A PostgreSQL replica where lookups read; sign-ups never do.",
)
@click.option(
    "--wait",
    "startup_wait",
    default=30.0,
    show_default=True,
    help="Seconds to wait, at the start, for a database that cannot be reached yet.",
)
@click.option(
    "--late-every",
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How often records created upon an incomplete answer are looked at again; 0 is never.",
)
@webhook_option
@click.option(
    "--log-level",
    type=click.Choice(["critical", "error", "warning", "info", "debug"]),
    default="info",
    show_default=True,
    help="From info on, each lookup is an event in the log.",
)
@click.option(
    "--log-format",
    type=click.Choice(["console", "json"]),
    default="console",
    show_default=True,
    help="Lines for a person, or JSON.",
)
@click.option(
    "--metrics-token",
    envvar="HAVE_WE_MET_METRICS_TOKEN",
    default="",
    help="What Prometheus must bring to read /metrics; without one, only this machine may.",
)
@click.option(
    "--metrics-port",
    type=int,
    help="A port of their own for the metrics; without one they are beside the API.",
)
@click.option(
    "--metrics-host",
    default="127.0.0.1",
    show_default=True,
    help="The address at which the metrics' own port listens.",
)
@click.option("--guide-metrics", is_flag=True, help="Show the guide's own two metrics as well.")
@click.option(
    "--cache",
    envvar="HAVE_WE_MET_CACHE",
    default="none",
    show_default=True,
    help="Where answers are kept: memory, redis://host:6379/0, memory+redis://..., or none.",
)
@click.option(
    "--cache-ttl", default=300.0, show_default=True, help="Seconds that an answer is kept at most."
)
@click.option(
    "--canary",
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="How often a few known people are looked up with small changes; 0 is never.",
)
@click.option("--traces", is_flag=True, help='Send spans to a collector; needs the extra "otel".')
@click.option(
    "--keyless-local",
    is_flag=True,
    help="Let programs on this machine ask without a key where there are keys. Not behind a proxy.",
)
@click.option(
    "--beat",
    default=0.1,
    show_default=True,
    metavar="SECONDS",
    help="Answers under blind and public leave at multiples of this, never sooner.",
)
@click.option("--audit", is_flag=True, help="Write down who did what; see the page on the audit.")
@click.option("--erasure", is_flag=True, help="Let contacts be erased over HTTP.")
@click.option("--export", is_flag=True, help="Let all that is known of one be read over HTTP.")
@click.option(
    "--limits",
    envvar="HAVE_WE_MET_LIMITS",
    default="",
    metavar="URL",
    help="A Redis in which all processes count requests together: redis://host:6379/0.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="NETWORK",
    help="A proxy, or its network, whose X-Forwarded-For is believed. Repeatable.",
)
@click.option(
    "--page-key",
    envvar="HAVE_WE_MET_PAGE_KEY",
    default="",
    metavar="KEY",
    help="The key that the pages at / and /register bring; of the policy blind or public.",
)
@click.option(
    "--host-name",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A further name, in the Host header, that the server answers for. Repeatable.",
)
def serve(
    where: Where,
    host: str,
    port: int,
    workers: int,
    deadline: float,
    connections: int,
    replica: str | None,
    startup_wait: float,
    late_every: float,
    webhook: str | None,
    log_level: str,
    log_format: Literal["console", "json"],
    metrics_token: str,
    metrics_port: int | None,
    metrics_host: str,
    guide_metrics: bool,
    cache: str,
    cache_ttl: float,
    canary: float,
    traces: bool,
    keyless_local: bool,
    beat: float,
    audit: bool,
    erasure: bool,
    export: bool,
    limits: str,
    proxies: tuple[str, ...],
    page_key: str,
    hosts: tuple[str, ...],
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
            connections=connections,
            replica_url=replica,
            startup_wait=startup_wait,
            late_every=late_every,
            webhook=webhook,
            log_level=log_level,
            log_format=log_format,
            metrics_token=metrics_token,
            metrics_port=metrics_port,
            metrics_host=metrics_host,
            guide_metrics=guide_metrics,
            cache=cache,
            cache_ttl=cache_ttl,
            keyless_local=keyless_local,
            beat=beat,
            audit=audit,
            erasure=erasure,
            export=export,
            marks_secret=os.environ.get(MARKS_SECRET, ""),
            limits=limits,
            proxies=proxies,
            page_key=page_key,
            hosts=hosts,
            canary=canary,
            traces=traces,
        )
    )
