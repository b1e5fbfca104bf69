from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from have_we_met.cli import import_ as module
from have_we_met.files import Rejected, read_rejects

from .running import PEOPLE, data, run, url, write

COUNTS = ("new", "changed", "unchanged", "rejected", "rows")


def counts(found: dict[str, int]) -> tuple[int, ...]:
    return tuple(found[name] for name in COUNTS)


def emails(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "contacts.db")) as raw:
        return [email for (email,) in raw.execute("SELECT email FROM contacts ORDER BY email")]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return write(tmp_path / "people.csv", PEOPLE)


def test_import_twice(tmp_path: Path, people: Path) -> None:
    """A store is made where there is none; the same file again changes nothing."""
    first = data("import", people, "--db", url(tmp_path))
    again = data("import", people, "--db", url(tmp_path))

    assert counts(first) == (3, 0, 0, 0, 3)
    assert counts(again) == (0, 0, 3, 0, 3)
    assert first["rejects"] is None
    assert not list(tmp_path.glob("*.rejects.jsonl"))


def test_what_changed(tmp_path: Path, people: Path) -> None:
    """A row under a known id that says something else takes its place."""
    run("import", people, "--db", url(tmp_path))
    write(people, PEOPLE.replace("chinua@", "achebe@"))

    assert counts(data("import", people, "--db", url(tmp_path))) == (0, 1, 2, 0, 3)
    found = data("lookup", '{"email": "achebe@example.org"}', "--db", url(tmp_path))
    assert found["contact"]["id"] == "c3"


def test_a_table_for_people(tmp_path: Path, people: Path) -> None:
    """Without --json the counts are a table on stdout."""
    result = run("import", people, "--db", url(tmp_path))

    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        *COUNTS,
        "seconds",
        "rows_per_second",
    ]
    assert result.stderr == ""


def test_rejects(tmp_path: Path) -> None:
    """Bad rows go to a file with their lines and reasons, and the status says so."""
    lines = PEOPLE.splitlines()
    bad = ["c4,too,few", 'c5,"open,,,,', "c6,,,,,", "c7,a@x.org,,\0,,"]
    source = write(tmp_path / "people.csv", "\n".join([*lines[:2], *bad, *lines[2:]]))

    result = data("import", source, "--db", url(tmp_path), status=3)

    assert counts(result) == (3, 0, 0, 4, 7)
    assert result["rejects"] == f"{source}.rejects.jsonl"
    assert list(read_rejects(Path(result["rejects"]))) == [
        Rejected(3, "3 values where the heading has 6"),
        Rejected(4, "quotes do not pair up"),
        Rejected(5, "no field says anything"),
        Rejected(6, "a value holds a NUL character"),
    ]


def test_rejects_round_trip(tmp_path: Path) -> None:
    """Mending just the lines that were rejected brings in just what was missing."""
    source = write(tmp_path / "people.csv", PEOPLE.replace("c2,wang@example.com,,", "c2,wang,"))
    first = data("import", source, "--db", url(tmp_path), status=3)
    (rejected,) = read_rejects(Path(first["rejects"]))
    lines = source.read_text().splitlines()
    lines[rejected.line - 1] = PEOPLE.splitlines()[rejected.line - 1]
    write(source, "\n".join(lines))

    again = data("import", source, "--db", url(tmp_path))

    assert counts(again) == (1, 0, 2, 0, 3)
    assert not Path(first["rejects"]).exists()


def test_rejects_go_where_they_are_told(tmp_path: Path, people: Path) -> None:
    """--rejects names the file; it cannot be the one that is imported."""
    write(people, PEOPLE + "c4,too,few\n")
    target = tmp_path / "bad.jsonl"

    assert data("import", people, "--db", url(tmp_path), "--rejects", target, status=3)[
        "rejects"
    ] == str(target)
    assert json.loads(target.read_text()) == {
        "line": 5,
        "reason": "3 values where the heading has 6",
    }
    same = run("import", people, "--db", url(tmp_path), "--rejects", people)
    assert same.exit_code == 2
    assert people.read_text().startswith(PEOPLE)


def test_json_lines(tmp_path: Path) -> None:
    """JSON Lines are known by the ending; aliases are names too."""
    lines = ['{"id": "1", "firstName": "Ada", "email": "ada@x.org"}', "{", '{"email": "b@x.org"}']
    source = write(tmp_path / "people.ndjson", "\n".join(lines))

    assert counts(data("import", source, "--db", url(tmp_path), status=3)) == (2, 0, 0, 1, 3)
    assert counts(data("import", source, "--db", url(tmp_path), status=3)) == (0, 0, 2, 1, 3)


def test_parquet(tmp_path: Path) -> None:
    """Parquet is known by the ending."""
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    source = tmp_path / "people.parquet"
    columns = {"id": [1, 2], "email": ["a@x.org", "b@x.org"], "first_name": ["Ada", None]}
    parquet.write_table(pyarrow.table(columns), source)

    assert counts(data("import", source, "--db", url(tmp_path))) == (2, 0, 0, 0, 2)
    assert counts(data("import", source, "--db", url(tmp_path))) == (0, 0, 2, 0, 2)


