from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import InputError
from have_we_met.files.jsonl import MOST_NAMES, read_jsonl
from have_we_met.files.lines import LONGEST_LINE
from have_we_met.files.rows import Rejected

Found = tuple[list[tuple[int, dict[str, object]]], list[Rejected]]

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
singles = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
)


def read(content: str | bytes, *, chunk: int = 100) -> Found:
    """Every row with its line and what it says, and every rejected one."""
    content = content.encode() if isinstance(content, str) else content
    rows: list[tuple[int, dict[str, object]]] = []
    rejected: list[Rejected] = []
    for part in read_jsonl(io.BytesIO(content), chunk=chunk):
        rejected += part.rejected
        rows += [(n, {k: v for k, v in r.items() if v is not None}) for n, r in part.records()]
    return rows, rejected


@given(st.lists(st.dictionaries(names, singles, max_size=4), max_size=8), st.integers(1, 4))
def test_what_was_written_is_read(objects: list[dict[str, object]], chunk: int) -> None:
    """Objects come back as they were written, whatever their names and the chunks' size."""
    rows, rejected = read("".join(json.dumps(one) + "\n" for one in objects), chunk=chunk)

    said = [{k: v for k, v in one.items() if v is not None} for one in objects]
    assert rows == list(enumerate(said, 1))
    assert rejected == []


@given(st.binary(max_size=200), st.integers(1, 3))
def test_nothing_stops_the_reading(content: bytes, chunk: int) -> None:
    """Any bytes at all give rows and rejects, and no error."""
    rows, rejected = read(b"{}\n" + content, chunk=chunk)

    seen = [line for line, _ in rows] + [one.line for one in rejected]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON: Expecting property name enclosed in double quotes (column 2)"),
        ('"Ada"', "is not a JSON object"),
        ('{"a": NaN}', "is not JSON: NaN is no number"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"name": ["Ada"]}', "name holds a list or an object where one value belongs"),
        ('{"name": {"first": "Ada"}}', "name holds a list or an object where one value belongs"),
        ('{"name": "A\\u0000"}', "name holds a NUL character"),
        ('{"name": "A\\ud800"}', "name holds characters that are half of one (surrogates)"),
        (json.dumps({"name": "x" * 10_001}), "name has more than 10,000 characters"),
        (json.dumps({"name": "x" * LONGEST_LINE}), "a line of more than 262,144 characters"),
        (b'{"name": "\xff"}', "holds bytes that are not in the file's encoding"),
        (
            json.dumps({str(n): 1 for n in range(MOST_NAMES + 1)}),
            "brings more than 1,000 different names",
        ),
    ],
)
def test_reasons(line: str | bytes, reason: str) -> None:
    """Each way in which a line can be wrong has its words, and the other lines are read."""
    content = line.encode() if isinstance(line, str) else line

    rows, rejected = read(b'{"a": 1}\n' + content + b'\n\n{"b": 2}\n')

    assert rejected == [Rejected(2, reason)]
    assert rows == [(1, {"a": 1}), (4, {"b": 2})]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", None), (2**80, str(2**80)), (True, True), (0, 0), (1.5, 1.5)],
)
def test_values(value: object, expected: object) -> None:
    """Empty texts are nothing said, and what no database has an integer for is kept as text."""
    (rows,) = read_jsonl(io.BytesIO(json.dumps({"a": value}).encode()), chunk=100)

    assert rows.columns[0][0] == expected


def test_an_array_is_not_lines() -> None:
    """A file that is one array says how to make lines of it."""
    with pytest.raises(InputError, match="jq"):
        read('[{"a": 1}]')
