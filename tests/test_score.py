from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.compare import MEASURES
from have_we_met.score import Scorecard, Scores, Term, score_few, score_one, score_pairs

Values = tuple[str | None, ...]

KINDS = ("exact", "jaro_winkler", "given_name", "levenshtein", "soundex", "token_set")
TEXTS = st.one_of(
    st.none(), st.sampled_from(["ann", "anne", "bob", "robert", "smith", "smyth", "li", "acme ltd"])
)
WEIGHTS = st.floats(0.1, 50, allow_nan=False)


@st.composite
def cards(draw: st.DrawFn, fields: int, *, in_bits: bool) -> Scorecard:
    """A card of one to eleven terms over ``fields`` fields: more than numpy adds in one run."""
    terms = []
    for _ in range(draw(st.integers(1, 11))):
        measure = MEASURES[draw(st.sampled_from(KINDS))]()
        position = draw(st.integers(0, fields - 1))
        ends = sorted(draw(st.sets(st.sampled_from([0.0, 0.5, 0.85, 1.0]), min_size=1)))[::-1]
        levels = tuple((end, draw(st.floats(-10, 10)), "") for end in ends) if in_bits else ()
        threshold = draw(st.sampled_from([0.0, 0.8, 0.88, 1.0]))
        terms.append(Term("f", position, measure, draw(WEIGHTS), threshold, levels))
    return Scorecard(tuple(terms), draw(st.floats(-20, 0)) if in_bits else None)


def rows(fields: int, size: int = 6) -> st.SearchStrategy[list[Values]]:
    return st.lists(st.tuples(*[TEXTS] * fields), min_size=1, max_size=size)


def naive_points(card: Scorecard, left: Values, right: Values) -> tuple[float, float, float]:
    """The definition, word for word: (plain credit, comparable weight, scaled score)."""
    plain = comparable = 0.0
    for term in card.terms:
        a, b = left[term.position], right[term.position]
        if a is None or b is None:
            continue
        similarity = float(term.measure.pairs([a], [b])[0])
        comparable += term.weight
        if similarity >= term.threshold:
            plain += similarity * term.weight
    ratio = plain / comparable if comparable else 0.0
    return plain, comparable, ratio * sum(term.weight for term in card.terms)


def naive_bits(card: Scorecard, left: Values, right: Values) -> float:
    """The definition, word for word: the prior and the worth of each term's best level reached."""
    total = 0.0
    for term in card.terms:
        a, b = left[term.position], right[term.position]
        if a is None or b is None:
            continue
        similarity = float(term.measure.pairs([a], [b])[0])
        total += next((bits for end, bits, _ in term.levels if similarity >= end), 0.0)
    assert card.prior is not None
    return total + card.prior


def columns(records: Sequence[Values]) -> list[tuple[str | None, ...]]:
    return list(zip(*records, strict=True))


def same_bits(a: Scores, b: Scores) -> bool:
    """Equal to the last bit, missing included."""
    names = ("similarity", "credit", "plain", "comparable", "total", "confidence")
    return all(getattr(a, n).tobytes() == getattr(b, n).tobytes() for n in names)


@given(cards(3, in_bits=False), st.tuples(*[TEXTS] * 3), rows(3))
def test_points_are_as_defined(card: Scorecard, asked: Values, others: list[Values]) -> None:
    """The kernel gives what the definition gives, pair by pair, to the last bit."""
    scores = score_one(card, asked, columns(others))

    expected = [naive_points(card, asked, other) for other in others]

    assert [tuple(x) for x in zip(scores.plain, scores.comparable, scores.total, strict=True)] == (
        expected
    )


@given(cards(3, in_bits=True), st.tuples(*[TEXTS] * 3), rows(3))
def test_bits_are_as_defined(card: Scorecard, asked: Values, others: list[Values]) -> None:
    """On the bits scale each term adds the worth of the best level that it reaches."""
    scores = score_one(card, asked, columns(others))

    expected = [naive_bits(card, asked, other) for other in others]

    assert scores.total.tolist() == expected
    assert scores.confidence == pytest.approx([1 / (1 + 2.0**-bits) for bits in expected])


@given(st.booleans().flatmap(lambda bits: cards(2, in_bits=bits)), st.data())
def test_one_score_on_every_road(card: Scorecard, data: st.DataObject) -> None:
    """One against many, pairs against pairs, number by number, and alone: the same bits."""
    asked = data.draw(st.tuples(TEXTS, TEXTS))
    others = data.draw(rows(2, size=12))

    many = score_one(card, asked, columns(others))
    pairs = score_pairs(card, columns([asked] * len(others)), columns(others))
    alone = [score_one(card, asked, columns([other])) for other in others]

    few = score_few(card, asked, others)

    assert same_bits(many, pairs)
    assert list(map(repr, few)) == list(map(repr, many.pairs(np.arange(len(others)))))
    assert many.total.tolist() == [one.total.item() for one in alone]
    assert many.plain.tolist() == [one.plain.item() for one in alone]


@given(cards(2, in_bits=False), st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS))
def test_sides_may_change_places(card: Scorecard, left: Values, right: Values) -> None:
    """The score of two records does not depend on which of them asks."""
    there = score_pairs(card, columns([left]), columns([right]))
    back = score_pairs(card, columns([right]), columns([left]))

    assert same_bits(there, back)


def test_silence_is_no_evidence() -> None:
    """Two records that say nothing score nothing, and nothing was comparable."""
    card = Scorecard((Term("f", 0, MEASURES["exact"](), 30),))

    scores = score_one(card, (None,), [(None,)])

    assert (scores.total.item(), scores.comparable.item(), scores.confidence.item()) == (0, 0, 0)
    assert math.isnan(scores.similarity.item())


def test_nobody_to_compare_with() -> None:
    """No candidates, no scores, no complaint."""
    card = Scorecard((Term("f", 0, MEASURES["jaro_winkler"](), 10),))
    assert score_one(card, ("ann",), [()]).total.shape == (0,)


def test_a_threshold_is_reached_at_its_value() -> None:
    """Similarity at the threshold earns its share of the weight; just below it earns nothing."""
    measure = MEASURES["jaro_winkler"]()
    similarity = measure.one_to_many("martha", ["marhta"])[0]

    def credit(threshold: float) -> float:
        card = Scorecard((Term("f", 0, measure, 10, threshold),))
        return float(score_one(card, ("martha",), [("marhta",)]).plain[0])

    assert credit(similarity) == similarity * 10
    assert credit(float(np.nextafter(similarity, 1))) == 0
