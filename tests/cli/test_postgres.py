"""The same commands on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from .running import ADA, PEOPLE, data, run, write


def test_import_and_lookup(database: str, tmp_path: Path) -> None:
    """A file is imported once, however often, and the rest of the commands work on it."""
    source = write(
        tmp_path / "people.csv", PEOPLE + ",new@example.org,,Nu,,\n,new@example.org,,Nu,,\n"
    )

    first = data("import", source, "--db", database)
    again = data("import", source, "--db", database)

    assert (first["new"], first["unchanged"]) == (4, 1)
    assert (again["new"], again["unchanged"], again["changed"]) == (0, 5, 0)
    assert data("init", "--db", database)["records"] == 4
    assert data("lookup", '{"email": "ADA@example.org"}', "--db", database)["contact"]["id"] == "c1"
    assert (
        data("add", "--if-new", '{"email": "new@example.org"}', "--db", database)["created"]
        is False
    )
    assert data("reindex", "--db", database)["records"] == 4
    assert ADA["email"] in run("explain", "c1", "c2", "--db", database).stdout


def test_what_the_table_refuses(database: str, tmp_path: Path) -> None:
    """A row that is too much for a column is rejected, and the rest is in."""
    lines = ["id,email,created_at", "1,a@x.org,2024-01-31", "2,b@x.org,whenever"]

    found = data("import", write(tmp_path / "p.csv", "\n".join(lines)), "--db", database, status=3)

    assert (found["new"], found["rejected"]) == (1, 1)
    assert "whenever" not in Path(found["rejects"]).read_text()
