"""The alert rules: each fires when it should and not otherwise, by Prometheus' own judgement."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ..test_docs import anchors

ROOT = Path(__file__).parent.parent.parent
RULES = ROOT / "ops" / "prometheus"
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is missing (Debian: prometheus)"
)


def alerts() -> list[dict[str, object]]:
    """Every rule."""
    groups = yaml.safe_load((RULES / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def judged(folder: Path) -> subprocess.CompletedProcess[str]:
    """What promtool says of the cases in a folder."""
    command = ["promtool", "test", "rules", str(folder / "alerts_test.yml")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_promtool
def test_the_rules_can_be_read() -> None:
    """Prometheus takes them."""
    done = subprocess.run(
        ["promtool", "check", "rules", str(RULES / "alerts.yml")], capture_output=True, check=False
    )

    assert done.returncode == 0


@needs_promtool
def test_every_case() -> None:
    """Each alert fires where it should, and is silent where it should."""
    done = judged(RULES)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_case_of_either_kind() -> None:
    """One in which it fires, and one in which it does not."""
    tests = yaml.safe_load((RULES / "alerts_test.yml").read_text())["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    names = {alert["alert"] for alert in alerts()}

    assert {case["alertname"] for case in cases if case.get("exp_alerts")} == names
    assert {case["alertname"] for case in cases if not case.get("exp_alerts")} == names


WRONG = {
    "a quantile over all time": (r"rate\((have_we_met_lookup_duration\w+)\[5m\]\)", r"\1"),
    "buckets of each server alone": (r"sum by \(entity, le\) ", ""),
    "errors a second": (r"\n +/ sum by \(entity\) \(rate\(have_we_met_lookups_total\[5m\]\)\)", ""),
    "at once": (r"for: 5m", "for: 0m"),
    "over-full keys too": (r'\{kind!~"key\|evidence"\}', ""),
    "absence is nothing": (r"\n +or absent\(have_we_met_lookups_total\)", ""),
    "lag without changes": (r"\n +and max by \(entity\) \(have_we_met_index_pending\) > 0", ""),
    "open but not half-open": (r'(breaker!="redis"\}\)) > 0', r"\1 == 2"),
    "a canary that does not know": (r'status!="unknown"', 'status=~".+"'),
    "a canary's few questions": (r"\n +and sum by \(entity\) \(increase\(have_we_met_canary.*", ""),
    "sure and doubtful alike": (r'status="found"', 'status=~"found|review"'),
    "any verdict that is untold": (r"min_over_time", "max_over_time"),
    "any breaker is the cache's": (r'\{breaker="redis"\}', ""),
}


@needs_promtool
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_would_be_seen(name: str, tmp_path: Path) -> None:
    """The guide's own mistakes, and some that are easily made, fail a case."""
    pattern, instead = WRONG[name]
    rules, changed = re.subn(pattern, instead, (RULES / "alerts.yml").read_text())
    (tmp_path / "alerts.yml").write_text(rules)
    shutil.copy(RULES / "alerts_test.yml", tmp_path)

    assert changed
    assert judged(tmp_path).returncode != 0


LIKE: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "that never fires": lambda rule: {**rule, "expr": "vector(0) > 1"},
    "that always fires": lambda rule: {**rule, "expr": "vector(1)"},
    "that fires at once": lambda rule: {**rule, "for": "0m"},
}


@needs_promtool
@pytest.mark.parametrize("like", LIKE)
@pytest.mark.parametrize("name", [str(alert["alert"]) for alert in alerts()])
def test_a_rule_of_no_use_would_be_seen(name: str, like: str, tmp_path: Path) -> None:
    """In place of each rule in turn, by the cases of that rule."""
    (rule,) = (one for one in alerts() if one["alert"] == name)
    text = (RULES / "alerts_test.yml").read_text()
    cases = yaml.load(text, yaml.BaseLoader)  # as it stands: 0x10 is ten zeros more, and no number
    for case in cases["tests"]:
        of_it = [one for one in case["alert_rule_test"] if one["alertname"] == name]
        case["alert_rule_test"] = of_it
    cases["tests"] = [case for case in cases["tests"] if case["alert_rule_test"]]
    (tmp_path / "alerts_test.yml").write_text(yaml.safe_dump(cases))

    def judge(one: dict[str, str]) -> int:
        rules = {"groups": [{"name": "one", "rules": [one]}]}
        (tmp_path / "alerts.yml").write_text(yaml.safe_dump(rules))
        return judged(tmp_path).returncode

    assert judge(rule) == 0
    assert judge(LIKE[like](rule)) != 0


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: str(alert["alert"]))
def test_every_alert_says_what_to_do(alert: dict[str, dict[str, str]]) -> None:
    """It has a severity, a summary, and a part of the runbook."""
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")

    assert alert["labels"]["severity"] in ("warning", "critical")
    assert alert["annotations"]["summary"]
    assert anchor in anchors(ROOT / page)
