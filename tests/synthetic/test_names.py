from __future__ import annotations

import sys

import numpy as np
import pytest
from faker.providers.person import en_GB
from hypothesis import example, given
from hypothesis import strategies as st

from have_we_met.errors import MissingExtra
from have_we_met.synthetic.faker_names import LANGUAGES, faker_names
from have_we_met.synthetic.names import SEXES, Codes, Lists, Names, Words, code

TEXTS = st.lists(st.text("abcxyz._", max_size=12), min_size=1, max_size=20)


@given(TEXTS, TEXTS)
def test_codes_join_as_texts_do(left: list[str], right: list[str]) -> None:
    """The code of a text made of two is made of their codes."""
    pairs = list(zip(left, right, strict=False))
    expected = Codes.of([a + b for a, b in pairs])

    joined = Codes.of([a for a, _ in pairs]).join(Codes.of([b for _, b in pairs]))

    assert expected.number.tolist() == joined.number.tolist()
    assert expected.factor.tolist() == joined.factor.tolist()


def test_codes_tell_texts_apart() -> None:
    """No two of the first names' Latin spellings have one code."""
    spellings = set(faker_names().first.full.text.tolist())

    assert len(spellings) == len({code(text) for text in spellings})


@given(st.integers(0, 3), st.floats(0.0, 1.0, exclude_max=True))
@example(1, 1 - 2**-53)
def test_a_draw_stays_in_its_group(few_names: Names, group: int, roll: float) -> None:
    """Whatever the roll, a name comes from the list of the person's language and sex."""
    words = few_names.first
    first_row = 0 if group == 0 else int(words.last_row[group - 1]) + 1

    row = int(words.pick(np.array([group]), np.array([roll]))[0])

    assert first_row <= row <= words.last_row[group]


def test_names_are_drawn_by_weight() -> None:
    """A name with three quarters of the weight has three quarters of the rolls."""
    words = Words.of([{"Day": 3.0, "Fox": 1.0}] * 2, [{}, {}])
    rolls = np.arange(1000) / 1000

    rows = words.pick(np.ones(1000, np.int64), rolls)

    assert words.text[rows].tolist().count("Day") == 750


def test_a_name_without_letters_is_nobodys() -> None:
    """What leaves nothing in ASCII letters cannot be drawn."""
    group = {"!?": 1.0, "Bo": 1.0}
    names = Names.of([Lists("en", 1.0, group, group, group, group)])

    assert set(names.first.text) == set(names.last.text) == {"Bo"}


def test_every_name_can_stand_in_an_address() -> None:
    """Every name of every script has a spelling of ASCII letters alone."""
    names = faker_names()
    spellings = [*names.first.full.text, *names.last.full.text]

    assert all(s and s.isascii() and s.isalpha() and s.islower() for s in spellings)


def test_spellings_are_those_of_the_language() -> None:
    """One sign is read as Japanese in Japan and as Chinese in China."""
    names = faker_names()
    read = {
        (language, text): spelled
        for language in ("ja_JP", "zh_TW")
        for text, spelled in zip(*_surnames(names, language), strict=True)
    }

    assert read["ja_JP", "林"] == "hayashi"
    assert read["zh_TW", "林"] == "lin"


def test_russian_families_have_a_form_for_each_sex() -> None:
    """Row for row, the surnames of men and women are of one family."""
    men, women = (_surnames(faker_names(), "ru_RU", sex)[0] for sex in range(len(SEXES)))

    assert ("Иванов", "Иванова") in list(zip(men, women, strict=True))
    assert all(man[:-2] == woman[: len(man) - 2] for man, woman in zip(men, women, strict=True))


def test_no_placeholder_stands_for_a_missing_list() -> None:
    """A language without a list of its own would be full of people called Doe."""
    names = faker_names()
    groups = [_surnames(names, language.name)[0] for language in LANGUAGES]

    assert len(LANGUAGES) == len(names.languages)
    assert all(len(group) >= 10 for group in groups)
    assert not any("Doe" in group for group in groups)


def test_weights_are_those_of_the_lists() -> None:
    """Where Faker knows how common a British surname is, so do we."""
    names = faker_names()
    weights = en_GB.Provider.last_names
    first = int(names.last.last_row[names.languages.index("en_GB") * len(SEXES) - 1]) + 1
    smith, jones = (first + list(weights).index(name) for name in ("Smith", "Jones"))
    share = np.diff(names.last.running)

    assert share[smith - 1] / share[jones - 1] == pytest.approx(weights["Smith"] / weights["Jones"])


def test_fingerprint_changes_with_the_lists(few_names: Names) -> None:
    """Two sets of names have two fingerprints, and one set keeps its own."""
    assert few_names.fingerprint != faker_names().fingerprint
    assert faker_names().fingerprint == faker_names.__wrapped__().fingerprint


def test_missing_faker_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Faker, the error says which extra brings it."""
    monkeypatch.setitem(sys.modules, "faker.providers.person.en_US", None)

    with pytest.raises(MissingExtra, match=r"have-we-met\[demo\]"):
        faker_names.__wrapped__()


def _surnames(names: Names, language: str, sex: int = 0) -> tuple[list[str], list[str]]:
    """The surnames of a language and their spellings."""
    group = names.languages.index(language) * len(SEXES) + sex
    last_row = names.last.last_row
    rows = slice(0 if group == 0 else last_row[group - 1] + 1, last_row[group] + 1)
    return names.last.text[rows].tolist(), names.last.full.text[rows].tolist()
