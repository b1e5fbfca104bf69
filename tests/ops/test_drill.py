"""An alert fires and clears: the drill, with a real server and a real Prometheus."""

from __future__ import annotations

import shutil

import pytest
from benchmarks.drill import RULES, Drill, hurried


@pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="prometheus is missing (Debian: prometheus)"
)
def test_a_slow_store_is_noticed_and_so_is_its_end() -> None:
    """Silent, pending, firing, silent: in this order, and each within two minutes."""
    said: list[str] = []
    Drill(said.append).run()
    turns = [line.partition(" is ")[2].partition(";")[0] for line in said if "LatencyHigh" in line]

    assert turns == ["silent", "pending", "firing", "silent"]


def test_the_drills_rules_differ_in_nothing_but_their_times() -> None:
    """Seconds for minutes, everywhere, and no other change."""
    rules = RULES.read_text()
    pairs = zip(rules.splitlines(), hurried(rules).splitlines(), strict=True)
    changed = [(old, new) for old, new in pairs if old != new]

    assert changed
    assert {len(old) - len(new) for old, new in changed} == {0}
    assert "[5m]" not in hurried(rules)
    assert "for: 5s" in hurried(rules)
