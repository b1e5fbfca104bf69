"""What a body may say, and what we say of one that cannot be read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from have_we_met import InputError, preset
from have_we_met.model import Comparison, Field, Model, Thresholds
from have_we_met.server.careful import CarefulReader
from have_we_met.server.problems import MalformedBody
from have_we_met.server.wire import Reader, Writer

from .apps import LOOKUP, Client, make_app, running

CASES = Path(__file__).parents[1] / "cases" / "bodies.csv"
MODEL = preset("contacts")
READER = Reader(MODEL, max_value=50, writable=("newsletter",))


def cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["note"])
def test_bodies(shared_client: Client, case: dict[str, str]) -> None:
    """Each body is answered as the table says, its mistakes named in order."""
    response = shared_client.post(LOOKUP, content=case["body"].encode())

    assert str(response.status_code) == case["status"]
    answer = response.json()
    assert [one["field"] for one in answer.get("errors", ())] == _fields(case)
    assert case["says"] in response.text


def _fields(case: dict[str, str]) -> list[str]:
    return (case["fields"].split() or [""]) if case["status"] == "422" else []


@pytest.mark.parametrize(
    "content",
    [b'{"email": "\xff"}', b'{"email": "\xed\xa0\x80"}', "{}".encode("utf-16"), b"\0\0\0"],
    ids=["no UTF-8", "a surrogate in UTF-8", "UTF-16", "NULs"],
)
def test_bytes_that_are_no_text(shared_client: Client, content: bytes) -> None:
    """What is not UTF-8 is refused with the place, without quoting it."""
    response = shared_client.post(LOOKUP, content=content)

    assert response.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"email":' * 6_000,
        b'{"email":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"email":' + b'{"a":' * 300 + b"1" + b"}" * 301,
    ],
    ids=["lists", "objects", "closed", "a depth that a parser can do"],
)
def test_deep_nesting(shared_client: Client, body: bytes) -> None:
    """However deep a body is nested, it is refused."""
    response = shared_client.post(LOOKUP, content=body)

    assert response.status_code in (400, 422)


def test_a_number_of_thousands_of_digits(shared_client: Client) -> None:
    """A number that would take long to read is refused."""
    response = shared_client.post(LOOKUP, content=b'{"email":' + b"9" * 60_000 + b"}")

    assert response.status_code == 400


def test_a_long_value_is_named() -> None:
    """A name of a million characters is refused where the body itself is not too large."""
    with running(make_app(max_body=2_000_000)) as client:
        response = client.post(LOOKUP, {"firstName": "x" * 1_000_000})

    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"field": "firstName", "detail": "must be at most 1000 characters"}
    ]


def test_the_longest_value_is_read(shared_client: Client) -> None:
    """A value of exactly the limit is read, whatever its letters take in bytes."""
    response = shared_client.post(LOOKUP, {"firstName": "伟" * 1000})

    assert response.status_code == 200


def test_thousands_of_unknown_names(shared_client: Client) -> None:
    """A body of nothing but mistakes is answered shortly."""
    body = {f"field{number}": None for number in range(5_000)}
    response = shared_client.post(LOOKUP, content=json.dumps(body).encode()[:60_000] + b'":1}')

    assert response.status_code == 422
    assert len(response.json()["errors"]) == 20
    assert "the first 20 of which are listed" in response.json()["detail"]


def test_an_endless_name_is_cut(shared_client: Client) -> None:
    """A name that a client made up is quoted up to a length."""
    response = shared_client.post(LOOKUP, {"x" * 50_000: 1})

    assert response.status_code == 422
    assert len(response.content) < 1_000


# --- the two roads --------------------------------------------------------------------------------

NAMES = st.sampled_from([*MODEL.aliases, "newsletter", "emial", ""])
TEXTS = st.text(max_size=60)
VALUES = st.one_of(st.none(), TEXTS, st.booleans(), st.integers(), st.floats(), st.lists(TEXTS))
ORDINARY = st.dictionaries(NAMES, st.one_of(st.none(), TEXTS), max_size=5)
ANY_BODY = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=5).map(json.dumps),
    ORDINARY.map(json.dumps),
    ORDINARY.map(lambda body: json.dumps(body, ensure_ascii=False)),
    st.text(alphabet='{}[]":,\\u0dD8eE+-.1 nul'),
)


@given(ANY_BODY)
@example('{"email": "\\u0000"}')
@example('{"email": "\\ud83d\\ude00"}')
@example('{"email": "\\ud83d"}')
@example('{"email": "' + "x" * 51 + '"}')
@example('{"firstName": "a", "first_name": "b"}')
def test_the_quick_road_agrees_with_the_careful_one(body: str) -> None:
    """What the quick road reads, the careful road reads the same; it never reads what is wrong."""
    quick = READER.quick(body.encode(errors="surrogatepass"))
    try:
        careful = READER.careful.read(body.encode(errors="surrogatepass"))
    except (MalformedBody, InputError):
        careful = None

    assert quick is None or quick == careful


@given(ORDINARY)
def test_an_ordinary_body_is_read_quickly(body: dict[str, str | None]) -> None:
    """Texts under known names, each field once, take the quick road."""
    names = [MODEL.aliases.get(name, name) for name in body]
    is_ordinary = (
        all(name in MODEL.aliases or name == "newsletter" for name in body)
        and len(set(names)) == len(names)
        and all(len(value or "") <= 50 and "\0" not in (value or "") for value in body.values())
    )

    assert (READER.quick(json.dumps(body).encode()) is not None) == is_ordinary


@settings(max_examples=40)
@given(st.recursive(VALUES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)))
def test_any_json_is_read_or_refused(value: object) -> None:
    """Whatever JSON says, it is read or refused in words that can be written."""
    try:
        READER.read(json.dumps(value).encode())
    except (InputError, MalformedBody) as error:
        str(error).encode()


# --- types ----------------------------------------------------------------------------------------


def guests() -> Model:
    """A model with fields that are no text."""
    return Model(
        name="guests",
        fields=[Field("email", "email"), Field("room", "number"), Field("badge", "identifier")],
        comparisons=[Comparison("email", weight=3)],
        thresholds=Thresholds(1, 3),
    )


@pytest.mark.parametrize(
    ("body", "contact"),
    [
        ('{"room": 12, "badge": 7}', {"room": 12, "badge": 7}),
        ('{"room": 1.5, "badge": "007"}', {"room": 1.5, "badge": "007"}),
        ('{"room": "12"}', {"room": "12"}),
        ('{"room": null}', {"room": None}),
        ('{"vip": true}', {"vip": True}),
    ],
)
def test_numbers_where_they_make_sense(body: str, contact: dict[str, object]) -> None:
    """Numbers and identifiers may come as JSON numbers; a writable column takes any plain value."""
    reader = Reader(guests(), max_value=50, writable=("vip",))

    assert reader.read(body.encode()) == contact


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"room": true}', "must be a number or text"),
        ('{"badge": 1.5}', "must be text or a whole number"),
        ('{"room": 1e999}', "must be a finite number"),
        ('{"badge": 9223372036854775808}', "64 bits"),
        ('{"vip": [1]}', "must be text, a number, true or false"),
    ],
)
def test_values_of_another_type(body: str, says: str) -> None:
    """A value that a field cannot take is refused with what it takes."""
    reader = CarefulReader(guests(), max_value=50, writable=("vip",))

    with pytest.raises(InputError, match=says):
        reader.read(body.encode())


def test_a_field_wins_over_a_column_of_its_name() -> None:
    """A writable column cannot take a field's name away."""
    reader = Reader(MODEL, max_value=50, writable=("firstName",))

    assert reader.read(b'{"firstName": "Ada"}') == {"first_name": "Ada"}


# --- writing --------------------------------------------------------------------------------------


def test_contacts_are_written_under_aliases() -> None:
    """Fields go out under their aliases, other columns under their names, the id first."""
    contact = Writer(MODEL).contact({"first_name": "Ada", "vip": 1, "customer": 7}, 7)

    assert list(contact.items()) == [("id", 7), ("firstName", "Ada"), ("vip", 1), ("customer", 7)]


def test_values_that_json_does_not_know() -> None:
    """What the caller's table holds goes out as JSON whatever its type."""

    class Other:
        def __str__(self) -> str:
            return "other"

    written = Writer(MODEL).plain({"blob": b"\xff", "nan": float("nan"), "other": Other()})

    assert json.loads(written) == {"blob": "/w==", "nan": None, "other": "other"}
