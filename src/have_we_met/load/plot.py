"""A picture of the times: what share of the questions took longer than so long."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import Problem, require
from .plan import LoadError
from .result import Result

_WIDTH = 50
_SHARES = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0)


def text_plot(result: Result) -> str:
    """Draw with letters: a bar a quantile, on one scale.

    Nothing is drawn where nothing was answered.
    """
    if not result.answers:
        return ""
    times = [result.quantile(share) for share in _SHARES]
    scale = _WIDTH / max(times[-1], 1e-9)
    rows = zip(_SHARES, times, strict=True)
    return "\n".join(
        f"{share:>6g} %  {time:>9.2f} ms  {'█' * max(1, round(time * scale))}"
        for share, time in rows
    )


def draw(result: Result, path: Path) -> None:
    """Draw into an SVG or a PNG file: quantiles along, milliseconds up, both by powers of ten.

    Raises :class:`LoadError` for another ending, and ``MissingExtra`` where altair is missing.
    """
    if path.suffix not in (".svg", ".png"):
        raise LoadError([Problem("plot", "must end in .svg or .png")])
    require("altair", extra="charts")
    require("vl_convert", extra="charts")
    import altair

    beyond = np.geomspace(1, max(1 / max(result.answers, 1), 1e-5), 200)
    rows = [
        {"beyond": float(share), "milliseconds": result.quantile(100 * (1 - share))}
        for share in beyond
        if result.answers
    ]
    chart = (
        altair.Chart({"values": rows})
        .mark_line(interpolate="step-after")
        .encode(
            altair.X("beyond:Q", title="share of questions that took longer")
            .scale(type="log", reverse=True)
            .axis(format="~p"),
            altair.Y("milliseconds:Q", title="milliseconds").scale(type="log"),
        )
        .properties(width=640, height=360, title=_title(result))
    )
    chart.save(str(path))


def _title(result: Result) -> str:
    asked = f"{result.asked_rate:g}/s asked, " if result.asked_rate else ""
    return (
        f"{asked}{result.rate:,.0f} answers/s over {result.connections} connections,"
        f" {result.failed} failed"
    )
