from __future__ import annotations

import itertools
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from have_we_met.normalise import NORMALISERS
from have_we_met.normalise.string import StringNormaliser

OPTIONS = ("case", "accents", "punctuation", "alphanumeric", "numeric")
NORMALISERS_OF_TEXT = [
    StringNormaliser(**dict(zip(OPTIONS, chosen, strict=True)))
    for chosen in itertools.product([False, True], repeat=len(OPTIONS))
    if not (chosen[2] and (chosen[3] or chosen[4]))
]
pieces = [
    "AT&T",
    "I.B.M.",
    "S.p.A",
    "É",
    "e",
    "\u0301",
    "ﬁ",
    "ß",
    "İ",
    "ΐ",
    "’",
    "'",
    "＆",
    "北京",
    "½",
]
texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from([*pieces, " ", ".", "-", "a.b", "ẞ", "ͅ", "ᾳ", "Ǆ"])).map("".join),
    st.text(string.ascii_letters + string.digits + " &.'-,/éÉüß"),
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Acme", "acme"),
        ("  ACME   Corp. ", "acme corp"),
        ("Acme, Inc.", "acme inc"),
        ("AT&T", "at and t"),
        ("AT & T", "at and t"),
        ("Johnson ＆ Johnson", "johnson and johnson"),
        ("Johnson and Johnson", "johnson and johnson"),
        ("I.B.M.", "ibm"),
        ("I.B.M", "ibm"),
        ("J.P. Morgan", "jp morgan"),
        ("Fiat S.p.A.", "fiat spa"),
        ("John F.Kennedy", "john f kennedy"),
        ("St.Gallen", "st gallen"),
        ("Haus Bo.C", "haus bo c"),
        ("McDonald’s", "mcdonalds"),
        ("7-Eleven", "7 eleven"),
        ("3M", "3m"),
        ("Toys “R” Us", "toys r us"),
        ("Société Générale", "societe generale"),
        ("Łódź Söhne GmbH", "lodz sohne gmbh"),
        ("北京大学", "beijingdaxue"),
        ("Газпром", "gazprom"),
        ("삼성전자", "samseongjeonja"),
        (12, "12"),
        (None, None),
        ("  ", None),
        ("!!!", None),
        ([], None),
    ],
)
def test_default(raw, expected):
    """Text folds to letters, digits and single spaces; "&" is read, initials are joined."""
    assert StringNormaliser()(raw) == expected


@pytest.mark.parametrize(
    ("option", "raw", "expected"),
    [
        ("case", "Acme Łódź AT&T", "Acme Lodz AT and T"),
        ("case", "ACME", "ACME"),
        ("accents", "Café Łódź 北京", "café łódź 北京"),
        ("accents", "e\u0301", "é"),
        ("punctuation", " AT&T,  I.B.M. ", "at&t, i.b.m."),
        ("punctuation", "“Łódź”", '"lodz"'),
        ("alphanumeric", "AB-12 3", "ab123"),
        ("alphanumeric", "ab 12", "ab12"),
        ("alphanumeric", "É 北京", "ebeijing"),
        ("numeric", "AB-12 3", "123"),
        ("numeric", "١٢٣ ４", "1234"),
        ("numeric", "②³", "23"),
        ("numeric", "none", None),
        ("numeric", "\U0002a700", None),
    ],
)
def test_options(option, raw, expected):
    """Each option keeps or drops what it says."""
    assert StringNormaliser(**{option: True})(raw) == expected


def test_options_together():
    """Options add up."""
    normaliser = StringNormaliser(case=True, accents=True, punctuation=True)

    assert normaliser(" Café  & Łódź ") == "Café & Łódź"


@pytest.mark.parametrize("normaliser", NORMALISERS_OF_TEXT, ids=repr)
@settings(max_examples=50, deadline=None)
@given(text=texts)
def test_laws(normaliser, text):
    """Twice is once, and the short cut agrees with the long road."""
    result = normaliser(text)

    assert result == normaliser.full(text)
    if result is not None:
        assert result
        assert normaliser(result) == result
        assert "  " not in result


@settings(max_examples=200)
@given(texts)
def test_alphabet(text):
    """By default nothing but small Latin letters, digits and single spaces is left."""
    result = StringNormaliser()(text)

    assert result is None or re.fullmatch("[a-z0-9]+(?: [a-z0-9]+)*", result)


@given(st.one_of(st.binary(), st.floats(), st.integers(), st.dates(), st.booleans(), st.none()))
def test_never_raises(value):
    """Whatever stands in the field, there is an answer."""
    for normaliser in NORMALISERS_OF_TEXT:
        assert isinstance(normaliser(value), str | None)


def test_options_are_checked():
    """Unknown and contradicting options are refused; the type is in the registry."""
    with pytest.raises(ValidationError):
        StringNormaliser(upper=True)
    with pytest.raises(ValidationError, match="punctuation cannot be kept"):
        StringNormaliser(punctuation=True, alphanumeric=True)
    assert NORMALISERS["string"] is StringNormaliser
