from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.cli.output import cell, table
from have_we_met.cli.progress import counted, progress


@given(st.text())
def test_cells_are_printable(text: str) -> None:
    """Whatever a value holds, a cell is one line of printable characters."""
    assert cell(text).isprintable()
    assert len(cell(text)) == len(text)


def test_wide_characters_are_aligned() -> None:
    """Characters that are two columns wide push nothing out of line."""
    lines = table([("name", "x"), ("王小明", "1"), ("Ada", "2")]).splitlines()

    assert lines == ["name    x", "王小明  1", "Ada     2"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the rows and their rate are shown, with and without a known whole."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")

    with progress("importing") as show:
        show(1200, 0.5)
        show(2400, None)
    with counted("indexing") as count:
        count(5, 0)

    assert "importing" in terminal.getvalue()
    assert "1,200 rows" in terminal.getvalue()
    assert "5 rows" in terminal.getvalue()


def test_nothing_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe there is no bar."""
    with progress("importing") as show:
        show(1, 0.5)

    assert capsys.readouterr() == ("", "")
