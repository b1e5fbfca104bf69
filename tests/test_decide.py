from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import Match, Outcome, preset
from have_we_met.compare import MEASURES
from have_we_met.decide import Policy, found, named, rank, ranks
from have_we_met.score import Scorecard, Scored, Scores, Term, score_few, score_one

Rows = list[tuple[str | None, ...]]


def columns(rows: Rows) -> Rows:
    """One tuple a field instead of one a record."""
    return list(zip(*rows, strict=True))


def matches(policy: Policy, scores: Scores | list[Scored], *pairs: Any) -> list[Match]:
    """What was found, by name."""
    return named(found(policy, scores, *pairs), *pairs)


POLICY = Policy(no_match=15, definite_match=45, minimum_evidence=30)


def scored(total: float, *, plain: float = 80, comparable: float = 80) -> Scores:
    """The scores of one pair, of points 80 in all."""
    one = np.zeros((1, 1))
    return Scores(one, one, *(np.array([v]) for v in (plain, comparable, total, total / 80)))


@pytest.mark.parametrize(
    ("total", "plain", "comparable", "expected"),
    [
        (45.0, 45.0, 80.0, 2),
        (float(np.nextafter(45, 0)), 44.9, 80.0, 1),
        (15.0, 15.0, 80.0, 1),
        (float(np.nextafter(15, 0)), 15.0, 80.0, 0),
        (80.0, 8.0, 8.0, 0),
        (80.0, 14.9, 80.0, 0),
        (80.0, 30.0, 30.0, 2),
        (80.0, 29.9, 29.9, 1),
        (0.0, 0.0, 0.0, 0),
    ],
)
def test_edges_in_points(total: float, plain: float, comparable: float, expected: int) -> None:
    """A score at a threshold has reached it; one just below has not."""
    scores = scored(total, plain=plain, comparable=comparable)

    assert (
        ranks(POLICY, scores).tolist() == [expected] == [rank(POLICY, *scores.pairs(np.array([0])))]
    )


@pytest.mark.parametrize(
    ("probability", "expected"), [(0.95, 2), (0.9499, 1), (0.3, 1), (0.2999, 0)]
)
def test_edges_in_bits(probability: float, expected: int) -> None:
    """On the bits scale the thresholds are probabilities."""
    policy = Policy(no_match=0.3, definite_match=0.95, in_bits=True)

    scores = scored(probability * 80, plain=0)

    assert (
        ranks(policy, scores).tolist() == [expected] == [rank(policy, *scores.pairs(np.array([0])))]
    )


@pytest.mark.parametrize(
    ("total", "plain", "comparable", "expected"),
    [
        (45.0, 15.0, 29.9, 30),
        (44.9, 15.0, 29.9, None),
        (45.0, 15.0, 30.0, None),
        (80.0, 14.9, 14.9, None),
    ],
)
def test_what_minimum_evidence_held_back(
    total: float, plain: float, comparable: float, expected: float | None
) -> None:
    """It is noted where, and only where, a match would be definite with more to compare."""
    pairs: Any = (("a",), [("b",)], [1])
    scores = scored(total, plain=plain, comparable=comparable)
    (one,) = found(POLICY, scores, *pairs, at_least=Outcome.NO_MATCH)

    assert one.needed == expected


def test_what_minimum_evidence_held_back_in_bits() -> None:
    """On the bits scale too, where the threshold is a probability."""
    policy = Policy(0.3, 0.95, minimum_evidence=12, in_bits=True)
    ((one,), (other,)) = (
        matches(policy, scored(p * 80, comparable=11), ("a",), [("b",)], [1]) for p in (0.95, 0.94)
    )

    assert (one.needed, other.needed) == (12, None)


def test_a_contradiction_caps() -> None:
    """A definite match that is contradicted is a potential one, and says why."""
    policy = Policy(15, 45, contradictions=(lambda a, b: "they differ",))

    (match,) = matches(policy, scored(80), ("x",), [("x",)], [1])

    assert (match.outcome, match.contradiction) == (Outcome.POTENTIAL, "they differ")


def test_a_contradiction_does_not_lift() -> None:
    """Rules are not asked about what is no definite match."""

    def unasked(left: object, right: object) -> str:
        raise AssertionError("asked")

    policy = Policy(15, 45, contradictions=(unasked,))

    assert matches(policy, scored(44), ("x",), [("x",)], [1])[0].outcome is Outcome.POTENTIAL
    assert matches(policy, scored(14), ("x",), [("x",)], [1]) == []


CARD = Scorecard(
    (
        Term("email", 0, MEASURES["exact"](), 30),
        Term("name", 1, MEASURES["jaro_winkler"](), 20, 0.8),
    )
)
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([None, "a@x.org", "b@x.org"]),
        st.sampled_from([None, "ann", "anne", "anna", "bob"]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(("score", "turn"), [(score_few, list), (score_one, columns)])
@given(people=PEOPLE, random=st.randoms(use_true_random=False))
def test_order_does_not_matter(
    score: Callable[..., Scores | list[Scored]],
    turn: Callable[[Rows], Rows],
    people: list[tuple[str | None, ...]],
    random: Random,
) -> None:
    """However the candidates are shuffled, the matches are the same, best first."""
    numbered = list(enumerate(people))
    shuffled = random.sample(numbered, len(numbered))

    def told(order: list[tuple[int, tuple[str | None, ...]]]) -> list[str]:
        values = [person for _, person in order]
        asked = ("a@x.org", "ann")
        scores = score(CARD, asked, turn(values))
        ids = [number for number, _ in order]
        # As text, since a missing similarity is NaN, which equals nothing.
        return list(map(repr, matches(POLICY, scores, asked, values, ids)))

    assert told(numbered) == told(shuffled)


@given(PEOPLE)
def test_definite_come_first_then_by_score(people: list[tuple[str | None, ...]]) -> None:
    """Best first: definite before potential, more points before fewer."""
    asked = ("a@x.org", "ann")
    scores = score_one(CARD, asked, list(zip(*people, strict=True)))

    best = matches(POLICY, scores, asked, people, list(range(len(people))))
    few = score_few(CARD, asked, people)

    assert repr(matches(POLICY, few, asked, people, list(range(len(people))))) == repr(best)
    order = [(m.outcome is not Outcome.DEFINITE, -m.score) for m in best]
    assert order == sorted(order)


def test_no_value_is_in_a_repr() -> None:
    """A match that ends up in a log shows nobody's data."""
    model = preset("contacts")
    record = model.record({"email": "ada@example.org", "first_name": "Ada"})

    assert "ada" not in repr(model.compare(record, record)).lower()
