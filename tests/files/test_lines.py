from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import InputError
from have_we_met.files.lines import LONGEST_LINE, NO_LINES, Lines, lines


def read(content: bytes, *, chunk: int = 3, encoding: str = "utf-8") -> list[Lines]:
    return list(lines(io.BytesIO(content), encoding=encoding, chunk=chunk))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 5))
def test_all_lines_in_order(text: str, chunk: int) -> None:
    """The chunks join to the lines of the file, whatever the chunks' size, each with its number."""
    whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if whole[-1] == "":
        whole.pop()

    parts = read(text.encode(), chunk=chunk)

    assert [line for part in parts for line in part.texts] == whole
    assert [part.first for part in parts] == [
        1 + sum(len(before.texts) for before in parts[:n]) for n in range(len(parts))
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end(end: str) -> None:
    """Unix, Windows and old Macs end their lines differently."""
    assert read(f"a{end}b{end}".encode())[0].texts == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        ("\ufeffÉmile".encode(), "utf-8", "Émile"),
        ("Émile".encode("utf-16"), "utf-16", "Émile"),
        ("Émile".encode("latin-1"), "latin-1", "Émile"),
        ("山田".encode("shift-jis"), "shift-jis", "山田"),
    ],
)
def test_encodings(content: bytes, encoding: str, expected: str) -> None:
    """A file is read in its encoding, its byte order mark is passed over."""
    assert read(content, encoding=encoding)[0].texts == [expected]


@pytest.mark.parametrize("encoding", ["utf-99", "base64"])
def test_no_such_encoding(encoding: str) -> None:
    """An encoding that there is not, or that is none of text, is named."""
    with pytest.raises(InputError, match=f"none called '{encoding}'"):
        read(b"a", encoding=encoding)


def test_another_encoding() -> None:
    """A file that cannot be in the encoding at all is refused."""
    with pytest.raises(InputError, match="not in utf-16"):
        read(b"\xff\xfea", encoding="utf-16")


@pytest.mark.parametrize("bad", [b"a\x00b", b"a\xffb", b"x" * (LONGEST_LINE + 1)])
def test_what_is_not_clean(bad: bytes) -> None:
    """NULs, bytes that are no text, and lines without an end are flagged, and only there."""
    clean, other = read(b"one\n" * 3 + bad + b"\n", chunk=1 << 30), read(bad)

    assert [part.clean for part in clean + other] == [False, False]
    assert read(b"one\n")[0].clean


def test_a_line_without_end_is_cut() -> None:
    """Of a line that is too long one character more than allowed is kept, not the file."""
    parts = read(b"one\n" + b"x" * (5 * LONGEST_LINE) + b"\ntwo")

    texts = [text for part in parts for text in part.texts]
    assert [len(text) for text in texts] == [3, LONGEST_LINE + 1, 3]


def test_a_line_without_end_is_not_kept() -> None:
    """However long a line is, a few blocks of it are held at a time."""
    content = io.BytesIO(b"x" * (40 * LONGEST_LINE))
    tracemalloc.start()
    for _ in lines(content, chunk=10):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 10 * LONGEST_LINE


def test_rest_and_drop() -> None:
    """Lines that are left keep their numbers when the next come after them."""
    (part,) = read(b"a\nb\nc\n", chunk=10)
    rest = part.drop(2)

    assert (rest.first, rest.texts) == (3, ["c"])
    assert Lines(4, ["d"]).after(rest) == Lines(3, ["c", "d"])
    assert Lines(4, ["d"]).after(NO_LINES) == Lines(4, ["d"])
