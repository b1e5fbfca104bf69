"""What tells that something was committed to a SQLite file, by whom and however it was done."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from have_we_met import Resolver, create_store, open_store
from have_we_met.store import wal_index
from have_we_met.store.wal_index import WalIndex, index_of, let_go

from .conformance import ADA, MODEL, WANG


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=5.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a log and a table."""
    path = tmp_path / "log.db"
    raw = connect(path)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("CREATE TABLE seen (number INTEGER PRIMARY KEY)")
    raw.close()
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads."""
    raw = connect(path)
    yield raw
    raw.close()
    let_go()


def elsewhere(path: Path, *statements: str, end: str = "") -> None:
    """Run statements in another process, which may end by being killed."""
    code = (
        "import os, sqlite3, sys\n"
        "raw = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5.0)\n"
        f"for text in {statements!r}: raw.execute(text).fetchall()\n{end}"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=not end)


INSERT = "INSERT INTO seen VALUES (NULL)"
CHANGES: dict[str, tuple[str, ...]] = {
    "insert": (INSERT,),
    "many": (INSERT,) * 20,
    "one transaction": ("BEGIN", INSERT, INSERT, "COMMIT"),
    "schema": ("CREATE TABLE other (number INTEGER)",),
    "vacuum": ("VACUUM",),
    "after a restart of the log": ("PRAGMA wal_checkpoint(RESTART)", INSERT),
    "after its truncation": ("PRAGMA wal_checkpoint(TRUNCATE)", INSERT),
    "and then a checkpoint": (INSERT, "PRAGMA wal_checkpoint(TRUNCATE)"),
    "there and back": (INSERT, "DELETE FROM seen"),
}
NO_CHANGES: dict[str, tuple[str, ...]] = {
    "reads": ("SELECT * FROM seen", "PRAGMA data_version"),
    "rolled back": ("BEGIN", INSERT, "ROLLBACK"),
    "passive checkpoint": ("PRAGMA wal_checkpoint(PASSIVE)",),
    "full checkpoint": ("PRAGMA wal_checkpoint(FULL)",),
}


@pytest.mark.parametrize("statements", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("here", [True, False], ids=["here", "elsewhere"])
def test_a_commit_changes_it(
    path: Path, reader: sqlite3.Connection, statements: tuple[str, ...], *, here: bool
) -> None:
    """Of this process or another, once or with the log's restart in between."""
    elsewhere(path, INSERT)
    index = index_of(str(path), reader)
    before = index.header()
    if here:
        writer = connect(path)
        for statement in statements:
            writer.execute(statement).fetchall()
    else:
        elsewhere(path, *statements)

    assert before is not None
    assert index.header() not in (before, None)


@pytest.mark.parametrize("statements", NO_CHANGES.values(), ids=NO_CHANGES)
def test_what_commits_nothing_leaves_it(
    path: Path, reader: sqlite3.Connection, statements: tuple[str, ...]
) -> None:
    """It costs nobody a kept answer."""
    elsewhere(path, INSERT)
    index = index_of(str(path), reader)
    before = index.header()
    elsewhere(path, *statements)

    assert before is not None
    assert index.header() == before


def test_who_dies_before_the_commit_changes_nothing_and_who_recovers_does_no_harm(
    path: Path, reader: sqlite3.Connection
) -> None:
    """What is committed after somebody was killed is heard of as ever."""
    index = index_of(str(path), reader)
    before = index.header()
    elsewhere(path, "BEGIN IMMEDIATE", INSERT, end="os._exit(9)")
    assert index.header() == before
    elsewhere(path, INSERT)

    assert index.header() not in (before, None)


STEPS = st.sampled_from(
    [INSERT, "DELETE FROM seen", "VACUUM", "BEGIN", "COMMIT", "ROLLBACK"]
    + [f"PRAGMA wal_checkpoint({how})" for how in ("PASSIVE", "FULL", "RESTART", "TRUNCATE")]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=30))
