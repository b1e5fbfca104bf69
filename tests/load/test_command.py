"""``have-we-met load`` against a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from have_we_met.cli.group import have_we_met

from ..server.apps import listening, make_app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A real server's address."""
    with listening(make_app(log_level="warning")) as address:
        yield address


def load(url: str, *more: str) -> Result:
    """Run the command for a moment."""
    short = ["--duration", "0.5", "--warm-up", "0", "--count", "50", "--contacts", "100"]
    command = ["load", "--url", url, "--connections", "5", *short, *more]
    return CliRunner().invoke(have_we_met, command)


def test_for_a_person(url: str) -> None:
    """Answers a second, quantiles and a picture."""
    done = load(url)

    assert done.exit_code == 0, done.output
    for word in ("a second", "p50", "p99.9", "failed", "█", "100 %"):
        assert word in done.stdout


def test_for_a_program(url: str) -> None:
    """JSON on stdout, and nothing else."""
    data = json.loads(load(url, "--json", "--rate", "100").stdout)

    assert data["failed"] == 0
    assert data["answers"] == 50
    assert data["asked_rate"] == 100


def test_a_gate(url: str) -> None:
    """Limits decide the status, and say which was not kept."""
    assert load(url, "--max-p99", "60000", "--max-failed", "0", "--min-rate", "1").exit_code == 0
    done = load(url, "--max-p99", "0.0001")

    assert done.exit_code == 1
    assert "p99 is" in done.stderr


def test_headers(url: str) -> None:
    """They go with each question: another Host is refused, and each refusal is an error."""
    done = load(url, "--json", "--header", "Host: elsewhere.example", "--max-failed", "0")
    data = json.loads(done.stdout)

    assert data["errors"] == {"status 421": data["answers"]}
    assert done.exit_code == 1
    assert load(url, "--header", "nonsense").exit_code == 2
