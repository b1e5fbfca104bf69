"""Two sign-ups at the same moment make one person: many processes, real databases, real crashes."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.storm import Storm, Weather, run, untrue

from . import servers

SMALL = Storm("", people=60, times=8, processes=3, callers=12)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/storm.db"
    return str(request.getfixturevalue("database"))


def test_everybody_is_made_once(url: str, tmp_path: Path) -> None:
    """However many come at once, each person is one record, and all are told its id."""
    told = run(replace(SMALL, url=url), tmp_path / "logs")

    assert told.submissions == 60 * 8
    assert (told.errors, told.twins, told.split, told.lost) == (0, 0, 0, 0)
    assert untrue(url) == 0


def test_the_storm_is_one(database: str, tmp_path: Path) -> None:
    """Looking up and then inserting makes twins under the same load: the test can fail."""
    told = run(replace(SMALL, url=database, naive=True), tmp_path / "logs")

    assert told.twins > 0


def test_killed_workers_leave_no_twin(url: str, tmp_path: Path) -> None:
    """Workers killed in the middle lose nothing that a caller was told of, and make no twin."""

    def kill(weather: Weather) -> None:
        for share in (0, 1, 0):
            _wait_for_more(weather)
            weather.kill(share)

    told = run(replace(SMALL, url=url, patient=True), tmp_path / "logs", kill)

    assert told.submissions == 60 * 8
    assert (told.errors, told.twins, told.split, told.lost) == (0, 0, 0, 0)
    assert untrue(url) == 0


def test_a_restart_of_the_server_leaves_no_twin(tmp_path: Path) -> None:
    """PostgreSQL stopped as in a crash and started again: nothing told is lost, no twin is made."""
    try:
        # With its disk trusted: a crash must not cost what was committed.
        with servers.postgres(settings={}) as server, server.database() as url:
            told = run(
                replace(SMALL, url=url, patient=True),
                tmp_path / "logs",
                lambda weather: (_wait_for_more(weather), server.restart())[0],
            )
            assert told.submissions == 60 * 8
            assert (told.errors, told.twins, told.split, told.lost) == (0, 0, 0, 0)
            assert untrue(url) == 0
    except servers.Unavailable as why:
        pytest.skip(str(why))


def _wait_for_more(weather: Weather) -> None:
    """Wait until callers were told something new, or all is over."""
    before = len(weather.told())
    for _ in range(400):
        if len(weather.told()) > before or all(w.poll() is not None for w in weather.workers):
            return
        time.sleep(0.02)
