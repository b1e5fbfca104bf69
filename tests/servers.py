"""Real servers for tests and benchmarks, each started for one run and stopped at its end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

START_SECONDS = 30

# Nothing here outlives the run, so nothing waits for a disk.
CARELESS = {"fsync": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
    "max_wal_size": "4GB",
    "deadlock_timeout": "100ms",
}


class Unavailable(Exception):
    """The server cannot be started here; the message says why."""


class Postgres:
    """A PostgreSQL server of our own on a Unix socket, which trusts us."""

    def __init__(self, bin: Path, folder: Path, sockets: Path, settings: Mapping[str, str]) -> None:
        self._bin, self._folder, self._sockets = bin, folder, sockets
        self._settings = {**SETTINGS, **settings, "unix_socket_directories": str(sockets)}
        self._numbers = count()
        self.start()

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self._sockets / ".s.PGSQL.5432"

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{database}?host={self._sockets}"

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run statements by ``psql`` and give what it printed."""
        options = [f"--host={self._sockets}", "--username=postgres", f"--dbname={database}"]
        options += [
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
        ]
        commands = [f"--command={statement}" for statement in statements]
        run = [str(self._bin / "psql"), *options, *commands]
        return subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a new database, dropped afterwards whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def files_after_vacuum(self, url: str) -> list[Path]:
        """The files of a database, written anew and to disk.

        The planner's statistics quote values, and their table may have had its turn before those
        that they are about were analysed: it has another.
        """
        name = url.partition("@/")[2].partition("?")[0]
        anew = ("VACUUM (FULL, ANALYZE)", "VACUUM FULL pg_statistic", "CHECKPOINT")
        self.sql(*anew, database=name)
        oid = self.sql(f"SELECT oid FROM pg_database WHERE datname = '{name}'")
        return [path for path in (self._folder / "data/base" / oid).iterdir() if path.is_file()]

    def restart(self) -> None:
        """Stop at once, as in a crash, and start again on the same data."""
        self.stop(signal.SIGQUIT)
        self.start()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server, and wait until it has."""
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        command = [str(self._bin / "postgres"), "-D", str(self._folder / "data")]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self._folder, **_owner()
            )
        give_up = time.monotonic() + START_SECONDS
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.stop(signal.SIGQUIT)
                said = (self._folder / "log").read_text()[-500:]
                raise Unavailable(f"PostgreSQL did not start: {said}")
            time.sleep(0.02)

    def _is_up(self) -> bool:
        try:
            self.sql("SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True


@contextmanager
def postgres(
    folder: Path | None = None, settings: Mapping[str, str] = CARELESS
) -> Iterator[Postgres]:
    """Start a server, on data in ``folder`` or on new data that is thrown away.

    Raises :class:`Unavailable`.
    """
    bin = _binaries()
    owner = _owner()
    # In /tmp whatever the folder is: the path of a socket has at most some hundred characters.
    sockets = Path(tempfile.mkdtemp(prefix="hwm-pg-"))
    home = folder or sockets
    try:
        for path in {sockets, home}:
            path.mkdir(parents=True, exist_ok=True)
            if owner:
                shutil.chown(path, owner["user"], owner["group"])
        if not (home / "data" / "PG_VERSION").exists():
            _create(bin, home)
        server = Postgres(bin, home, sockets, settings)
        try:
            yield server
        finally:
            # Data that is thrown away need not be left in order.
            server.stop(signal.SIGQUIT if folder is None else signal.SIGINT)
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def _binaries() -> Path:
    on_path = shutil.which("initdb")
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if not found and on_path is None:
        raise Unavailable("PostgreSQL is not installed: no initdb in /usr/lib/postgresql or PATH")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; as root we run it as its own user."""
    if os.geteuid() != 0:
        return {}
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise Unavailable(
            "PostgreSQL does not run as root, and there is no user postgres"
        ) from None
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _create(bin: Path, home: Path) -> None:
    command = [str(bin / "initdb"), "--pgdata", str(home / "data"), "--username=postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=home, **_owner())
    if done.returncode:
        raise Unavailable(f"initdb failed: {done.stderr.strip()}")


class Redis:
    """A Redis server of our own on a Unix socket, which keeps nothing on disk."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._binary, self._folder = binary, folder
        self.start()

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self._folder / "redis"

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.socket}"

    def start(self, *settings: str) -> None:
        """Start the server, and wait until it answers; it is empty then."""
        command = [self._binary, "--port", "0", "--unixsocket", str(self._folder / "redis")]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self._folder), *settings]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        give_up = time.monotonic() + START_SECONDS
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.stop()
                raise Unavailable(
                    f"Redis did not start: {(self._folder / 'log').read_text()[-500:]}"
                )
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it, at once."""
        self._process.kill()
        self._process.wait()

    def say(self, *words: str | int) -> Any:
        """Send it a command, on a connection of its own."""
        import redis

        with redis.Redis.from_url(self.url) as client:
            return client.execute_command(*words)

    def _is_up(self) -> bool:
        import redis

        try:
            return bool(self.say("PING"))
        except redis.RedisError:
            return False


@contextmanager
def redis() -> Iterator[Redis]:
    """Start a Redis that is thrown away; raises :class:`Unavailable`."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise Unavailable("Redis is not installed: no redis-server in PATH")
    folder = Path(tempfile.mkdtemp(prefix="hwm-redis-"))
    try:
        server = Redis(binary, folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
