"""What is there to deploy with can be read, and speaks of what there is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ..pages import parsed

OPS = Path(__file__).parent.parent.parent / "ops"
COMPOSE = yaml.safe_load((OPS / "docker" / "compose.yml").read_text())
DOCKERFILE = (OPS / "docker" / "Dockerfile").read_text()
UNIT = OPS / "systemd" / "have-we-met.service"


def commands() -> Iterator[list[str]]:
    """Every command line of ours, without the program."""
    yield json.loads(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[-1])
    start = re.search(r"^ExecStart=\S+ (.*)$", UNIT.read_text(), re.MULTILINE)
    assert start
    yield shlex.split(start[1])
    for service in COMPOSE["services"].values():
        if "build" in service and "command" in service:
            yield service["command"]


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_our_commands_would_be_understood(command: list[str]) -> None:
    """Each has these options."""
    parsed(command)


@pytest.mark.parametrize("path", sorted(OPS.rglob("*.yml")), ids=lambda path: path.name)
def test_yaml_can_be_read(path: Path) -> None:
    """And holds something."""
    assert yaml.safe_load(path.read_text())


def test_what_compose_names_is_there() -> None:
    """Files that are mounted, folders that are built from, services and volumes that are meant."""
    services = COMPOSE["services"]
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            is_file = source.startswith(".")
            assert (OPS / "docker" / source).exists() if is_file else source in COMPOSE["volumes"]
        assert service.get("depends_on", {}).keys() <= services.keys()
        if "build" in service:
            context = OPS / "docker" / service["build"]["context"]
            assert (context / service["build"]["dockerfile"]).is_file()


def test_nothing_of_it_listens_elsewhere() -> None:
    """All share the host's network, and none publishes a port or listens on every address."""
    assert {service["network_mode"] for service in COMPOSE["services"].values()} == {"host"}
    assert not any("ports" in service for service in COMPOSE["services"].values())
    assert "0.0.0.0" not in (OPS / "docker" / "compose.yml").read_text()


def test_prometheus_reads_where_the_metrics_are() -> None:
    """The port is the one that every command of ours opens for them."""
    settings = yaml.safe_load((OPS / "prometheus" / "prometheus.yml").read_text())
    (job,) = settings["scrape_configs"]
    ports = {
        command[command.index("--metrics-port") + 1]
        for command in commands()
        if command[0] == "serve"
    }

    assert job["static_configs"] == [{"targets": [f"127.0.0.1:{port}" for port in ports]}]


def test_no_password_is_written_down() -> None:
    """Each comes from the environment, and compose stops where one is missing."""
    text = (OPS / "docker" / "compose.yml").read_text()
    given = re.findall(r"(?:PASSWORD|SECRET): (\S+)", text)

    assert len(given) >= 3
    assert all(value.startswith("${") and value.endswith(":?}") for value in given)


def test_the_image_has_the_sources_and_the_extras_that_there_are() -> None:
    """What is copied exists; what is installed is an extra of the package."""
    import tomllib

    project = tomllib.loads((OPS.parent / "pyproject.toml").read_text())["project"]
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    extras = re.search(r"'\.\[([\w,]+)\]'", DOCKERFILE)

    assert extras
    assert set(extras[1].split(",")) <= project["optional-dependencies"].keys()
    assert all((OPS.parent / name).exists() for names in copied for name in names.split())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is missing")
def test_the_unit_is_one(tmp_path: Path) -> None:
    """As systemd reads it, with a program where it looks for ours."""
    text = UNIT.read_text().replace("/opt/have-we-met/bin/have-we-met", "/bin/true")
    unit = tmp_path / UNIT.name
    unit.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is missing")
def test_the_unit_may_do_little() -> None:
    """By systemd's own reckoning, from 0 to 10: a service without any restriction has 9.6."""
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager"]
    done = subprocess.run([*command, str(UNIT)], capture_output=True, text=True, check=False)
    if "offline" in done.stderr:
        pytest.skip("systemd is too old to reckon without running the service")

    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing")
def test_prometheus_takes_its_settings() -> None:
    """With the rules beside them."""
    settings = OPS / "prometheus" / "prometheus.yml"
    done = subprocess.run(["promtool", "check", "config", str(settings)], check=False)

    assert done.returncode == 0
