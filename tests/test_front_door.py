"""The public names: sorted, complete, documented."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import have_we_met
from have_we_met import errors

NAMES = [name for name in have_we_met.__all__ if name != "__version__"]
REFERENCE = Path(__file__).parent.parent / "docs" / "reference" / "python.md"


def test_the_names_are_sorted() -> None:
    """A reader finds a name where the alphabet puts it."""
    assert sorted(have_we_met.__all__) == have_we_met.__all__


def test_nothing_else_is_at_the_door() -> None:
    """Every public name of the package that is not a module is in ``__all__``."""
    public = {
        name
        for name, value in vars(have_we_met).items()
        if not name.startswith("_") and not inspect.ismodule(value) and name != "annotations"
    }

    assert public == set(NAMES)


def test_every_error_is_at_the_door() -> None:
    """Whatever we raise on purpose can be caught by name."""
    raised = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception) and name != "ProblemsError"
    }

    assert raised <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_documented(name: str) -> None:
    """Each has a docstring of its own and a place in the reference."""
    value = getattr(have_we_met, name)

    if inspect.isclass(value) or inspect.isfunction(value):
        assert inspect.getdoc(value)
    assert f"`{name}" in REFERENCE.read_text("utf-8")


def test_the_library_alone_loads_no_server() -> None:
    """``import have_we_met`` needs no extra, and loads none."""
    extras = ["fastapi", "uvicorn", "msgspec", "faker", "pyarrow", "asyncpg", "jinja2"]
    code = f"import sys, have_we_met; sys.exit(any(name in sys.modules for name in {extras}))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
