from __future__ import annotations

from pathlib import Path

import pytest

from have_we_met import Model, preset

from .running import data, run, write


def test_show_is_read_back(tmp_path: Path) -> None:
    """What show writes is a model that reads back as the same."""
    path = write(tmp_path / "model.toml", run("model", "show", "contacts-recall").stdout)

    assert Model.load(path) == preset("contacts-recall")
    assert data("model", "check", path)["fingerprint"] == preset("contacts-recall").fingerprint


def test_show_region() -> None:
    """--region says where phones are."""
    shown = data("model", "show", "--region", "GB")

    assert Model.from_toml(shown["toml"]) == preset("contacts", region="GB")


def test_check() -> None:
    """Check names what a model consists of."""
    found = data("model", "check")

    assert (found["ok"], found["problems"], found["noMatch"]) == (True, [], 15)
    assert found["keys"][:2] == ["email", "phone"]
    assert [one["field"] for one in found["comparisons"]][:2] == ["email", "phone"]


def test_check_for_people() -> None:
    """Without --json it is tables."""
    lines = run("model", "check").stdout.splitlines()

    assert lines[0].split() == ["model", "contacts"]
    assert ["email", "exact", "30", "0"] in [line.split() for line in lines]


def test_problems(tmp_path: Path) -> None:
    """All mistakes are told at once, each with its path, and the status says so."""
    text = (
        preset("contacts")
        .to_toml()
        .replace("jaro_winkler", "jaro_wonkler")
        .replace('"name"', '"nama"')
    )
    path = write(tmp_path / "model.toml", text)

    found = data("model", "check", path, status=1)
    result = run("model", "check", path)

    assert found["ok"] is False
    assert len(found["problems"]) >= 4
    assert any(one["path"] == "comparisons[3].measure" for one in found["problems"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("problem: ") == len(found["problems"])


def test_warnings(tmp_path: Path) -> None:
    """What works and hardly is what one wants is told, and is no error."""
    text = preset("contacts").to_toml().replace("definite_match = 45", "definite_match = 450")
    path = write(tmp_path / "model.toml", text)

    result = run("model", "check", path)

    assert result.exit_code == 0
    assert "warning: thresholds.definite_match: 450 is out of reach" in result.stderr
    assert len(data("model", "check", path)["warnings"]) == 1


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("contact", "did you mean 'contacts'"),
        ("missing.toml", "missing.toml: cannot be read: No such file"),
        ("./", "cannot be read"),
    ],
)
def test_no_such_model(source: str, message: str) -> None:
    """A model that is not there is named."""
    result = run("model", "check", source)

    assert (result.exit_code, message in result.stderr) == (1, True)


def test_a_model_that_is_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8 is no model."""
    result = run("model", "show", write(tmp_path / "model.toml", b"\xff\xfe"))

    assert (result.exit_code, "not UTF-8" in result.stderr) == (1, True)
