"""Measures on sound: published codes, the naive Soundex as oracle, and values without sound."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from have_we_met.compare import DoubleMetaphone, Metaphone, Nysiis, Soundex, phonetic
from have_we_met.compare.nysiis import nysiis, nysiis_in_full

_LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", max_size=9)
_TRICKY = st.text("aeihwkmnscphvtdr", min_size=1, max_size=8)
some = settings(max_examples=400, deadline=None)

every_measure = pytest.mark.parametrize(
    "measure", [Soundex(), Metaphone(), DoubleMetaphone(), Nysiis()]
)


def naive_soundex(name: str) -> str:
    """The rules of the National Archives, one after the other."""
    digits = {}
    for digit, members in enumerate(["bfpv", "cgjkqsxz", "dt", "l", "mn", "r"], start=1):
        digits.update(dict.fromkeys(members, str(digit)))
    if not name:
        return ""
    code, last = name[0].upper(), digits.get(name[0])
    for letter in name[1:]:
        digit = digits.get(letter)
        if digit and digit != last:
            code += digit
        if letter not in "hw":
            last = digit
    return (code + "000")[:4]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("robert", "R163"),
        ("rupert", "R163"),
        ("ashcraft", "A261"),  # H and W between two letters of one digit do not part them.
        ("ashcroft", "A261"),
        ("tymczak", "T522"),  # A vowel does.
        ("pfister", "P236"),
        ("honeyman", "H555"),
        ("jackson", "J250"),
        ("gutierrez", "G362"),
        ("vandeusen", "V532"),
        ("lee", "L000"),
        ("washington", "W252"),
        ("o'brien", "O165"),
        ("", ""),
        ("123", ""),
        ("李", ""),
    ],
)
def test_soundex_codes(name, code):
    """The examples of the National Archives and of Knuth."""
    assert phonetic.soundex(name) == code


@some
@given(_LETTERS)
def test_soundex_oracle(name):
    """The fast code is the naive one."""
    assert phonetic.soundex(name) == naive_soundex(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("brown", "BRAN"),
        ("braun", "BRAN"),
        ("mackenzie", "MCANSY"),
        ("macintosh", "MCANT"),
        ("knuth", "NAT"),
        ("phil", "FAL"),
        ("pfister", "FASTAR"),
        ("schmidt", "SNAD"),
        ("bishop", "BASAP"),
        ("john", "JAN"),
        ("lawson", "LASAN"),
        ("willis", "WAL"),
        ("montgomery", "MANTGANARY"),
        ("stevens", "STAFAN"),
        ("nguyen", "NGAYAN"),
        ("o", "O"),
        ("s", "S"),
        ("", ""),
    ],
)
def test_nysiis_codes(name, code):
    """Codes worked out by the rules; Brown as in the tests of Apache Commons Codec."""
    assert nysiis(name) == nysiis_in_full(name) == code


@some
@given(st.one_of(_LETTERS, _TRICKY))
@example("stoevesandt")
@example("brown")
@example("knt")
@example("lozhkin")
@example("ehlers")
@example("pietschsohn")
@example("bashhar")
def test_nysiis_fast(name):
    """The fast road gives the codes of the full one, in small letters and in capitals."""
    assert nysiis(name) == nysiis_in_full(name) == nysiis(name.upper())


@pytest.mark.parametrize(
    ("measure", "left", "right", "alike"),
    [
        (Soundex(), "robert", "rupert", True),
        (Soundex(), "jackson", "johnson", False),
        (Metaphone(), "knight", "night", True),
        (Metaphone(), "wright", "right", True),
        (Metaphone(), "thomas", "tomas", False),
        (Metaphone(), "katherine", "catherine", True),
        (DoubleMetaphone(), "smith", "schmidt", True),
        (DoubleMetaphone(), "jose", "hose", True),
        (DoubleMetaphone(), "xavier", "javier", False),
        (DoubleMetaphone(), "thumb", "robert", False),
        (DoubleMetaphone(), "aggie", "jack", False),  # Their second codes alone are equal.
        (Nysiis(), "brown", "braun", True),
        (Nysiis(), "philip", "filip", True),
        (Nysiis(), "kowalski", "kovalski", False),
        (Soundex(), "o'brien", "obrien", True),
        (Soundex(), "mary ann", "maryann", True),
    ],
)
def test_same_sound(measure, left, right, alike):
    """Names that sound alike are 1, others 0."""
    assert measure.one_to_many(left, [right]).tolist() == [float(alike)]
    assert measure.one_to_many(right, [left]).tolist() == [float(alike)]
    assert measure.pairs([left, right], [right, left]).tolist() == [float(alike)] * 2
    assert measure.describe(left, right, float(alike))[0] == (
        "same_sound" if alike else "different"
    )


@every_measure
def test_values_without_sound(measure):
    """Two names without a code are alike only where they are equal."""
    others = ["李", "王", "12", "", None, "lee"]

    assert measure.one_to_many("李", others).tolist()[:4] == [1.0, 0.0, 0.0, 0.0]
    assert measure.one_to_many("12", ["12", "13", "李"]).tolist() == [1.0, 0.0, 0.0]
    assert measure.pairs(["Иван", "Иван"], ["Пётр", "Иван"]).tolist() == [0.0, 1.0]
    assert measure.pairs(["", "", "="], ["", "=", "lee"]).tolist() == [1.0, 0.0, 0.0]


@every_measure
def test_one_code_is_no_agreement_with_text(measure):
    """A value without sound never meets the code of one that sounds."""
    assert measure.one_to_many("163", ["robert"]).tolist() == [0.0]
    assert measure.one_to_many("0", ["th"]).tolist() == [0.0]
