"""Cutting keys, one record at a time and by columns."""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.keys import Key, Part, compile_keys
from have_we_met.keys.transforms import Cut

FIELDS = ("email", "first_name", "last_name", "city")
EXPRESSIONS = (
    "email",
    "domain(email)",
    "soundex(last_name) + first(first_name, 1)",
    "{double_metaphone(first_name), double_metaphone(last_name)}",
    "tokens(city)",
    "tokens(city) + tokens(first_name)",
    "{tokens(first_name), tokens(last_name)}",
    "formal(first_name) + letter(last_name) + city",
    "{first_name, last_name, city}",
    "string:capwords(city)",
)
KEYS = tuple(map(Key.parse, EXPRESSIONS))

Values = tuple[str | None, ...]
texts = st.sampled_from(
    ["ada", "bob", "robert", "smith", "schmidt", "smith jones", "a b c", "b a", "ada@x.example"]
) | st.text(st.characters(exclude_categories=()), max_size=8)  # halves of surrogate pairs too
records = st.tuples(*[st.none() | texts for _ in FIELDS])


def slowly(values: Values) -> list[tuple[int, int]]:
    """Cut keys the obviously right way."""
    found = []
    for index, key in enumerate(KEYS):
        said = [values[FIELDS.index(part.field)] for part in key.parts]
        if None in said:
            continue
        cut = [part.cut()(str(value)) for part, value in zip(key.parts, said, strict=True)]
        joined = {tuple(sorted(one) if key.unordered else one) for one in product(*cut)}
        for one in joined:
            whole = "\x1f".join([str(key), *one]).encode("utf-8", "surrogatepass")
            digest = blake2b(whole, digest_size=8).digest()
            found.append((index, int.from_bytes(digest, "little", signed=True)))
    return sorted(found)


@given(records)
def test_one_record_is_cut_as_the_slow_way_says(values: Values) -> None:
    """The compiled closures agree with the naive version, and give nothing twice."""
    cut = compile_keys(KEYS, FIELDS).one(values)

    assert sorted(cut) == slowly(values)
    assert [index for index, _ in cut] == sorted(index for index, _ in cut)


@given(st.lists(records, max_size=12))
def test_columns_are_cut_as_one_record_at_a_time(rows: list[Values]) -> None:
    """A column of records gives the same keys as each record alone."""
    cut = compile_keys(KEYS, FIELDS)
    columns = list(zip(*rows, strict=True)) or [()] * len(FIELDS)

    by_row: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, index, hashed in zip(*cut.columns(columns), strict=True):
        by_row[row].append((index, hashed))

    assert {row: keys for row, values in enumerate(rows) if (keys := cut.one(values))} == by_row


def cut_one(expression: str, **values: str | None) -> set[tuple[int, int]]:
    return set(compile_keys([Key.parse(expression)], list(values)).one(list(values.values())))


def test_hashes_do_not_change() -> None:
    """Stored keys stay findable: the hash of an expression and a value is fixed for ever."""
    assert cut_one("domain(email)", email="ada@x.example") == {(0, -8757207376418998238)}


def test_swapped_names_share_a_key() -> None:
    """In braces the order of the parts does not matter; without, it does."""
    right, swapped = {"a": "ada", "b": "lovelace"}, {"a": "lovelace", "b": "ada"}

    assert cut_one("{metaphone(a), metaphone(b)}", **right) == cut_one(
        "{metaphone(a), metaphone(b)}", **swapped
    )
    assert cut_one("metaphone(a) + metaphone(b)", **right).isdisjoint(
        cut_one("metaphone(a) + metaphone(b)", **swapped)
    )


@pytest.mark.parametrize("expression", ["a + b", "{a, b}", "a + b + a", "tokens(a) + b"])
def test_a_missing_part_silences_the_whole_key(expression: str) -> None:
    """A missing surname never joins all missing surnames."""
    assert cut_one(expression, a="ada", b=None) == set()
    assert cut_one(expression, a="ada", b="x") != set()


def test_a_silent_part_silences_the_whole_key() -> None:
    """A free-mail domain says nothing, and nothing is made of it in a longer key."""
    assert cut_one("domain(email) + letter(name)", email="ada@gmail.com", name="ada") == set()


def test_two_keys_never_meet_by_their_content() -> None:
    """Equal values under two expressions give two hashes."""
    cut = compile_keys(
        [Key.parse("a"), Key.parse("b"), Key.parse("a + b"), Key.parse("{a, b}")], "ab"
    )

    hashes = [hashed for _, hashed in cut.one(("x", "x"))]

    assert len(set(hashes)) == len(hashes) == 4


def test_parts_do_not_run_together() -> None:
    """``ab`` and ``c`` are not ``a`` and ``bc``."""
    assert cut_one("a + b", a="ab", b="c").isdisjoint(cut_one("a + b", a="a", b="bc"))


def test_hashes_fit_a_bigint() -> None:
    """Hashes are signed 64-bit integers, and both signs occur."""
    cut = compile_keys([Key((Part("a"),))], ["a"])
    hashes = [hashed for n in range(64) for _, hashed in cut.one([str(n)])]

    assert all(-(2**63) <= hashed < 2**63 for hashed in hashes)
    assert min(hashes) < 0 < max(hashes)


def test_a_value_is_cut_once_for_all_keys_and_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """On columns each distinct value goes through a transform once, however many keys share it."""
    seen: list[str] = []

    def watched(part: Part) -> Cut:
        def cut(value: str) -> tuple[str, ...]:
            seen.append(value)
            return (value,)

        return cut

    monkeypatch.setattr(Part, "cut", watched)
    keys = [Key.parse("soundex(a)"), Key.parse("soundex(a) + b")]
    compile_keys(keys, "ab").columns([["x", "y", "x", None], ["z", "z", "z", "z"]])

    assert sorted(seen) == ["x", "y", "z"]
