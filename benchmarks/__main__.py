"""``python -m benchmarks``: what the README's figures come from."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from . import lookup

SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000}


@click.group(invoke_without_command=True)
@click.option("--data", type=click.Path(path_type=Path), help="Folder with the public data sets.")
@click.option(
    "--work", type=click.Path(path_type=Path), default=Path("build/bench"), show_default=True
)
@click.pass_context
def main(context: click.Context, data: Path | None, work: Path) -> None:
    """Print speed and quality. Without a command: all of it."""
    context.obj = work
    if context.invoked_subcommand is None:
        context.invoke(lookups)


@main.command("lookup")
@click.option("--sizes", default="10k,100k,1M", show_default=True)
@click.option("--queries", default=4000, show_default=True)
@click.option("--preset", "variant", default="contacts", show_default=True)
@click.pass_obj
def lookups(
    work: Path, sizes: str = "10k,100k,1M", queries: int = 4000, variant: str = "contacts"
) -> None:
    """Latency beside its floor, and what the answers were worth."""
    asyncio.run(lookup.run(work, [SIZES[size] for size in sizes.split(",")], queries, variant))


if __name__ == "__main__":
    main()
