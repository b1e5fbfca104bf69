from __future__ import annotations

import datetime as dt
import re
import time
import unicodedata
from decimal import Decimal
from enum import Enum, StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.normalise import normalise_column
from have_we_met.normalise.text import clean, compose, fold, fold_unicode, is_apostrophe

anything = st.one_of(
    st.text(),
    st.binary(),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.complex_numbers(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.uuids(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.integers()),
    st.characters(categories=["Cs"]),
)


class Colour(Enum):
    RED = "red"


class Loud(StrEnum):
    RED = "red"

    def __str__(self) -> str:
        return "RED!"


class Shouted(str):
    def __str__(self) -> str:
        return self.upper()


class Broken(int):
    def __str__(self) -> str:
        raise RuntimeError("cannot print")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Ada\tLovelace\n", "Ada\tLovelace"),
        ("A\x00d\x1fa\x7f", "Ada"),
        ("\ud800Ada\udfff", "Ada"),
        ("\u202a+49 30 1234\u202c", "+49 30 1234"),
        ("\ufeffAda\u200b", "Ada"),
        ("گل\u200cرخ", "گل\u200cرخ"),
        (" \u3000\xa0 ", None),
        ("", None),
        ("\x00", None),
        (None, None),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (1e16, "1e+16"),
        (Decimal("1.50"), "1.50"),
        (True, "True"),
        (float("nan"), None),
        (Decimal("sNaN"), None),
        (dt.date(1985, 3, 4), "1985-03-04"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Colour.RED, "red"),
        (Loud.RED, "red"),
        (Shouted("red"), "red"),
        ("Zoë".encode(), "Zoë"),
        (b"\xff", None),
        (["Ada"], None),
        ({}, None),
        (object(), None),
    ],
)
def test_clean(value, expected):
    """A single value becomes its text, what nobody sees goes, and all else says nothing."""
    assert clean(value) == expected


def test_clean_of_what_cannot_be_written():
    """A number with too many digits, or a class that fails to print itself, says nothing."""
    assert clean(10**5000) is None
    assert clean(Broken(1)) is None


@given(anything)
def test_clean_is_clean(value):
    """Cleaning never raises, is idempotent, and leaves something to read or nothing at all."""
    text = clean(value)

    if text is not None:
        assert clean(text) == text
        assert text
        assert text == text.strip()
        assert not re.search("[\x00-\x08\x7f\ud800-\udfff]", text)
        text.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jean-Luc", "jean luc"),
        ("a_b/c.d,e", "a b c d e"),
        ("O'Brien O’Brien O´Brien O`Brien OʼBrien", "obrien obrien obrien obrien obrien"),
        ("צה״ל", "tshl"),
        ("Straße", "strasse"),
        ("ŁØÐÞÆŒ", "lodthaeoe"),
        ("e\u0301", "e"),
        ("İstanbul ısı", "istanbul isi"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("١٢٣ ४५", "123 45"),
        ("№5 ½ ②", "no5 1 2 2"),
        ("小龙", "xiaolong"),
        ("李 小龙", "li xiaolong"),
        ("張", "zhang"),
        ("张", "zhang"),
        ("\U0002a700", "u2a700"),
        ("ジョン", "jiyon"),
        ("김민수", "gimminsu"),
        ("Владимир Ильич", "vladimir ilich"),
        ("راب\u200cح", "rabh"),
        ("soft\xadhyphen", "softhyphen"),
        ("Ada 😀 Lovelace", "ada lovelace"),
        ("a\x00b\tc", "ab c"),
        ("!?", ""),
        ("", ""),
    ],
)
def test_fold(text, expected):
    """Text of every script becomes small Latin letters, digits and single spaces."""
    assert fold(text) == expected


@given(st.text())
def test_folding_twice_is_folding_once(text):
    """Folded text folds to itself, and holds nothing but letters, digits and single spaces."""
    folded = fold(text)

    assert fold(folded) == folded
    assert re.fullmatch("(?:[a-z0-9]+(?: [a-z0-9]+)*)?", folded)


@given(st.text(st.characters(max_codepoint=127)))
def test_short_cut_for_ascii(text):
    """The short cut for ASCII gives what the long road gives."""
    assert fold(text) == fold_unicode(text)


@given(st.text(), st.text())
def test_words_fold_by_themselves(left, right):
    """Words do not change each other: text folds as its words do."""
    assert fold(f"{left} {right}") == f"{fold(left)} {fold(right)}".strip()


def test_no_letter_of_a_living_script_is_lost():
    """A letter of the scripts that people sign with folds to something, the hard sign apart."""
    blocks = [(0x41, 0x17F), (0x391, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA), (0x905, 0x939)]
    blocks += [(0x3041, 0x3096), (0x30A1, 0x30FA), (0x3400, 0x9FA5), (0xAC00, 0xD7A3)]
    letters = [chr(code) for start, end in blocks for code in range(start, end + 1)]

    silent = {letter for letter in letters if letter.isalpha() and not fold(letter)}
    assert silent == set("ЪЬъь")


def test_every_apostrophe_vanishes():
    """No apostrophe parts a word."""
    apostrophes = [chr(code) for code in range(0x10000) if is_apostrophe(chr(code))]

    assert {fold(f"O{apostrophe}Brien") for apostrophe in apostrophes} == {"obrien"}
    assert "’" in apostrophes
    assert '"' not in apostrophes


@pytest.mark.parametrize("marks", ["\u0300\u0316", "\uff9e\u0316", "\u0f73", "\u0344\u0316"])
def test_marks_without_end_cost_no_time(marks):
    """A letter with 200,000 marks is folded at once, and not in half a minute."""
    started = time.perf_counter()
    fold("a" + marks * (200_000 // len(marks)))

    assert time.perf_counter() - started < 2


def test_long_text_is_composed_like_short_text():
    """The length of a text does not change how its letters are composed."""
    text = "e\u0301 ﬁ 각 ｶﾞ "

    assert compose(text * 100) == unicodedata.normalize("NFKC", text * 100)


def test_a_column_is_normalised_value_by_value():
    """A column gives what its values give, each distinct text worked out once."""
    seen: list[object] = []

    def spelled(value: object) -> str | None:
        seen.append(value)
        return clean(value)

    assert normalise_column(spelled, ["a", "b", "a", None, None]) == ["a", "b", "a", None, None]
    assert seen == ["a", "b", None]


def test_a_column_keeps_equal_values_apart_that_are_written_differently():
    """1, True and 1.0 are equal in Python, as are 1.0 and 1.00, and are written differently."""
    values = [1, True, Decimal("1.0"), Decimal("1.00"), 0.5, ["x"]]

    assert normalise_column(clean, values) == ["1", "True", "1.0", "1.00", "0.5", None]
