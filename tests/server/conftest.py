"""Clients of the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .apps import Client, make_app, running
from .browsing import Browser, browser


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of an app of its own."""
    with running(make_app()) as client:
        yield client


@pytest.fixture(scope="module")
def shared_client() -> Iterator[Client]:
    """A client of an app that the tests of a file share; they do not write."""
    with running(make_app()) as client:
        yield client


@pytest.fixture(scope="module")
def browse() -> Iterator[Browser]:
    """Play a scenario on a page, in a browser that the tests of a file share."""
    with browser() as browse:
        yield browse
