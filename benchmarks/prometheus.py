"""A real Prometheus that reads a server, and what it knows."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import yaml


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One that listens at a loopback port."""

    port: int

    def get(self, path: str) -> Any:
        """Give what its API answers, ``data`` alone; raises HTTPError where it takes it ill."""
        with urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=5) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Give every series of an expression as it is now."""
        found: list[dict[str, Any]] = self.get(f"query?query={quote(expression)}")["result"]
        return found

    def value(self, expression: str) -> float:
        """Give the first number of an expression; 0 where there is none, or nobody answers."""
        with suppress(URLError, ConnectionError):
            found = self.query(expression)
            return float(found[0]["value"][1]) if found else 0.0
        return 0.0

    def alert(self, name: str) -> str:
        """Say how an alert stands: pending, firing, or nothing."""
        states = [
            one["state"]
            for one in self.get("alerts")["alerts"]
            if one["labels"]["alertname"] == name
        ]
        return states[0] if states else ""


@contextmanager
def reading(
    folder: Path, target: int, *, rules: str = "groups: []", **scrape: Mapping[str, str]
) -> Iterator[Prometheus]:
    """Have a Prometheus read a loopback port twice a second, by these rules, until the block ends.

    ``scrape`` is further settings of how it reads, as for ``scrape_configs``.
    """
    (folder / "alerts.yml").write_text(rules)
    targets = [{"targets": [f"127.0.0.1:{target}"]}]
    settings = {
        "global": {"scrape_interval": "500ms", "evaluation_interval": "500ms"},
        "rule_files": [str(folder / "alerts.yml")],
        "scrape_configs": [{"job_name": "have-we-met", "static_configs": targets, **scrape}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    port = free_port()
    command = (
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    with running(*command, said=folder / "prometheus.log"):
        yield Prometheus(port)


@contextmanager
def running(*command: str, said: Path) -> Iterator[None]:
    """Have a program run until the block ends, with what it says in a file."""
    with said.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
