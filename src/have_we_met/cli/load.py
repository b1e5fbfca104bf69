"""``have-we-met load``: how much a server can do, and how long people wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import json_option
from .output import emit, facts, say
from .progress import progress

if TYPE_CHECKING:
    from ..load import Result
    from ..load.run import Show


@click.command(
    epilog="""\b
Examples:
  have-we-met load --url http://127.0.0.1:8000 --contacts 1000000
  have-we-met load --url http://127.0.0.1:8000 --rate 500 --max-p99 100 --max-failed 0
  have-we-met load --url http://127.0.0.1:8000 --questions questions.jsonl --plot load.svg
"""
)
@click.option("--url", required=True, help="The server: http://HOST:PORT.")
@click.option("--connections", default=100, show_default=True, help="How many ask at once.")
@click.option("--duration", default=30.0, show_default=True, help="Seconds that count.")
@click.option("--warm-up", default=3.0, show_default=True, help="Seconds before that do not.")
@click.option(
    "--rate",
    type=float,
    help="Questions a second, whether or not the server is ready; without it, as many as it can.",
)
@click.option("--contacts", default=10_000, show_default=True, help="How many people are stored.")
@click.option("--seed", default=0, show_default=True, help="What those people were invented by.")
@click.option("--known", default=0.5, show_default=True, help="Share of questions by one of them.")
@click.option("--count", default=20_000, show_default=True, help="Different questions to invent.")
@click.option(
    "--questions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own questions instead: a file with a JSON object a line.",
)
@click.option("--header", "headers", multiple=True, help="NAME: VALUE, sent with each question.")
@click.option("--max-p99", type=float, help="Status 1 where p99 is more milliseconds.")
@click.option("--min-rate", type=float, help="Status 1 where fewer are answered a second.")
@click.option("--max-failed", type=float, help="Status 1 where a larger share fails.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    help='A picture, .svg or .png; needs the extra "charts".',
)
@json_option
def load(
    url: str,
    connections: int,
    duration: float,
    warm_up: float,
    rate: float | None,
    contacts: int,
    seed: int,
    known: float,
    count: int,
    questions: Path | None,
    headers: tuple[str, ...],
    max_p99: float | None,
    min_rate: float | None,
    max_failed: float | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Ask a server as many would, and say what they would see.

    Questions are invented, each another one: some by people who are stored and come back with
    slips, others by new people. They fit a store that was filled with the same --contacts and
    --seed. At a fixed --rate a question's time counts from the moment at which it was to be sent.
    """
    import asyncio

    from ..load import Limits, Plan, run
    from ..load.plot import draw, text_plot

    plan = Plan(
        url=url,
        connections=connections,
        duration=duration,
        warm_up=warm_up,
        rate=rate,
        headers=dict(map(_header, headers)),
    )
    bodies = _bodies(questions, count, contacts, seed, known)
    with _shown(plan.warm_up + plan.duration) as show:
        result = asyncio.run(run(plan, bodies, show))
    if plot is not None:
        draw(result, plot)
    if as_json:
        emit(result.data())
    else:
        click.echo(_text(result, text_plot(result)))
    broken = list(Limits(max_p99, min_rate, max_failed).broken(result))
    for sentence in broken:
        say(sentence)
    sys.exit(bool(broken))


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise click.BadParameter("is not NAME: VALUE", param_hint="--header")
    return name.strip(), value.strip()


def _bodies(
    questions: Path | None, count: int, contacts: int, seed: int, known: float
) -> list[bytes]:
    from ..load import read_questions, synthetic_questions

    if questions is not None:
        return read_questions(questions)
    bodies = []
    with progress("Inventing questions") as show:
        for body in synthetic_questions(count, contacts=contacts, seed=seed, known=known):
            bodies.append(body)
            if len(bodies) % 500 == 0:
                show(len(bodies), len(bodies) / count)
    return bodies


@contextmanager
def _shown(seconds: float) -> Iterator[Show]:
    """Show how far a load is, its answers a second and its errors."""
    with progress("Asking") as bar:
        yield _on(bar, seconds)


def _on(bar: Callable[[int, float | None], None], seconds: float) -> Show:
    def show(gone: float, answers: int, errors: int) -> None:
        bar(answers, min(1.0, gone / seconds))

    return show


def _text(result: Result, plot: str) -> str:
    from ..load.result import QUANTILES

    pairs: dict[str, object] = {
        "answers": result.answers - result.failed,
        "a second": f"{result.rate:,.0f}",
        **{name: f"{result.quantile(share):.2f} ms" for name, share in QUANTILES.items()},
        "failed": result.failed,
    }
    pairs |= {f"  {why}": count for why, count in result.errors.items()}
    if result.repeated:
        pairs["asked before"] = result.repeated
    return f"{facts(pairs)}\n\n{plot}"
