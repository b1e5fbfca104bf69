"""The public names: sorted, complete, documented."""

from __future__ import annotations

import ast
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
        for name in dir(have_we_met)
        if not name.startswith("_")
        and not inspect.ismodule(getattr(have_we_met, name))
        and name != "annotations"
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


def test_a_resolver_without_services_loads_none() -> None:
    """What validates e-mail addresses and phones is of use to those alone who ask for it."""
    loaded = "[name for name in sys.modules if 'services.validators' in name]"
    code = f"import sys; from have_we_met import Resolver; print({loaded})"
    run = [sys.executable, "-c", code]

    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_what_is_read_late_is_what_type_checkers_see() -> None:
    """Each name comes from the module from which it is imported where types are checked."""
    assert have_we_met.__file__ is not None
    tree = ast.parse(Path(have_we_met.__file__).read_text("utf-8"))
    seen = {
        name.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for name in node.names
    }

    assert seen == have_we_met._HOME
    assert set(NAMES) == seen.keys() <= set(dir(have_we_met))


def test_a_name_that_is_not_there() -> None:
    """A misspelt name is an error as from any module."""
    with pytest.raises(AttributeError, match="module 'have_we_met' has no attribute 'Resolve'"):
        have_we_met.Resolve  # type: ignore[attr-defined]  # noqa: B018


def test_help_waits_for_nothing_that_it_does_not_need() -> None:
    """The command line's help loads neither databases nor numbers nor models."""
    loaded = "sorted({'numpy', 'pydantic', 'rapidfuzz', 'sqlalchemy'} & set(sys.modules))"
    code = f"import sys, have_we_met, have_we_met.cli.group; print({loaded})"
    run = [sys.executable, "-c", code]

    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "[]\n"
