"""How keys are written."""

from __future__ import annotations

import string
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met import ModelError
from have_we_met.keys import TRANSFORMS, Key, Part

NAMES = st.sampled_from(["email", "first_name", "last_name", "größe", "_x9"])


@st.composite
def parts(draw: st.DrawFn) -> Part:
    transform = draw(st.sampled_from([*TRANSFORMS, "string:capwords"]))
    counted = transform in TRANSFORMS and TRANSFORMS[transform].counted
    return Part(draw(NAMES), transform, draw(st.integers(1, 99)) if counted else None)


ordered = st.builds(Key, st.lists(parts(), min_size=1, max_size=4).map(tuple))
unordered = st.builds(Key, st.lists(parts(), min_size=2, max_size=4).map(tuple), st.just(True))


@given(ordered | unordered)
def test_a_key_reads_back_as_it_is_written(key: Key) -> None:
    """str() and parse() are each other's inverse, and such a key has no problem."""
    assert Key.parse(str(key)) == key
    assert key.problem is None
    assert [part.problem for part in key.parts] == [None] * len(key.parts)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("email", "email"),
        ("  identity( email ) ", "email"),
        ("soundex(a)+first(b,1)", "soundex(a) + first(b, 1)"),
        ("{ a ,first( b , 2 ) }", "{a, first(b, 2)}"),
        ("string:capwords(a)", "string:capwords(a)"),
        ("builtins:str.split(a) + b", "builtins:str.split(a) + b"),
    ],
)
def test_space_does_not_matter(text: str, written: str) -> None:
    """There is one way in which an expression is written."""
    assert str(Key.parse(text)) == written


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "cannot read the key '': expected a field or transform(field) at ''"),
        ("soundex(", "cannot read the key 'soundex(': expected '+' at '('"),
        ("soundex()", "cannot read the key 'soundex()': expected '+' at '()'"),
        ("a b", "cannot read the key 'a b': expected '+' at 'b'"),
        ("a +", "cannot read the key 'a +': expected a field or transform(field) at ''"),
        ("{a}", "cannot read the key '{a}': braces need two parts or more"),
        ("{a, b", "cannot read the key '{a, b': expected a field or transform(field) at '{a, b'"),
        ("{a + b}", "cannot read the key '{a + b}': expected ',' at '+ b'"),
        ("a, b", "cannot read the key 'a, b': expected '+' at ', b'"),
        ("first(a, -1)", "cannot read the key 'first(a, -1)': expected '+' at '(a, -1)'"),
    ],
)
def test_what_is_no_key_is_refused(text: str, complaint: str) -> None:
    """The sentence quotes the expression and the place."""
    with pytest.raises(ModelError) as caught:
        Key.parse(text)

    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (Part("a", "soundx"), "no transform 'soundx' (did you mean 'soundex'?)"),
        (Part("a", "first"), "first() needs a number of characters: first(a, 3)"),
        (Part("a", "first", 0), "first() needs a number of characters: first(a, 3)"),
        (Part("a", "soundex", 3), "soundex() takes no number"),
        (Part("a", "identity", 3), "identity() takes no number"),
        (Part("a", "string:capwords", 3), "string:capwords() takes no number"),
        (Part("a", "string:digits"), "'string:digits' is not a function"),
    ],
)
def test_a_part_says_what_is_wrong_with_it(part: Part, problem: str) -> None:
    """A part can be written that cannot be cut; it says why."""
    assert part.problem == problem


def test_keys_made_by_hand_have_problems_too() -> None:
    """What cannot be written can still be made."""
    assert Key(()).problem == "a key needs a part"
    assert Key((Part("a"),), unordered=True).problem == "braces need two parts or more"


def test_a_function_is_known_by_its_path() -> None:
    """A function and its import path make equal parts."""
    part = Part("a", string.capwords)

    assert part == Part("a", "string:capwords")
    assert str(part) == "string:capwords(a)"


@pytest.mark.parametrize("function", [lambda value: value, partial(string.capwords, sep=".")])
def test_a_function_without_a_path_is_a_problem(function: object) -> None:
    """What no other process can import cannot be a key."""
    problem = Part("a", function).problem  # type: ignore[arg-type]

    assert problem is not None
    assert problem.endswith("cannot be imported: use a function at the top of a module")
