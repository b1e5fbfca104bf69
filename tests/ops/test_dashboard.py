"""Dashboard and alerts speak of metrics that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from have_we_met.telemetry import METRICS

OPS = Path(__file__).parent.parent.parent / "ops"
DASHBOARD = json.loads((OPS / "grafana" / "have-we-met.json").read_text())
PANELS = DASHBOARD["panels"]


def series() -> dict[str, set[str]]:
    """Every series that the code makes, with its labels."""
    made = {m.name: set(m.labels) for m in METRICS}
    for m in METRICS:
        if m.kind == "histogram":
            made |= {
                f"{m.name}_bucket": {*m.labels, "le"},
                f"{m.name}_sum": {*m.labels},
                f"{m.name}_count": {*m.labels},
            }
    return made


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression of the dashboard and of the alerts, with what it is called."""
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        yield variable["name"], variable["query"]
    for group in yaml.safe_load((OPS / "prometheus" / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


@pytest.mark.parametrize(("name", "expression"), list(expressions()))
def test_what_is_shown_is_there(name: str, expression: str) -> None:
    """Each metric exists, and has the labels that are asked for."""
    known = series()
    for metric, selected in re.findall(r"\b(have_we_met_\w+)(?:\{([^}]*)\})?", expression):
        assert metric in known
        assert set(re.findall(r"(\w+)\s*[=!]", selected)) <= known[metric]
    grouped = {
        label.strip()
        for labels in re.findall(r"by \(([^)]*)\)", expression)
        for label in labels.split(",")
    }

    assert grouped <= set().union(*known.values()) | {"instance", "job"}


def test_what_is_there_is_shown() -> None:
    """No metric is kept that nobody looks at."""
    shown = " ".join(expression for _, expression in expressions())

    assert [metric.name for metric in METRICS if metric.name not in shown] == []


def test_panels() -> None:
    """Each has a title and says what it shows; none lies upon another."""
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert panel["title"]
        assert panel["description"]
        assert at["x"] + at["w"] <= 24
        assert not taken & cells
        taken |= cells
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