def test_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads from stdin; its rejects go to the working directory."""
    monkeypatch.chdir(tmp_path)
    content = '{"email": "a@x.org"}\nnot json\n'

    found = data("import", "-", "--format", "jsonl", "--db", url(tmp_path), stdin=content, status=3)

    assert counts(found) == (1, 0, 0, 1, 2)
    assert found["rejects"] == "stdin.rejects.jsonl"
    assert (tmp_path / "stdin.rejects.jsonl").exists()


def test_columns_by_hand(tmp_path: Path) -> None:
    """--map and --id say what the names do not, in any encoding and with any delimiter."""
    content = "Nummer;Vorname;Straße;E-Mail\n7;Jürgen;Ring 1;j@x.org\n".encode("latin-1")
    source = write(tmp_path / "kunden.txt", content)
    how = ("--encoding", "latin-1", "--map", "first_name=Vorname", "--id", "Nummer")

    result = run("import", source, "--db", url(tmp_path), *how)
    found = data("lookup", '{"email": "j@x.org"}', "--db", url(tmp_path))["contact"]

    assert result.exit_code == 0, result.output
    assert "left out" in result.stderr
    assert "Straße" in result.stderr
    assert (found["id"], found["first_name"]) == ("7", "Jürgen")


def test_a_table_of_theirs(tmp_path: Path) -> None:
    """A table that is there is adopted and keeps its columns, whatever they are."""
    with closing(sqlite3.connect(tmp_path / "contacts.db")) as raw:
        raw.execute("CREATE TABLE people (no INTEGER PRIMARY KEY, EMail TEXT, age INTEGER)")
        raw.execute("INSERT INTO people VALUES (1, 'ada@example.org', 36)")
        raw.commit()
    source = write(tmp_path / "people.csv", "no,email,age\n1,ada@example.org,36\n2,b@x.org,7\n")
    where = ("--db", url(tmp_path), "--table", "people")

    assert counts(data("import", source, *where)) == (1, 0, 1, 0, 2)
    assert counts(data("import", source, *where)) == (0, 0, 2, 0, 2)
    assert data("lookup", '{"email": "b@x.org"}', *where)["contact"] == {
        "no": 2,
        "email": "b@x.org",
        "age": 7,
    }


def test_several_stretches(tmp_path: Path) -> None:
    """A long file is prepared in a second process and is all there, rejects in order."""
    lines = [f"p{n},p{n}@x.org" if n % 10 else "bad" for n in range(1, 61)]
    source = write(tmp_path / "people.csv", "\n".join(["id,email", *lines]))

    found = data("import", source, "--db", url(tmp_path), "--chunk", "20", status=3)

    assert counts(found) == (54, 0, 0, 6, 60)
    assert len(emails(tmp_path)) == 54
    assert [one.line for one in read_rejects(Path(found["rejects"]))] == [*range(11, 62, 10)]


def test_one_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On one core no second process is started."""
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("have_we_met.files.ahead.second_process", None)
    source = write(tmp_path / "people.csv", PEOPLE)

    assert counts(data("import", source, "--db", url(tmp_path), "--chunk", "1")) == (3, 0, 0, 0, 3)
    assert module.gc.isenabled()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("people.csv", "", "the file is empty"),
        ("people.csv", "shoe,size\n1,2\n", "none of shoe, size is one of the fields"),
        ("people.xls", "email\n", "no format is known by its ending '.xls'"),
        ("people.json", '[{"email": "a@x.org"}]', "jq -c"),
        ("people.parquet", "email\n", "not a Parquet file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: str, message: str) -> None:
    """A file that is not what it should be is refused as a whole, with one message."""
    result = run("import", write(tmp_path / name, content), "--db", url(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "how",
    [
        ("--map", "first_name"),
        ("--map", "=x"),
        ("--delimiter", "ab"),
        ("--format", "xls"),
        ("--chunk", "0"),
    ],
)
def test_wrong_usage(tmp_path: Path, people: Path, how: tuple[str, str]) -> None:
    """Options that make no sense are wrong usage."""
    assert run("import", people, "--db", url(tmp_path), *how).exit_code == 2


def test_a_tab(tmp_path: Path) -> None:
    """A tab can be written as backslash t."""
    source = write(tmp_path / "people.csv", "id\temail,x\n1\ta@x.org\n")
    how = ("--delimiter", "\\t", "--map", "email=email,x")

    assert counts(data("import", source, "--db", url(tmp_path), *how)) == (1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    "how", [("--map", "last_name=Nachname"), ("--map", "lastname=email"), ("--id", "Nummer")]
)
def test_a_mistake_leaves_nothing_behind(tmp_path: Path, how: tuple[str, str]) -> None:
    """Columns that the file does not have are told before a store is made."""
    source = write(tmp_path / "people.csv", "email,first_name\nada@example.org,Ada\n")

    result = run("import", source, "--db", url(tmp_path), *how)

    assert result.exit_code == 1
    assert "no column" in result.stderr or "no field" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"people.csv"}
