from __future__ import annotations

import errno
from pathlib import Path

import pytest

from have_we_met.cli import where

from .running import ADA, run, url


def breaking(monkeypatch: pytest.MonkeyPatch, exc: BaseException) -> None:
    def read_model(source: str) -> None:
        raise exc

    monkeypatch.setattr(where, "read_model", read_model)


def test_unexpected_errors_are_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that is a bug is named; what it says might be somebody's data."""
    breaking(monkeypatch, ValueError("secret@example.org"))

    result = run("init")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: unexpected ValueError")
    assert "secret" not in result.stderr


def test_unexpected_errors_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks for a bug can have the error itself."""
    breaking(monkeypatch, ValueError("secret@example.org"))
    monkeypatch.setenv("HAVE_WE_MET_DEBUG", "1")

    assert isinstance(run("init").exception, ValueError)


def test_the_system_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the operating system refuses is one line with the file's name."""
    breaking(monkeypatch, PermissionError(errno.EACCES, "Permission denied", "contacts.db"))

    result = run("init")

    assert (result.exit_code, result.stderr) == (1, "Error: contacts.db: Permission denied\n")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A database that cannot be made is an error in words."""
    result = run("init", "--db", url(tmp_path / "missing"))

    assert result.exit_code == 1
    assert "Traceback" not in result.stderr


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of another kind is refused."""
    (tmp_path / "contacts.db").write_text("no database, but long enough to be looked at" * 9)

    result = run("lookup", str(ADA).replace("'", '"'), "--db", url(tmp_path))

    assert result.exit_code == 1
    assert "not a database" in result.stderr
