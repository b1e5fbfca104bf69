"""Running npm on the React client; whoever lacks it is told so."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

REACT = Path(__file__).parents[2] / "clients" / "react"
OLDEST_NODE = 18
_NOT_REACHED = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b"
)
_QUIET = {"NO_COLOR": "1", "FORCE_COLOR": "0", "npm_config_update_notifier": "false"}


class Unavailable(Exception):
    """The client cannot be built here; the message says why."""


def npm(*args: str, cwd: Path, **environment: str) -> str:
    """Run npm and give what it printed; raises :class:`Unavailable` where no registry answers."""
    done = subprocess.run(
        ["npm", *args],
        cwd=cwd,
        env={**os.environ, **_QUIET, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    said = done.stdout + done.stderr
    if done.returncode and _NOT_REACHED.search(said):
        raise Unavailable("npm's registry cannot be reached, so the React client is not built")
    assert done.returncode == 0, said[-5000:]
    return done.stdout


def install() -> Path:
    """Install exactly what the lock file says, unless it is there; gives the client's folder."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise Unavailable("npm is not installed, so the React client is not built")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.strip().removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        raise Unavailable(f"the React client needs Node {OLDEST_NODE}, here is {version.stdout}")
    with (REACT / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests may run side by side
        wanted = (REACT / "package-lock.json").read_text("utf-8")
        installed = REACT / "node_modules" / ".installed"
        if not installed.exists() or installed.read_text("utf-8") != wanted:
            npm("ci", cwd=REACT)
            installed.write_text(wanted, "utf-8")
    return REACT


def node(script: str, cwd: Path, kind: str = "module") -> object:
    """Run a script and give the JSON that it printed."""
    command = ["node", f"--input-type={kind}", "--eval", script]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    return json.loads(done.stdout)
