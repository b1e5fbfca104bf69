from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.load import Limits, LoadError, Plan, Result, read_questions, synthetic_questions
from have_we_met.load.plot import draw, text_plot
from have_we_met.load.tally import Tally

PLAN = Plan(url="http://127.0.0.1:8000", duration=2.0)


def result(*milliseconds: float, failed: int = 0) -> Result:
    """What these times come to, so many of them failures."""
    tally = Tally(0.0)
    for place, one in enumerate(milliseconds):
        tally.answered(1.0, 1.0 + one / 1000, 500 if place < failed else 200)
    return Result.of(PLAN, tally, distinct=1000)


@given(st.lists(st.floats(0.01, 1e4), min_size=1, max_size=60), st.integers(1, 100))
def test_a_quantile_is_a_time_that_was_measured(times: list[float], percent: int) -> None:
    """The smallest one that so many of a hundred do not pass."""
    found = result(*times).quantile(percent)
    enough = [t for t in times if 100 * sum(one <= t for one in times) >= percent * len(times)]

    assert found == pytest.approx(min(enough))


def test_data() -> None:
    """All of it as plain values."""
    data = result(1, 2, 3, 4, failed=1).data()

    assert data["rate"] == 1.5
    assert data["answers"] == 4
    assert data["errors"] == {"status 500": 1}
    assert data["milliseconds"] == {"p50": 2, "p95": 4, "p99": 4, "p99.9": 4, "max": 4}


@pytest.mark.parametrize(
    ("limits", "broken"),
    [
        (Limits(), []),
        (Limits(p99=100, rate=1.5, failed=0.25), []),
        (Limits(p99=3.9), ["p99 is 4.0 ms; it may be 3.9"]),
        (Limits(rate=2), ["2 answers a second; it must be 2"]),
        (Limits(failed=0.2), ["25.00% failed; it may be 20.00%"]),
    ],
)
def test_limits(limits: Limits, broken: list[str]) -> None:
    """Each that is not kept is said in a sentence."""
    assert list(limits.broken(result(1, 2, 3, 4, failed=1))) == broken


def test_no_answer_keeps_no_limit() -> None:
    """Silence is not success."""
    assert len(list(Limits(p99=1e9, rate=0.1, failed=0.99).broken(result()))) == 3


def test_a_plot_of_letters() -> None:
    """The slowest is the longest bar."""
    lines = text_plot(result(1, 1, 1, 10)).splitlines()

    assert lines[-1] == f"   100 %      10.00 ms  {'█' * 50}"
    assert lines[0] == f"    50 %       1.00 ms  {'█' * 5}"
    assert text_plot(result()) == ""


@pytest.mark.parametrize(("name", "start"), [("load.svg", b"<svg"), ("load.png", b"\x89PNG")])
def test_a_picture(name: str, start: bytes, tmp_path: Path) -> None:
    """SVG and PNG."""
    pytest.importorskip("vl_convert")
    draw(result(*range(1, 200)), tmp_path / name)

    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_picture_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"plot: must end in \.svg or \.png"):
        draw(result(1), tmp_path / "load.gif")


# --- questions ------------------------------------------------------------------------------------


def test_questions_are_another_each() -> None:
    """As people would send them, under the names of the wire, and the same for one seed."""
    questions = list(synthetic_questions(200, contacts=1000, seed=7))

    assert questions == list(synthetic_questions(200, contacts=1000, seed=7))
    assert len(set(questions)) > 195
    assert any(b'"firstName"' in one for one in questions)
    assert not any(b"null" in one or b"first_name" in one for one in questions)


def test_questions_of_your_own(tmp_path: Path) -> None:
    """A line each; blank ones do not count, and every wrong one is named."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"email": "ada@example.org"}\n\n{"phone": "1"}\n')
    assert read_questions(path) == [b'{"email": "ada@example.org"}', b'{"phone": "1"}']

    path.write_text("[]\n{}\n{\n")
    with pytest.raises(LoadError) as error:
        read_questions(path)
    assert [problem.path for problem in error.value.problems] == ["line 1", "line 3"]

    path.write_text("")
    with pytest.raises(LoadError, match="holds no questions"):
        read_questions(path)
