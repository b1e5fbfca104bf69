"""Models as TOML, and their fingerprints."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.guests import BITS, GUESTS, bits, guests

from have_we_met import Contradiction, Field, Key, Level, Model, ModelError, Thresholds, preset
from have_we_met.keys import Part
from have_we_met.model import PRESETS

words = st.text("abcdefg ", min_size=1).filter(str.strip) | st.just('"quoted" \\ ñ \n line')
numbers = st.floats(0.01, 0.9)


def contradictions(below: float) -> list[Contradiction]:
    return [Contradiction(given="phone", below=below)]


changes = st.fixed_dictionaries(
    {},
    optional={
        "name": words,
        "table": words,
        "minimum_evidence": numbers,
        "key_limit": st.integers(1, 10**6),
        "prior": numbers,
        "require_any": st.just(["phone"]),
        "contradictions": st.just([]) | numbers.map(contradictions),
        "keys": st.just([]) | st.just([Key((Part("phone", string.capwords), Part("email")), True)]),
        "fields": words.map(lambda alias: [Field("born", "date", alias=alias), *guests().fields]),
    },
)  # fmt: skip


@given(changes, st.booleans())
def test_a_model_reads_back_as_it_was_written(changes: dict[str, Any], in_bits: bool) -> None:
    """TOML keeps every setting, so the model, its hash and its fingerprints are the same."""
    model = Model(**((BITS if in_bits else GUESTS) | changes))

    again = Model.from_toml(model.to_toml())

    assert again == model
    assert hash(again) == hash(model)
    assert (again.fingerprint, again.index_fingerprint) == (
        model.fingerprint,
        model.index_fingerprint,
    )


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_reads_back_as_it_was_written(name: str) -> None:
    """Whoever starts from a preset has it as a file."""
    model = preset(name, region="GB")

    assert Model.from_toml(model.to_toml()) == model


def test_a_model_is_loaded_from_a_file(tmp_path: Path) -> None:
    """A byte order mark, which some editors write, does no harm."""
    file = tmp_path / "guests.toml"
    file.write_text(guests().to_toml(), "utf-8-sig")

    assert Model.load(file) == guests()
    assert Model.load(str(file)) == guests()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\nfields = [\n', "end of document: no TOML: "),
        ('name = "x"\nname = "y"\n', "line 2, column 11: no TOML: "),
        ("name = x\n", "line 1, column 8: no TOML: "),
    ],
)
def test_what_is_no_toml_is_named_by_its_line(text: str, said: str) -> None:
    """A slip of the pen is found by line and column."""
    with pytest.raises(ModelError) as caught:
        Model.from_toml(text)

    assert str(caught.value).startswith(said)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """A file in another encoding is not guessed at."""
    file = tmp_path / "guests.toml"
    file.write_bytes("name = 'Gäste'".encode("latin-1"))

    with pytest.raises(ModelError, match="no TOML: byte 9 is not UTF-8"):
        Model.load(file)


def test_a_file_that_is_not_there_is_the_systems_to_report(tmp_path: Path) -> None:
    """The path is in the message."""
    with pytest.raises(FileNotFoundError, match="absent"):
        Model.load(tmp_path / "absent.toml")


def test_settings_that_are_usual_are_not_written() -> None:
    """A file says what is particular about a model."""
    text = guests().to_toml()

    assert "key_limit" not in text
    assert "alias" not in text
    assert "threshold = 0.85" in text


FIRST, *OTHERS = GUESTS["comparisons"]
EMAIL, *FIELDS = guests().fields

# what is changed, and whether stored values and keys must be cut anew
CHANGES: list[tuple[dict[str, Any], bool]] = [
    ({"name": "others"}, False),
    ({"table": "others"}, False),
    ({"comparisons": [{**FIRST, "weight": 31}, *OTHERS]}, False),
    ({"comparisons": GUESTS["comparisons"][::-1]}, False),
    ({"thresholds": Thresholds(15, 46)}, False),
    ({"minimum_evidence": 1}, False),
    ({"contradictions": []}, False),
    ({"require_any": []}, False),
    ({"key_limit": 65}, False),
    ({"prior": 0.01}, False),
    ({"fields": [replace(EMAIL, alias="mail"), *FIELDS]}, False),
    ({"fields": [replace(EMAIL, options={"gmail_dots": True}), *FIELDS]}, True),
    ({"fields": [*guests().fields, Field("town", "string")]}, True),
    ({"fields": [EMAIL, *FIELDS[:2], Field("birth_date", "string"), FIELDS[3]]}, True),
    ({"fields": guests().fields[::-1]}, True),
    ({"keys": [*GUESTS["keys"], "letter(first_name)"]}, True),
    ({"keys": GUESTS["keys"][:1]}, True),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "cut_anew"), CHANGES)
def test_fingerprints_tell_what_changed(changes: dict[str, Any], cut_anew: bool) -> None:
    """Every setting changes the fingerprint; only what is stored changes that of the index."""
    before, after = guests(), guests(**changes)

    assert after.fingerprint != before.fingerprint
    assert (after.index_fingerprint != before.index_fingerprint) is cut_anew


def test_a_new_version_of_the_normalisers_asks_for_a_new_index(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Values that an older version stored are not compared with those of a newer one."""
    before = guests().index_fingerprint

    monkeypatch.setattr("have_we_met.model.fingerprint.NORMALISE_VERSION", 0)

    assert guests().index_fingerprint != before


def test_whole_and_broken_numbers_are_one_number() -> None:
    """30 and 30.0 are the same weight, and give the same fingerprint."""
    assert guests(minimum_evidence=30).fingerprint == guests(minimum_evidence=30.0).fingerprint


def test_levels_are_part_of_the_fingerprint() -> None:
    """On the bits scale what a level is worth is all there is."""
    other = [{"field": "email", "levels": [Level(at_least=1, bits=12.6)]}, BITS["comparisons"][1]]

    assert bits().fingerprint != bits(comparisons=other).fingerprint
