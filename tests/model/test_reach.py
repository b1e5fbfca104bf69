"""What nobody beyond an over-full key's limit could score: a bound that no record breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import Key, Model, Outcome, preset

from .guests import bits, guests

CONTACTS = preset("contacts")
MODELS = {
    "points": CONTACTS,
    "guests": guests(),
    "bits": bits(minimum_evidence=0),
    "bits, of which a difference says something": bits(
        comparisons=[
            {"field": "email", "levels": [{"at_least": 1, "bits": 12}, {"at_least": 0, "bits": 9}]},
            {"field": "first_name", "levels": [{"at_least": 0.9, "bits": 4}]},
        ]
    ),
}
TEXTS: dict[str, list[str | None]] = {
    "email": ["ada@example.org", "ada@example.com", "lee@example.org", None],
    "phone": ["+1 212 555 0147", "+1 212 555 0148", None],
    "first_name": ["Ada", "Adah", "王秀英", None],
    "last_name": ["Lovelace", "Lovlace", "O'Brien", None],
    "company": ["Harbor Compilers", "Harbor Compiler", "Sakura", None],
    "birth_date": ["1815-12-10", "1815-10-12", None],
    "city": ["London", "Łódź", None],
}
CASES = [
    # who is asked about, the keys that are over-full, and whether that could hide anybody
    ({"email": "lee@harbor.example"}, {"local(email)"}, False),
    ({"email": "lee@harbor.example", "company": "Harbor"}, {"local(email)"}, False),
    ({"email": "lee@harbor.example", "company": "Harbor"}, {"email"}, True),
    ({"email": "lee@harbor.example", "last_name": "Ng"}, {"local(email)"}, False),
    ({"email": "lee@harbor.example", "first_name": "Al", "last_name": "Ng"}, {"NAMES"}, True),
    ({"phone": "+1 212 555 0147"}, {"phone"}, True),
    ({"phone": "+1 212 555 0147", "email": "a@b.example"}, {"local(email)"}, False),
    ({"phone": "+1 212 555 0147", "email": "a@b.example"}, {"local(email)", "phone"}, True),
]


def places(model: Model, names: set[str]) -> set[int]:
    names = {"{called(first_name), called(last_name)}" if n == "NAMES" else n for n in names}
    found = {at for at, key in enumerate(model.all_keys) if str(key) in names}
    assert len(found) == len(names)
    return found


@pytest.mark.parametrize(("asked", "over_full", "could"), CASES)
def test_cases(asked: dict[str, str], over_full: set[str], could: bool) -> None:
    """What could hide somebody, and what could not."""
    values = CONTACTS.record(asked).values

    assert CONTACTS.reach.could_match(values, places(CONTACTS, over_full)) is could


@st.composite
def asked_and_stored(draw: st.DrawFn) -> tuple[Model, Any, Any]:
    model = MODELS[draw(st.sampled_from(sorted(MODELS)))]
    people = st.fixed_dictionaries(
        {name: st.sampled_from(TEXTS[name]) for name in model.field_names}
    )
    return model, draw(people), draw(people)


@given(asked_and_stored(), st.sets(st.integers(0, 4)))
def test_nobody_unseen_is_a_match(case: tuple[Model, Any, Any], over_full: set[int]) -> None:
    """Where no match is said to be possible, nobody is one who shares no key that was read."""
    model, asked, stored = case
    left, right = model.record(asked), model.record(stored)
    read = {key for at, key in model.cut.one(left.values) if at not in over_full}
    seen = not read.isdisjoint(key for _, key in model.cut.one(right.values))

    if not seen and not model.reach.could_match(left.values, over_full):
        assert model.compare(left, right).outcome is Outcome.NO_MATCH


def test_a_measure_that_asks_for_less_is_not_ruled_out() -> None:
    """Where a slip of the keyboard earns something, another spelling may hide."""
    near = [
        replace(one, measure="email") if one.field == "email" else one
        for one in CONTACTS.comparisons
    ]
    model = replace(CONTACTS, comparisons=near)
    values = model.record({"email": "lee@harbor.example"}).values

    assert model.reach.could_match(values, places(model, {"local(email)"}))


def test_an_exact_key_that_is_written_out_too() -> None:
    """An identifier's exact key stands once and in its place, also where the model names it."""
    model = replace(CONTACTS, keys=[Key.parse("phone"), *CONTACTS.keys])

    assert [str(model.all_keys[at]) for at in range(2)] == ["email", "phone"]
    assert not model.reach.could_match(model.record({"phone": "+1 212 555 0147"}).values, {2})
