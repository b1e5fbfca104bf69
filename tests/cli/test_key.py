"""Keys on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import data, run, url


@pytest.fixture
def db(tmp_path: Path) -> str:
    data("init", "--db", url(tmp_path))
    return url(tmp_path)


def test_made_listed_rotated_revoked(db: str) -> None:
    """A key is shown when it is made, and then never again."""
    options = ("--policy", "public", "--origin", "https://shop.example", "--label", "form")
    made = data("key", "create", "--db", db, *options, "--address-minute", 5)
    assert made["key"].startswith(f"hwm_{made['id']}_")
    assert (made["limits"]["address_minute"], made["limits"]["key_minute"]) == (5, 6000)

    rotated = data("key", "rotate", made["id"], "--db", db)
    assert rotated["id"] == made["id"]
    assert rotated["key"] != made["key"]

    (listed,) = data("key", "list", "--db", db)
    assert (listed["state"], listed["origins"]) == ("good", ["https://shop.example"])
    data("key", "revoke", made["id"], "--db", db)
    (listed,) = data("key", "list", "--db", db)
    assert listed["state"] == "revoked"

    secrets = [one["key"].rpartition("_")[2] for one in (made, rotated)]
    shown = run("key", "list", "--db", db).output + str(listed)
    assert not any(secret in shown for secret in secrets)
    stored = Path(db.removeprefix("sqlite:///")).read_bytes()
    assert not any(secret.encode() in stored for secret in secrets)


def test_for_people(db: str) -> None:
    """The key alone is on stdout, so that it can be put away by a script."""
    result = run("key", "create", "--db", db, "--policy", "backoffice", "--days", 30)

    assert result.stdout.strip().startswith("hwm_")
    assert "not shown again" in result.stderr
    heading, line = run("key", "list", "--db", db).stdout.splitlines()
    assert heading.split() == ["id", "label", "policy", "operations", "origins", "state"]
    assert line.split()[1:] == ["backoffice", "lookup", "create", "decide", "good"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("create", "--policy", "pubic"), "did you mean 'public'"),
        (("create", "--policy", "public", "--origin", "*"), "* is none"),
        (("create", "--policy", "desk", "--field", "emial"), "did you mean 'email'"),
        (("revoke", "0123456789ab"), "there is no key of that id"),
    ],
)
def test_mistakes(db: str, arguments: tuple[str, ...], says: str) -> None:
    """What cannot be is said in words."""
    result = run("key", *arguments, "--db", db)

    assert result.exit_code == 1
    assert says in result.output
