"""The models that are ready to use."""

from __future__ import annotations

import pytest

from have_we_met import Comparison, Contradiction, Field, Model, ModelError, Thresholds, preset
from have_we_met.model import PRESETS

CONTACTS = Model(
    name="contacts",
    table="contacts",
    scale="points",
    fields=[
        Field("email", "email", options={"gmail_dots": True}),
        Field("phone", "phone", options={"region": "US"}),
        Field("first_name", "name", options={"component": "first"}),
        Field("last_name", "name", options={"component": "last"}),
        Field("company", "string"),
    ],
    keys=[
        "local(email)",
        "{called(first_name), called(last_name)}",
        "company + soundex(last_name)",
    ],
    comparisons=[
        Comparison("email", "exact", weight=30),
        Comparison("phone", "exact", weight=20),
        Comparison("first_name", "given_name", weight=10, threshold=0.85),
        Comparison("last_name", "jaro_winkler", weight=12, threshold=0.88),
        Comparison("company", "jaro_winkler", weight=8, threshold=0.80),
    ],
    thresholds=Thresholds(no_match=15, definite_match=45),
    minimum_evidence=30,
    contradictions=[
        Contradiction(
            rule="different_given_names", given="first_name", family="last_name", below=0.8
        )
    ],
    require_any=["email", "phone"],
    key_limit=32,
)
"""The guide's contact model, written out in Python."""


def test_the_contact_model_is_the_guides() -> None:
    """The file and the Python are one model: the guide's weights, thresholds and measures."""
    assert preset("contacts") == preset() == CONTACTS
    assert CONTACTS.total_weight == 80


def test_the_fingerprints_of_the_contact_model_are_known() -> None:
    """Whoever changes them asks every user to cut their stores anew, and does so on purpose."""
    contacts = preset("contacts")

    assert (contacts.fingerprint, contacts.index_fingerprint) == ("24641267e02b", "cdc7723edf8d")


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_asks_for_identifiers_exactly(name: str) -> None:
    """Exact email and exact phone are in all, and come first; only the keys are different."""
    model = preset(name)

    assert [str(key) for key in model.all_keys[:2]] == ["email", "phone"]
    assert model.comparisons == CONTACTS.comparisons
    assert model.thresholds == CONTACTS.thresholds
    assert model.name == name


def test_recall_looks_wherever_the_others_look() -> None:
    """The union holds the keys of speed, of balance, and of the contact model."""
    recall = set(preset("contacts-recall").all_keys)

    for name in ("contacts", "contacts-speed", "contacts-balance"):
        assert set(preset(name).all_keys) < recall


def test_speed_and_balance_are_the_guides_choices() -> None:
    """The domain of the email; the sound of the last name. Each is made selective by a name."""
    speed, balance = preset("contacts-speed").keys, preset("contacts-balance").keys

    assert [str(key) for key in speed] == ["domain(email) + first(last_name, 2)"]
    assert [str(key) for key in balance] == ["formal(first_name) + soundex(last_name)"]


@pytest.mark.parametrize("name", ["contacts", "contacts-recall"])
def test_the_wide_presets_give_no_warning(name: str) -> None:
    """Every comparison has a key, and every threshold is in reach."""
    assert preset(name).warnings() == ()


@pytest.mark.parametrize("name", ["contacts-speed", "contacts-balance"])
def test_the_narrow_presets_say_what_they_do_not_look_for(name: str) -> None:
    """What is gained in speed is lost for people who share nothing but a company."""
    assert {problem.path.partition("[")[0] for problem in preset(name).warnings()} == {
        "comparisons"
    }
    assert any("'company'" in problem.message for problem in preset(name).warnings())


def test_phones_are_read_in_their_region() -> None:
    """A number without a country code belongs to the region that is given."""
    raw = {"phone": "020 7946 0018"}

    assert preset(region="GB").record(raw).values[1] == "+442079460018"


@pytest.mark.parametrize(
    ("name", "region", "said"),
    [
        ("contact", "US", "preset: no preset 'contact' (did you mean 'contacts'?)"),
        ("contacts", "XX", "fields[1].options.region: no telephone region 'XX'"),
    ],
)
def test_what_there_is_not_is_named(name: str, region: str, said: str) -> None:
    """A preset or a region that there is not is a mistake like any other."""
    with pytest.raises(ModelError) as caught:
        preset(name, region=region)

    assert str(caught.value).startswith(said)


# two records of one person, and the keys that bring them together
MEETINGS = [
    ({"email": "ADA@Example.com"}, {"email": "ada@example.com"}, {"email", "local(email)"}),
    ({"phone": "(415) 555-2671"}, {"phone": "+1 415 555 2671"}, {"phone"}),
    ({"email": "a.love@gmail.com"}, {"email": "alove@gmail.com"}, {"email", "local(email)"}),
    ({"email": "ada.l@example.com"}, {"email": "ada.l@example.org"}, {"local(email)"}),
    (
        {"firstName": "Ada", "lastName": "Lovelace"},
        {"firstName": "Lovelace", "lastName": "Ada"},
        {"{called(first_name), called(last_name)}"},
    ),
    (
        {"firstName": "Bob", "lastName": "Okonkwo"},
        {"firstName": "Robert", "lastName": "Okonkwo"},
        {"{called(first_name), called(last_name)}"},
    ),
    (
        {"firstName": "Mei", "lastName": "Lin", "company": "Acme Ltd"},
        {"firstName": "Rose", "lastName": "Lin", "company": "ACME Ltd."},
        {"company + soundex(last_name)"},
    ),
    (
        {"firstName": "Mei", "lastName": "Lin", "company": "Acme"},
        {"firstName": "Mei", "lastName": "Zhou", "company": "Acme"},
        set(),
    ),
    ({"email": "x@aol.com", "firstName": "Ada"}, {"email": "y@aol.com", "firstName": "Ada"}, set()),
    ({"email": "info@x.example"}, {"email": "info@y.example"}, set()),
    ({}, {}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "keys"), MEETINGS)
def test_people_meet_under_these_keys(
    left: dict[str, str], right: dict[str, str], keys: set[str]
) -> None:
    """Each change that people make between two visits leaves a key at which they are met."""
    model = preset("contacts")
    shared = set(model.cut.one(model.record(left).values)) & set(
        model.cut.one(model.record(right).values)
    )

    assert {str(model.all_keys[index]) for index, _ in shared} == keys
