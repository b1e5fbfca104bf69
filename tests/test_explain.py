from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import (
    Comparison,
    Explanation,
    Field,
    Judgement,
    Level,
    Model,
    Outcome,
    Thresholds,
    preset,
)
from have_we_met.decide import bound
from have_we_met.explain import explain

MODEL = preset("contacts")
SECRET = {
    "email": "zebulon@quagga.example",
    "phone": "+14155550177",
    "first_name": "Zebulon",
    "last_name": "Quagga",
    "company": "Okapi",
}


def explained(left: dict[str, object], right: dict[str, object]) -> Explanation:
    return explain(MODEL.scorecard, MODEL.compare(MODEL.record(left), MODEL.record(right)))


def test_sentence() -> None:
    """One sentence: what speaks for it, what against it, what is missing, and the sum."""
    said = explained(
        {"email": "a@x.org", "phone": "415 555 0101", "first_name": "Bob", "last_name": "Jones"},
        {"email": "b@x.org", "phone": "4155550101", "first_name": "Robert", "last_name": "Jones"},
    )

    assert said.sentence == (
        "Definite match (46.1 of 80 points): phone is the same, first name is another form of the "
        "same name, last name is the same; but email differs; nothing to compare for company."
    )


def test_the_terms_are_the_sum() -> None:
    """Over the comparable weight, the credits of the evidence are the score."""
    said = explained(SECRET, SECRET | {"first_name": "Zeb", "company": None})

    credit = sum(item.credit for item in said.evidence)
    comparable = sum(item.weight for item in said.evidence if item.similarity is not None)
    assert said.score == pytest.approx(credit / comparable * 80)


def test_missing_is_a_level_worth_nothing() -> None:
    """A side that said nothing is named, and earns nothing."""
    said = explained(SECRET, {"email": SECRET["email"]})

    missing = [item for item in said.evidence if item.level == "missing"]
    assert [item.field for item in missing] == ["phone", "first_name", "last_name", "company"]
    assert {(item.credit, item.similarity) for item in missing} == {(0.0, None)}


def test_redacted_says_nothing_about_people() -> None:
    """Sentence, redacted table and redacted data hold none of the values."""
    said = explained(SECRET, SECRET)
    open_text = said.table() + json.dumps(said.data())
    redacted = said.sentence + said.table(redact=True) + json.dumps(said.data(redact=True))

    for value in ("zebulon", "quagga", "5550177", "okapi"):
        assert value in open_text
        assert value not in redacted


def test_table_is_aligned() -> None:
    """Every column of the table begins at one place."""
    heading, *rows = explained(SECRET, SECRET).table().splitlines()

    start = heading.index("reason")
    assert all(row[start - 1] == " " and row[start] != " " for row in rows)


def test_below_the_threshold_is_said() -> None:
    """A likeness that is too small to count is told apart from one that counts."""
    said = explained(
        {"email": "a@x.org", "company": "Acme"}, {"email": "a@x.org", "company": "Abc"}
    )

    (company,) = (item for item in said.evidence if item.field == "company")
    assert company.credit == 0
    assert company.reason.endswith("below the threshold")


def test_too_little_to_compare_is_said() -> None:
    """What only too little to compare kept from being definite says so: phones may be shared."""
    said = explained({"phone": "415 555 0177"}, SECRET)

    lacking = "too little could be compared (20 of the 30 points needed)"
    assert said.outcome is Outcome.POTENTIAL
    assert said.sentence.endswith(f"company; {lacking}.")
    assert said.table().endswith(f"held back: {lacking}")
    assert said.data()["heldBack"] == lacking


def test_enough_to_compare_is_not_spoken_of() -> None:
    """A pair that falls short besides, or is definite, says nothing of how much was compared."""
    near = {"email": "other@quagga.example", "first_name": "Zebulon", "last_name": "Quagga"}
    for said in (explained(SECRET, SECRET), explained(near, SECRET), explained({}, SECRET)):
        assert "too little" not in said.sentence + said.table()
        assert said.data()["heldBack"] is None


def test_a_judgement_needs_no_evidence() -> None:
    """Where somebody asserted that two are one, it no longer matters how little was compared."""
    asked, stored = MODEL.record({"phone": SECRET["phone"]}), MODEL.record(SECRET)
    match = bound(MODEL.compare(asked, stored), Judgement.SAME)

    assert explain(MODEL.scorecard, match).held_back is None


def test_bits() -> None:
    """On the bits scale each level has its own name and worth, and the sum is a probability."""
    model = Model(
        name="guests",
        fields=[Field("email", "email")],
        comparisons=[
            Comparison(
                "email",
                levels=[Level(at_least=1, bits=10, label="equal"), Level(at_least=0, bits=-5)],
            )
        ],
        thresholds=Thresholds(0.2, 0.9),
        scale="bits",
        prior=0.5,
    )
    same = model.record({"email": "a@x.org"})
    said = explain(model.scorecard, model.compare(same, same))
    other = explain(model.scorecard, model.compare(same, model.record({"email": "b@x.org"})))

    assert (said.score, said.evidence[0].level, said.outcome) == (10, "equal", Outcome.DEFINITE)
    assert said.sentence.startswith("Definite match (+10.0 bits, probability 0.999)")
    assert (other.score, other.outcome) == (-5, Outcome.NO_MATCH)


VALUES = st.fixed_dictionaries({}, optional={name: st.text(max_size=12) for name in SECRET})


@given(VALUES, VALUES)
def test_every_pair_can_be_explained(left: dict[str, object], right: dict[str, object]) -> None:
    """Whatever two records say, there is a sentence, a table, and data that are JSON."""
    said = explained(left, right)

    assert said.sentence.endswith(".")
    assert len(said.rows()) == 2 + len(MODEL.comparisons)
    json.dumps(said.data())