def test_it_is_what_sqlite_itself_goes_by(
    path: Path, reader: sqlite3.Connection, steps: list[str]
) -> None:
    """Wherever ``PRAGMA data_version`` tells of a commit, so does the header."""
    index, writer = index_of(str(path), reader), connect(path)
    known: dict[bytes | None, set[int]] = {}
    for step in steps:
        with suppress(sqlite3.OperationalError):  # no transaction, or one too many
            writer.execute(step).fetchall()
        header = index.header()
        ((version,),) = reader.execute("PRAGMA data_version").fetchall()
        known.setdefault(header, set()).add(version)
    writer.close()

    assert None not in known
    assert all(len(versions) == 1 for versions in known.values())


def test_half_of_it_is_nothing(tmp_path: Path) -> None:
    """Neither what is being written, nor what a recovery has begun with."""
    sound = bytes(12) + b"\1" + bytes(35)
    cases = {sound + sound: sound, sound + bytes(48): None, bytes(96): None}
    for both, header in cases.items():
        assert WalIndex(both).header() == header  # type: ignore[arg-type]  # sliced alike


def test_without_a_log_there_is_none(tmp_path: Path) -> None:
    """In memory and with a rollback journal, even if an old index lies about."""
    path = tmp_path / "rollback.db"
    Path(f"{path}-shm").write_bytes(bytes(32_768))
    for where in (str(path), ":memory:"):
        raw = sqlite3.connect(where)
        raw.execute("CREATE TABLE seen (number)")
        assert index_of(where, raw).header() is None
        raw.close()


def _replaced(shm: Path) -> None:
    copy = shm.with_name("copy")
    copy.write_bytes(shm.read_bytes())
    copy.rename(shm)


@pytest.mark.parametrize("replace", [_replaced, Path.unlink])
def test_another_file_than_sqlite_has_is_not_gone_by(
    path: Path, reader: sqlite3.Connection, replace: Callable[[Path], None]
) -> None:
    """An index that was put in the place of the one in use says nothing of its commits."""
    reader.execute("SELECT * FROM seen").fetchall()
    replace(Path(f"{path}-shm"))

    assert index_of(str(path), reader).header() is None


def test_it_takes_nobodys_locks_away(path: Path, reader: sqlite3.Connection) -> None:
    """Closing any descriptor of the file would; so a process that reads goes on keeping others out.

    While a reader holds its snapshot, another process cannot restart the log.
    """
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM seen").fetchall()
    elsewhere(path, INSERT)
    other = connect(path)
    assert index_of(str(path), other).header() is not None
    other.close()
    let_go()
    code = "import sqlite3, sys; raw = sqlite3.connect(sys.argv[1], timeout=0)\n"
    code += "print(raw.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchall()[0][0])"
    busy = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )

    assert busy.stdout.strip() == "1"
    reader.execute("ROLLBACK")


def test_nothing_stays_open(path: Path) -> None:
    """With the last connection the file is deleted, and what was open of it is closed."""
    let_go()
    before, open_before = len(os.listdir("/dev/fd")), set(wal_index._open)
    for _ in range(3):
        raw = connect(path)
        assert index_of(str(path), raw).header() is not None
        raw.close()
        let_go()

    assert len(os.listdir("/dev/fd")) == before
    assert wal_index._open.keys() == open_before


async def test_a_store_goes_by_it(tmp_path: Path) -> None:
    """Its version is the header; and where that says nothing, what SQLite says."""
    open_before = set(wal_index._open)
    url = f"sqlite:///{tmp_path}/s.db"
    store, other = await create_store(url, MODEL), await open_store(url, MODEL)
    version = store.version()
    assert isinstance(version, bytes)
    assert store.version() == version
    await Resolver(other).add(ADA)
    assert store.version() != version

    store._local.index = WalIndex()  # type: ignore[attr-defined]
    version = store.version()
    assert isinstance(version, tuple)
    assert store.version() == version
    await Resolver(other).add(WANG)
    assert store.version() != version
    for one in (store, other):
        await one.close()
    assert wal_index._open.keys() <= open_before
