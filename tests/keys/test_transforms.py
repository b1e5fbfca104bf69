"""What values are filed under."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.keys import TRANSFORMS, Key, compile_keys
from have_we_met.keys.transforms import ALL_TYPES, custom, import_object

CASES = Path(__file__).parent.parent / "cases" / "keys.csv"


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "row", rows(), ids=lambda row: f"{row['key']}:{row['left']}:{row['right']}"
)
def test_two_values_share_a_key_or_not(row: dict[str, str]) -> None:
    """Each row of the table is a judgement: do these two values meet under this key?"""
    key = Key.parse(row["key"])
    cut = compile_keys([key], key.fields)

    left, right = (set(cut.one((row[side] or None,))) for side in ("left", "right"))

    assert bool(left & right) is (row["shared"] == "yes")


def test_every_transform_is_in_the_table_of_cases() -> None:
    """A transform without a judgement call is not understood."""
    tried = {part.name for row in rows() for part in Key.parse(row["key"]).parts}

    assert set(TRANSFORMS) == tried


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["key"])
def test_a_transform_speaks_of_the_types_that_it_is_made_for(row: dict[str, str]) -> None:
    """The table of transforms agrees with the table of cases about the types."""
    (part,) = Key.parse(row["key"]).parts

    assert row["type"] in TRANSFORMS[part.name].says <= ALL_TYPES


@pytest.mark.parametrize("name", TRANSFORMS)
@given(value=st.text(min_size=1))
def test_a_transform_takes_any_text(name: str, value: str) -> None:
    """Whatever a field holds, a transform gives distinct texts and none that is empty."""
    texts = TRANSFORMS[name].make(2)(value)

    assert isinstance(texts, tuple)
    assert len(set(texts)) == len(texts)
    assert name == "identity" or all(texts)


def nothing(value: str) -> None:
    """Says nothing."""


def one(value: str) -> str:
    """Says one thing."""
    return value[::-1]


def several(value: str) -> set[str]:
    """Says several things, one of them empty."""
    return {*value, ""}


@pytest.mark.parametrize(
    ("function", "expected"), [(nothing, ()), (one, ("ba",)), (several, ("a", "b"))]
)
def test_a_function_of_yours_gives_none_one_or_several_texts(
    function: object, expected: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A custom function may return None, a text, or a collection of texts."""
    monkeypatch.setattr("have_we_met.keys.transforms.import_object", lambda path: function)

    assert custom("mine:function")("ab") == expected


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("no_such_package:thing", "cannot import 'no_such_package:thing': No module"),
        ("string:no_such_thing", "cannot import 'string:no_such_thing': .* no attribute"),
        ("string:", "cannot import 'string:'|'string:' is not a function"),
        ("string:digits", "'string:digits' is not a function"),
    ],
)
def test_a_path_that_leads_nowhere_is_named(path: str, complaint: str) -> None:
    """The sentence names the path and what is wrong with it."""
    with pytest.raises(ValueError, match=complaint):
        custom(path)


def test_a_path_leads_to_a_nested_thing() -> None:
    """What stands behind the colon may have dots."""
    assert import_object("builtins:str.upper") is str.upper
