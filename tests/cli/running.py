"""Running commands in this process, and in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from have_we_met.cli.group import have_we_met

ADA = {"email": "ada@example.org", "firstName": "Ada", "lastName": "Lovelace"}
PEOPLE = """id,email,phone,first_name,last_name,company
c1,ada@example.org,+14155550101,Ada,Lovelace,Analytical Engines
c2,wang@example.com,,伟,王,
c3,chinua@example.org,,Chinua,Achebe,
"""


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(have_we_met, [str(a) for a in arguments], input=stdin)


def data(*arguments: object, stdin: str | bytes | None = None, status: int = 0) -> Any:
    """Run a command with ``--json`` and read what it wrote to stdout."""
    result = run(*arguments, "--json", stdin=stdin)
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/contacts.db"


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def process(*arguments: object, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, without a terminal."""
    return subprocess.run(command(*arguments), capture_output=True, timeout=60, **how)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "have_we_met", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}
