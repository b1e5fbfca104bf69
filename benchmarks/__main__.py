"""``python -m benchmarks``: what the README's figures come from."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

import click

from . import (
    cache,
    drill,
    faults,
    febrl,
    freshness,
    hanging,
    http,
    importing,
    keys,
    lookup,
    stores,
    storm,
    telemetry,
)

SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000}


@click.group(invoke_without_command=True)
@click.option("--data", type=click.Path(path_type=Path), help="Folder with the public data sets.")
@click.option(
    "--work", type=click.Path(path_type=Path), default=Path("build/bench"), show_default=True
)
@click.pass_context
def main(context: click.Context, data: Path | None, work: Path) -> None:
    """Print speed and quality. Without a command: all of it.

    Example: python -m benchmarks --data ~/data lookup --sizes 10k,1M
    """
    context.obj = Bench(work, data)
    if context.invoked_subcommand is None:
        for command in (lookups, requests, rows, register, storms):
            context.invoke(command)
        context.invoke(lookups, db="postgres")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where stores are kept between runs, and where the public data sets are."""

    work: Path
    data: Path | None


@main.command("lookup")
@click.option("--sizes", default="10k,100k,1M", show_default=True)
@click.option("--queries", default=4000, show_default=True)
@click.option("--preset", "variant", default="contacts", show_default=True)
@click.option(
    "--db",
    default="sqlite",
    show_default=True,
    help="sqlite, postgres (a server of its own), or postgresql://user@host/database.",
)
@click.option("--key-limits", default="", help="To try, as 16,32,64; else the preset's own.")
@click.pass_obj
def lookups(
    bench: Bench,
    sizes: str = "10k,100k,1M",
    queries: int = 4000,
    variant: str = "contacts",
    db: str = "sqlite",
    key_limits: str = "",
) -> None:
    """Latency beside its floor, and what the answers were worth."""
    counts = [SIZES[size] for size in sizes.split(",")]
    limits = [int(limit) for limit in key_limits.split(",") if limit]
    asyncio.run(lookup.run(bench.work, counts, queries, variant, db, limits))


@main.command("keys")
@click.option("--sizes", default="100k", show_default=True)
@click.option("--queries", default=4000, show_default=True)
@click.option("--db", default="sqlite", show_default=True, help="As for lookup.")
@click.pass_obj
def crowded(bench: Bench, sizes: str = "100k", queries: int = 4000, db: str = "sqlite") -> None:
    """What a key that a third of the table is under does to lookups."""
    counts = [SIZES[size] for size in sizes.split(",")]
    asyncio.run(keys.run(bench.work, counts, queries, db))


@main.command("cache")
@click.option("--size", default="1M", show_default=True)
@click.option("--queries", default=2000, show_default=True)
@click.option("--pairs", default=10_000, show_default=True, help="Created, then looked up.")
@click.option("--db", default="sqlite", show_default=True, help="As for lookup.")
@click.pass_obj
def kept(
    bench: Bench, size: str = "1M", queries: int = 2000, pairs: int = 10_000, db: str = "sqlite"
) -> None:
    """What a kept answer costs, and how often one is given that no longer holds."""
    asyncio.run(cache.run(bench.work, SIZES[size], queries, db))
    if pairs:
        asyncio.run(freshness.compare(pairs, bench.work))


@main.command("http")
@click.option("--size", default="1M", show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--seconds", default=8, show_default=True, help="Of each round and route.")
@click.pass_obj
def requests(bench: Bench, size: str = "1M", rounds: int = 3, seconds: int = 8) -> None:
    """Requests a second over HTTP beside an echo route; needs Debian's wrk."""
    if shutil.which("wrk") is None:
        click.echo("http: left out, since wrk is not installed (apt-get install wrk)", err=True)
        return
    asyncio.run(http.run(bench.work, SIZES[size], rounds, seconds))


@main.command("import")
@click.option("--size", default="1M", show_default=True)
@click.pass_obj
def rows(bench: Bench, size: str = "1M") -> None:
    """Rows a second of have-we-met import."""
    importing.run(bench.work, SIZES[size])


@main.command("telemetry")
@click.option("--size", default="100k", show_default=True)
@click.option("--requests", "count", default=10_000, show_default=True)
@click.pass_obj
def watched(bench: Bench, size: str = "100k", count: int = 10_000) -> None:
    """What metrics and logs cost a request."""
    asyncio.run(telemetry.compare(bench.work, SIZES[size], count))


@main.command("drill")
def rehearse() -> None:
    """See an alert fire and clear: a real server, a real Prometheus (Debian: prometheus)."""
    drill.Drill(click.echo).run()


@main.command("fill")
@click.option("--size", default="100k", show_default=True)
@click.option("--db", required=True, help="sqlite:///FILE or postgresql://..., made now.")
def fill(size: str, db: str) -> None:
    """Fill a new store with invented people, for have-we-met load."""
    asyncio.run(stores.fill(db, SIZES[size]))


@main.command("storm")
@click.option("--people", default=2000, show_default=True)
@click.option("--times", default=20, show_default=True, help="How often each of them comes.")
@click.option("--processes", default=8, show_default=True)
@click.option("--callers", default=50, show_default=True, help="Of each process, at once.")
def storms(people: int = 2000, times: int = 20, processes: int = 8, callers: int = 50) -> None:
    """Many sign-ups at the same moment: how many people, how many twins."""
    size = storm.Storm("", people, times, processes, callers)
    storm.show("Sign-ups at the same moment", storm.both(size))


@main.command("faults")
def matrix() -> None:
    """What is answered where the database, Redis or a service fails, and how late."""
    if not faults.measure():
        raise SystemExit(1)


@main.command("hanging")
@click.option("--size", default="100k", show_default=True)
@click.option("--turns", default=3, show_default=True)
@click.option("--seconds", default=8.0, show_default=True, help="Of each turn.")
@click.pass_obj
def hangs(bench: Bench, size: str = "100k", turns: int = 3, seconds: float = 8.0) -> None:
    """What a hundred are answered while every service hangs, and what others notice of it."""
    asyncio.run(hanging.measure(bench.work, SIZES[size], turns, seconds))


@main.command("febrl")
@click.pass_obj
def register(bench: Bench) -> None:
    """Precision and recall on FEBRL 3; needs --data."""
    if bench.data is None or not (bench.data / "febrl3.csv").is_file():
        click.echo("febrl: left out, since --data names no folder with febrl3.csv", err=True)
        return
    febrl.run(bench.data)


@main.command("disclosure")
@click.option("--requests", "count", default=20_000, show_default=True)
@click.option("--policy", "policies", multiple=True, help="Of these alone. Repeatable.")
def reveals(count: int, policies: tuple[str, ...]) -> None:
    """Fuzz a server under every policy: no 5xx, no schema violation, nothing revealed."""
    from .disclosure import fuzz_all

    for policy, statuses in fuzz_all(count, policies):
        by_status = ", ".join(f"{n:,} x {status}" for status, n in sorted(statuses.items()))
        click.echo(f"{policy}: {statuses.total():,} requests: {by_status}")


if __name__ == "__main__":
    main()
