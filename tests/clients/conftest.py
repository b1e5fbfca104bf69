"""The React client's folder, with everything installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .npm import Unavailable, install, npm


@pytest.fixture(scope="session")
def react() -> Path:
    """Where there is no npm or no registry, the tests that need it are skipped."""
    try:
        return install()
    except Unavailable as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def packed(react: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it would be published."""
    folder = tmp_path_factory.mktemp("packed")
    npm("pack", "--pack-destination", str(folder), cwd=react)
    return next(folder.glob("*.tgz"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A registry that goes away in the midst of a test is nobody's mistake either."""
    try:
        return (yield)
    except Unavailable as why:
        pytest.skip(str(why))
