"""Commands as they are run: in processes of their own, in pipes, killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from have_we_met import __version__

from .running import ADA, PEOPLE, command, data, environment, process, run, url, write

ROWS = 6_000
COMPANY = "Analytical Engines " * 4


def content(folder: Path) -> tuple[list[object], list[object], list[object]]:
    """The whole content of a store, with ids in place of record numbers, but for the times."""
    with closing(sqlite3.connect(folder / "contacts.db")) as raw:
        rows = raw.execute(
            "SELECT id, email, phone, first_name FROM contacts ORDER BY id"
        ).fetchall()
        values = raw.execute("SELECT * FROM hwm_contacts_values_1 ORDER BY id_id").fetchall()
        keys = raw.execute(
            "SELECT key, id_id FROM hwm_contacts_keys_1 JOIN hwm_contacts_values_1 USING (record)"
            " ORDER BY 1, 2"
        ).fetchall()
    return rows, [row[1:] for row in values], keys


def count(folder: Path) -> int:
    try:
        with closing(sqlite3.connect(folder / "contacts.db", timeout=5)) as raw:
            (found,) = raw.execute("SELECT count(*) FROM contacts").fetchone()
    except sqlite3.OperationalError:  # not there yet
        return 0
    return int(found)


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def people(folder: Path) -> Path:
    """A file of many, some of which are repeated, without ids, or wrong.

    Its lines are long: what is read of a pipe before it ends are whole blocks of 256 KiB.
    """
    lines = ["id,email,phone,first_name,company"]
    for n in range(ROWS):
        record = f"p{n - n % 7}" if n % 5 == 0 else f"p{n}" if n % 3 else ""
        lines.append(
            "bad" if n % 997 == 996 else f"{record},p{n}@x.org,+1415555{n:04d},Ada,{COMPANY}"
        )
    return write(folder / "people.csv", "\n".join(lines))


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(autouse=True)
def heeds_interrupts() -> Iterator[None]:
    """A shell that starts tests in the background has them, and what they start, ignore Ctrl-C."""
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def fed(content: bytes, arguments: list[str], **how: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that reads this from a pipe, and then waits for more: it never ends by itself.

    The pipe is closed where the block ends.
    """
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, **how) as running:
        assert running.stdin is not None
        pipe = running.stdin

        def feed() -> None:
            with suppress(BrokenPipeError):
                pipe.write(content)
                pipe.flush()

        feeder = threading.Thread(target=feed)
        feeder.start()
        try:
            yield running
        finally:
            with suppress(BrokenPipeError):
                pipe.close()
            feeder.join()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes in /proc")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "SIGINT"])
def test_killed_and_run_again(tmp_path: Path, sign: signal.Signals) -> None:
    """An import that is killed leaves whole stretches; run again it ends as if nothing had been."""
    killed, clean = tmp_path / "killed", tmp_path / "clean"
    killed.mkdir()
    clean.mkdir()
    source = people(tmp_path)
    importing = command("import", "-", "--chunk", "50", "--db", url(killed))

    with (
        (tmp_path / "said").open("wb+") as said,
        fed(source.read_bytes(), importing, stderr=said, cwd=tmp_path) as running,
    ):
        wait_for(lambda: count(killed) > 200)
        helpers = children(running.pid)
        running.send_signal(sign)
        status = running.wait(30)
    at_kill = count(killed)
    wait_for(lambda: not any(map(is_running, helpers)))
    again = data("import", source, "--db", url(killed), status=3)
    once = data("import", source, "--db", url(clean), status=3)

    assert status == (1 if sign == signal.SIGINT else -signal.SIGKILL)
    assert b"Traceback" not in (tmp_path / "said").read_bytes()
    assert helpers
    assert 200 < at_kill < count(clean)
    assert again["new"] == once["new"] - at_kill
    assert content(killed) == content(clean)


def test_interrupted_while_nothing_comes(tmp_path: Path) -> None:
    """One Ctrl-C ends an import that waits for a pipe in which nothing comes any more."""
    importing = command("import", "-", "--db", url(tmp_path))

    with fed(PEOPLE.encode(), importing, cwd=tmp_path) as running:
        wait_for(lambda: is_idle(running.pid))
        running.send_signal(signal.SIGINT)

        assert running.wait(30) == 1


