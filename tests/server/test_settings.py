"""Settings: right once they exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from have_we_met import ModelError, preset
from have_we_met.resilience import BreakerSettings
from have_we_met.server import Settings, SettingsError, create_app, from_environment
from have_we_met.server.settings import ENVIRONMENT


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.0.9", "::1", "localhost", "LocalHost"])
def test_this_machines_own_addresses(host: str) -> None:
    """A server may listen where only this machine can reach it."""
    assert Settings(url="sqlite://", host=host).host == host


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.1", "10.0.0.1", "example.org", "127.1", "localhost."]
)
def test_all_other_addresses(host: str) -> None:
    """Where others can reach a server it asks everybody for a key, from the start."""
    assert not Settings(url="sqlite://", host=host).is_local
    assert create_app(Settings(url="sqlite://", host=host)).state.desk.callers.required


@pytest.mark.parametrize("key", ["x", "hwm_", "hwm_0123456789ab_", "Bearer hwm_1_2"])
def test_a_page_key_that_is_none(key: str) -> None:
    """What is no key is refused, and not told again."""
    with pytest.raises(SettingsError, match=r"page_key: must be a key, hwm_\.\.\.") as caught:
        Settings(url="sqlite://", page_key=key)

    assert key not in str(caught.value).replace("hwm_...", "")
    assert "hwm_1_2" not in repr(Settings(url="sqlite://", page_key="hwm_1_2"))


def test_all_mistakes_at_once() -> None:
    """Every mistake is told, each with its setting."""
    with pytest.raises(SettingsError) as caught:
        Settings(url="sqlite://", host="", port=0, workers=0, deadline=0, log_level="loud")

    paths = [problem.path for problem in caught.value.problems]
    assert paths == ["port", "workers", "deadline", "host", "log_level"]


def test_a_breaker_that_cannot_work() -> None:
    """What was read from JSON is checked as what was made by hand."""
    with pytest.raises(ModelError, match="reset: must be greater than 0"):
        BreakerSettings(reset=-1.0)
    text = '{"url": "sqlite://", "port": 0, "breaker": {"reset": -1.0, "failure_rate": 50.0}}'
    with pytest.raises(SettingsError) as caught:
        Settings.from_json(text)

    paths = [problem.path for problem in caught.value.problems]
    assert paths == ["port", "breaker.failure_rate", "breaker.reset"]


def test_the_url_is_not_shown() -> None:
    """A password in the database's name is not printed, nor is one in the cache's."""
    settings = Settings(
        url="postgresql://me:hunter2@db/contacts", cache="redis://:hunter2@localhost/0"
    )
    assert "hunter2" not in repr(settings)


def test_where_answers_are_kept() -> None:
    """A cache that there is not is a mistake like others."""
    with pytest.raises(SettingsError, match="cache: must be memory, redis"):
        Settings(url="sqlite://", cache="memcached://localhost")
    assert Settings(url="sqlite://").cache == "none"


def test_to_another_process_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker has the settings of its parent."""
    monkeypatch.setenv(ENVIRONMENT, "")
    settings = Settings(
        url="sqlite://",
        port=9000,
        writable=("vip",),
        hosts=("a", "b"),
        secret="one for all of us",
        breaker=BreakerSettings(reset=5.0),
    )
    settings.to_environment()

    assert Settings.from_environment() == settings
    assert from_environment().state.desk.settings == settings


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"url": 1}', '{"url": "x", "port": "x"}'])
def test_what_is_no_settings(text: str) -> None:
    """Settings that cannot be read are refused with the variable's name."""
    with pytest.raises(SettingsError, match=ENVIRONMENT):
        Settings.from_environment({ENVIRONMENT: text})


def test_no_settings_at_all() -> None:
    """A worker that was started by hand is told how to start one."""
    with pytest.raises(SettingsError, match="have-we-met serve"):
        Settings.from_environment({})


def test_a_model_by_name_or_file(tmp_path: Path) -> None:
    """A model is a preset in a region, or a file."""
    path = tmp_path / "guests.toml"
    path.write_text(preset("contacts", region="FR").to_toml(), "utf-8")

    assert Settings(url="x", region="GB").read_model() == preset("contacts", region="GB")
    assert Settings(url="x", model=str(path)).read_model() == preset("contacts", region="FR")


def test_a_model_that_there_is_not() -> None:
    """An app is not made for a model that there is not."""
    with pytest.raises(ModelError):
        create_app(Settings(url="sqlite://", model="contract"))
