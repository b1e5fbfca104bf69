from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import InputError
from have_we_met.files.csv import read_csv
from have_we_met.files.csv_careful import MOST_LINES, Careful, parser
from have_we_met.files.lines import LONGEST_LINE, Lines
from have_we_met.files.rows import LONGEST, Rejected

HEAD = b"email,name\n"

values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=6)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(values, min_size=width, max_size=width), max_size=8)
)


def read(
    content: bytes, *, chunk: int = 100, **how: str
) -> tuple[list[tuple[int, tuple[object, ...]]], list[Rejected]]:
    """Every row with its line, and every rejected one."""
    rows: list[tuple[int, tuple[object, ...]]] = []
    rejected: list[Rejected] = []
    for part in read_csv(io.BytesIO(content), chunk=chunk, **how):
        rejected += part.rejected
        rows += zip(part.lines, zip(*part.columns, strict=True), strict=True)
    return rows, rejected


def written(rows: Sequence[Sequence[str]], **how: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", **how).writerows(rows)
    return text.getvalue().encode()


@given(tables, st.integers(1, 6))
def test_what_was_written_is_read(table: list[list[str]], chunk: int) -> None:
    """Any table comes back as it was written, whatever the chunks' size; empty is nothing."""
    heading = [f"column {n}" for n in range(len(table[0]) if table else 1)]

    rows, rejected = read(written([heading, *table]), chunk=chunk)

    assert rejected == []
    assert [row for _, row in rows] == [tuple(v or None for v in row) for row in table]


@given(tables)
def test_careful_is_fast(table: list[list[str]]) -> None:
    """Row by row gives what all at once gives, where that gives anything."""
    text = written(table).decode().removesuffix("\n")
    texts = text.split("\n") if table else []
    careful = Careful(Lines(1, texts), parser(","), len(table[0]) if table else 1, is_last=True)
    careful.read()

    assert careful.values == [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    assert careful.rejected == []


@given(st.binary(max_size=200), st.integers(1, 4))
def test_nothing_stops_the_reading(content: bytes, chunk: int) -> None:
    """Any bytes at all give rows and rejects, no line twice, and no error."""
    rows, rejected = read(HEAD + content, chunk=chunk)

    seen = [line for line, _ in rows] + [one.line for one in rejected]
    assert len(set(seen)) == len(seen)
    assert all(len(row) == 2 for _, row in rows)


_UNQUOTED = str.maketrans({"\n": " ", "\r": " ", '"': "'", ",": ";"})


@given(
    st.lists(st.lists(values, min_size=2, max_size=2), min_size=2, max_size=8),
    st.sampled_from(['"stray', 'a,"stray', "a,b,c", "a", '"a"b,c', '"a" ,b', "a,\0", "a\udcff,b"]),
    st.integers(1, 4),
    st.data(),
)
def test_a_bad_line_costs_one_row(
    table: list[list[str]], bad: str, chunk: int, data: st.DataObject
) -> None:
    """A bad line anywhere is rejected with its number, and every other row is read."""
    # None that is written in quotes: it could close a stray one, and nobody could tell.
    plain = [[v.translate(_UNQUOTED) for v in row] for row in table]
    lines = written([["email", "name"], *plain]).splitlines(keepends=True)
    place = data.draw(st.integers(1, len(lines)))
    lines.insert(place, bad.encode("utf-8", "surrogateescape") + b"\n")

    rows, rejected = read(b"".join(lines), chunk=chunk)

    assert [one.line for one in rejected] == [place + 1]
    assert [row for _, row in rows] == [tuple(v or None for v in row) for row in plain]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"a", "1 values where the heading has 2"),
        (b"a,b,c", "3 values where the heading has 2"),
        (b'"a,b', "quotes do not pair up"),
        (b'"a"b,c', "quotes do not pair up"),
        (b"a,\xff", "holds bytes that are not in the file's encoding"),
        (b"a,\0", "a value holds a NUL character"),
        (b"a," + b"x" * (LONGEST + 1), "a value has more than 10,000 characters"),
        (b'a,"' + b"x" * 140_000 + b'"', "a value has more than 10,000 characters"),
        (b"x" * (LONGEST_LINE + 9), f"a line of more than {LONGEST_LINE:,} characters"),
    ],
)
def test_reasons(line: bytes, reason: str) -> None:
    """Each way in which a row can be wrong has its words."""
    rows, rejected = read(HEAD + b"a@example.org,Ada\n" + line + b"\nb@example.org,Bo\n")

    assert rejected == [Rejected(3, reason)]
    assert rows == [(2, ("a@example.org", "Ada")), (4, ("b@example.org", "Bo"))]


def test_the_longest_value() -> None:
    """A value may have just as many characters as allowed."""
    rows, rejected = read(HEAD + b"a," + b"x" * LONGEST + b"\n")

    assert (len(rows), rejected) == (1, [])


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_a_value_of_several_lines(chunk: int) -> None:
    """A row that goes over several lines is one row, at the line on which it begins."""
    rows, rejected = read(HEAD + b'a,"1\n2\n3"\n\nb,"4"\n', chunk=chunk)

    assert rows == [(2, ("a", "1\n2\n3")), (6, ("b", "4"))]
    assert rejected == []


@pytest.mark.parametrize("chunk", [1, 10, 10_000])
def test_an_open_quote_does_not_swallow_the_file(chunk: int) -> None:
    """After a quote that is never closed, every following row is still read."""
    rows, rejected = read(HEAD + b'x,"open\n' + b"a,b\n" * (3 * MOST_LINES), chunk=chunk)

    assert rejected == [Rejected(2, "quotes do not pair up")]
    assert len(rows) == 3 * MOST_LINES


def test_quotes_that_open_on_every_line() -> None:
    """A file in which every line leaves a quote open is rejected line by line."""
    rows, rejected = read(HEAD + b'a",b,"\n' * 1000)

    assert rows == []
    assert [one.line for one in rejected] == list(range(2, 1002))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    """The delimiter is the one that splits the heading, quotes respected."""
    content = written([["e-mail", "last, first; |", "phone"], ["a", "b", "c"]], delimiter=delimiter)

    assert read(content)[0] == [(2, ("a", "b", "c"))]


def test_the_delimiter_is_given() -> None:
    """A delimiter that is given is not looked for."""
    assert read(b"a,b:c\n1,2:3\n", delimiter=":")[0] == [(2, ("1,2", "3"))]


def test_heading() -> None:
    """Empty lines before the heading and blanks around its names do not count."""
    (rows,) = read_csv(io.BytesIO(b"\n  \n email , name \na,b\n"), chunk=100)

    assert (rows.names, list(rows.lines)) == (("email", "name"), [4])


def test_a_heading_alone() -> None:
    """A file with a heading and no row is a file with no row."""
    (rows,) = read_csv(io.BytesIO(b"email,name"), chunk=100)

    assert (rows.names, len(rows)) == (("email", "name"), 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "no heading"),
        ("email,name\n".encode("utf-16"), "is the file in UTF-16"),
        (b'"email,name\n', "quotes do not pair up"),
        (b"email\xff,name\n", "not in the file's encoding"),
        (b"e" * 10_001, "more than 10,000 characters"),
    ],
)
def test_no_heading(content: bytes, message: str) -> None:
    """Without a heading there is nothing to go by."""
    with pytest.raises(InputError, match=message):
        read(content)