def test_interrupts_that_are_ignored(tmp_path: Path) -> None:
    """What was started to ignore Ctrl-C, in the background of a script, goes on to its end."""
    importing = command("import", "-", "--db", url(tmp_path))
    ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *importing]

    with fed(PEOPLE.encode(), ignoring, cwd=tmp_path, stdout=subprocess.DEVNULL) as running:
        wait_for(lambda: is_idle(running.pid))
        running.send_signal(signal.SIGINT)

    assert running.returncode == 0


def is_idle(pid: int) -> bool:
    """Whether a process that has begun computes nothing for a while."""
    before = ticks(pid)
    time.sleep(0.2)
    return ticks(pid) == before > 0


def ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def test_interrupted_between_lookups(tmp_path: Path) -> None:
    """One Ctrl-C ends a lookup of many: not after the last of them, but after the next."""
    run("import", write(tmp_path / "people.csv", PEOPLE), "--db", url(tmp_path))
    asked = write(tmp_path / "asked.csv", "email\n" + "ada@example.org\n" * ROWS)

    # It cannot be done before it is interrupted: nobody reads what it writes until then.
    with subprocess.Popen(
        command("lookup", "--file", asked, "--json", "--db", url(tmp_path)),
        stdout=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        written = 1 + len(running.stdout.readlines())

    assert running.returncode == 1
    assert written < ROWS


def test_a_pipe(tmp_path: Path) -> None:
    """Many come in through a pipe, and go out through one."""
    made = process("import", "-", "--db", url(tmp_path), "--json", input=PEOPLE.encode())
    asked = b"email\nada@example.org\nnobody@example.net\n"
    answers = process("lookup", "--file", "-", "--db", url(tmp_path), "--json", input=asked)

    assert (made.returncode, json.loads(made.stdout)["new"], made.stderr) == (0, 3, b"")
    assert answers.returncode == 0
    assert [json.loads(line)["status"] for line in answers.stdout.splitlines()] == [
        "found",
        "not_found",
    ]


def test_a_reader_that_has_read_enough(tmp_path: Path) -> None:
    """Where whoever reads goes away, the command ends without a word."""
    run("import", write(tmp_path / "people.csv", PEOPLE), "--db", url(tmp_path))
    asked = write(tmp_path / "asked.csv", "email\n" + "ada@example.org\n" * 2_000)

    running = subprocess.Popen(
        command("lookup", "--file", asked, "--json", "--db", url(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    stderr = running.stderr.read()
    running.stderr.close()

    assert running.wait(30) == 1
    assert stderr == b""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("lookup", json.dumps(ADA), "--model", "missing.toml"), 1),
        (("import", "people.csv"), 3),
    ],
)
def test_status(tmp_path: Path, arguments: tuple[str, ...], status: int) -> None:
    """The status says how it went, to the shell too."""
    write(tmp_path / "people.csv", PEOPLE + "bad\n")

    done = process(*arguments, cwd=tmp_path)

    assert done.returncode == status
    assert b"Traceback" not in done.stderr


def test_any_name_on_any_terminal(tmp_path: Path) -> None:
    """On a terminal that knows no Chinese, a Chinese name is written somehow."""
    run("import", write(tmp_path / "people.csv", PEOPLE), "--db", url(tmp_path))
    plain = environment(PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    asked = '{"email": "wang@example.com"}'

    shown = process("lookup", asked, "--db", url(tmp_path), env=plain)

    assert (shown.returncode, shown.stderr) == (0, b"")
    assert rb"\u738b" in shown.stdout


def test_the_installed_command() -> None:
    """``have-we-met`` is the same as ``python -m have_we_met``."""
    script = Path(os.path.dirname(command()[0])) / "have-we-met"
    if not script.exists():
        pytest.skip("the package is not installed here")

    done = subprocess.run([script, "--version"], capture_output=True, text=True)

    assert done.stdout == f"{__version__}\n"
