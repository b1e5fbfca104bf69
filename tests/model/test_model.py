"""What a model is and does."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.guests import bits, guests

from have_we_met import Comparison, Field, Key, Level, Record, preset
from have_we_met.compare import Measure
from have_we_met.compare.strings import Exact
from have_we_met.score import score_few


def test_a_model_is_a_frozen_value() -> None:
    """Equal settings are an equal model, given as tables or as parts; nothing changes it."""
    parts = guests(
        fields=(
            Field("email", "email"),
            Field("phone", "phone", options={"region": "US"}),
            Field("first_name", "name"),
            Field("birth_date", "date"),
            Field("city", "string"),
        ),
        keys=(
            Key.parse("domain(email)+letter(first_name)"),
            Key.parse("year(birth_date)+soundex(first_name)"),
        ),
    )

    assert parts == guests()
    assert hash(parts) == hash(guests())
    assert len({parts, guests(), guests(name="others")}) == 2
    with pytest.raises(FrozenInstanceError):
        parts.name = "others"  # type: ignore[misc]


def test_a_changed_copy_is_checked_and_compiled_anew() -> None:
    """What was compiled for one model is not taken over by its copy."""
    model = guests()
    assert len(model.all_keys) == 4

    assert len(replace(model, keys=()).all_keys) == 2


def test_identifiers_have_exact_keys_first() -> None:
    """Email, phone and identifier fields always have a key of their own; none is there twice."""
    model = guests(
        fields=[*guests().fields, Field("member", "identifier")],
        keys=["city", "phone", "city", "identity(city)"],
    )

    assert [str(key) for key in model.all_keys] == ["email", "phone", "member", "city"]


def test_fields_have_two_spellings() -> None:
    """A field is known by its name and by its alias, which is in camel case unless given."""
    model = guests(fields=[*guests().fields[:4], Field("city", "string", alias="town")])

    assert model.aliases == {
        "email": "email",
        "phone": "phone",
        "first_name": "first_name",
        "firstName": "first_name",
        "birth_date": "birth_date",
        "birthDate": "birth_date",
        "city": "city",
        "town": "city",
    }
    assert [model.position(name) for name in ("email", "city")] == [0, 4]


def test_a_record_is_read_by_either_spelling() -> None:
    """Values stand in the order of the fields; what is no field stays in raw."""
    raw = {"birthDate": "1815-12-10", "firstName": " Ada ", "email": "ADA@Example.com", "x": 3}

    record = guests().record(raw, id=7)

    assert record == Record(
        raw={"birth_date": "1815-12-10", "first_name": " Ada ", "email": "ADA@Example.com", "x": 3},
        values=("ada@example.com", None, "ada", "1815-12-10", None),
        id=7,
    )


@pytest.mark.parametrize("spellings", [("firstName", "first_name"), ("first_name", "firstName")])
def test_where_both_spellings_are_given_the_name_counts(spellings: tuple[str, str]) -> None:
    """The order in which a caller writes them does not matter."""
    raw = {spelling: spelling for spelling in spellings}

    assert guests().by_name(raw) == {"first_name": "first_name"}


def test_a_record_does_not_change_with_what_it_was_made_of() -> None:
    """Raw values are the caller's no more."""
    raw: dict[str, object] = {"email": "ada@example.com"}
    record = guests().record(raw)

    raw["email"] = "charles@example.com"

    assert record.raw == {"email": "ada@example.com"}


anything = (
    st.none()
    | st.text(max_size=12)
    | st.integers()
    | st.floats()
    | st.dates()
    | st.binary(max_size=6)
    | st.sampled_from(["ada@example.com", "(415) 555-0132", "Ada", "10 Dec 1815"])
)


@given(st.lists(st.tuples(anything, anything, anything, anything), max_size=6))
def test_columns_are_read_as_one_record_at_a_time(rows: list[tuple[object, ...]]) -> None:
    """A column of records has the same values as each record alone, whatever it holds."""
    model = guests()
    names = ("email", "phone", "firstName", "birth_date")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}

    by_column = list(zip(*model.columns(columns, len(rows)), strict=True))

    assert by_column == [model.record(dict(zip(names, row, strict=True))).values for row in rows]


def test_a_column_that_is_not_given_is_missing() -> None:
    """Each column has a value, or None, for each record."""
    columns = guests().columns({"email": ["a@b.com", "x"], "other": [1, 2]}, 2)

    assert list(map(list, columns)) == [["a@b.com", None], *[[None] * 2] * 4]


def test_the_total_weight_is_the_best_score() -> None:
    """Points add up; on the bits scale each comparison brings its best level."""
    assert guests().total_weight == 60
    assert bits().total_weight == pytest.approx(12.5 + 6.3219, abs=1e-4)  # log2(0.8 / 0.01)


def test_a_comparison_that_only_speaks_against_adds_nothing() -> None:
    """The most that negative levels can add is nothing."""
    assert Comparison("email", levels=[Level(at_least=0, bits=-3)]).most == 0


def test_the_prior_is_a_probability() -> None:
    """Even odds are no bits, and one in a thousand about ten bits against."""
    assert bits(prior=0.5).prior_bits == 0
    assert bits(prior=0.001).prior_bits == pytest.approx(-9.96, abs=0.01)


def test_a_measure_of_yours_is_known_by_its_path() -> None:
    """A class, or its import path, stands in for the name of a measure."""
    comparisons = [
        Comparison("email", Exact, weight=30),
        Comparison("first_name", "have_we_met.compare.strings:JaroWinkler", weight=10),
    ]
    model = guests(comparisons=comparisons)

    measures: tuple[Measure, ...] = model.measures

    assert [type(measure).__name__ for measure in measures] == ["Exact", "JaroWinkler"]
    assert model.comparisons[0].measure == "have_we_met.compare.strings:Exact"


def test_a_model_travels_to_another_process() -> None:
    """What was compiled stays behind."""
    model = preset("contacts")
    model.record({"email": "ada@example.com"})
    assert model.cut
    assert model.measures

    travelled = pickle.loads(pickle.dumps(model))

    assert travelled == model
    assert travelled.cut.one(("a@b.com",) * 5) == model.cut.one(("a@b.com",) * 5)


def test_a_scorecard_travels_after_it_was_used() -> None:
    """As it does with each answer."""
    model = preset("contacts")
    jo, joe = (model.record({"first_name": name, "last_name": "Li"}) for name in ("Jo", "Joe"))
    before = score_few(model.scorecard, jo.values, [joe.values])
    card = pickle.loads(pickle.dumps(model.scorecard))

    assert card == model.scorecard
    assert str(score_few(card, jo.values, [joe.values])) == str(before)
