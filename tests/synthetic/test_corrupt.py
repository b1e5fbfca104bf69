from __future__ import annotations

import numpy as np
import phonenumbers
import pytest

from have_we_met.synthetic import CORRUPTIONS, Corruption, Life, Raw, corrupted
from have_we_met.synthetic.edits import EDITS

ANA = {
    "email": "ana.diaz@gmail.com",
    "phone": "(212) 555-0147",
    "first_name": "Álvaro",
    "last_name": "Díaz Smith",
    "company": "Northgate Logistics Inc",
}
ROBERT = ANA | {"first_name": "Robert", "last_name": "Sophie-Allen"}
ZHANG = ANA | {"first_name": "伟", "last_name": "张"}
LIFE = Life(
    email="adiaz84@yahoo.com",
    phone="+13125550199",
    last_name="Fischer",
    company="Aspenbank Clinic",
    work_email="ana@aspenbank-clinic.example",
    latin_first="wei",
    latin_last="zhang",
)
FORM_ONLY = {"email_case", "email_tag", "email_dots", "phone_format"}


def outcomes(name: str, raw: Raw, tries: int = 60) -> list[Raw]:
    """What one corruption makes of a record under many generators."""
    tried = (corrupted(raw, name, LIFE, np.random.default_rng(seed)) for seed in range(tries))
    return [after for after in tried if after is not None]


@pytest.mark.parametrize(("name", "each"), CORRUPTIONS.items())
def test_a_corruption_changes_what_it_says_and_nothing_else(name: str, each: Corruption) -> None:
    """It applies to somebody, changes a field that it names, and leaves all others alone."""
    seen = [(raw, after) for raw in (ANA, ROBERT, ZHANG) for after in outcomes(name, raw)]

    assert seen
    for raw, after in seen:
        changed = {field for field in raw if raw[field] != after[field]}
        assert changed
        assert changed <= each.touches
        assert raw.keys() == after.keys()
        assert all(value is None or value.strip() for value in after.values())


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_pure(name: str) -> None:
    """The record given is left as it is, and the same generator gives the same outcome."""
    given = dict(ROBERT)

    first, second = outcomes(name, given), outcomes(name, given)

    assert given == ROBERT
    assert first == second


@pytest.mark.parametrize("name", sorted(set(CORRUPTIONS)))
def test_nothing_is_made_of_nothing(name: str) -> None:
    """Where there is no value to corrupt, none is invented but by life itself."""
    empty: Raw = dict.fromkeys(ANA)
    invented = {field for after in outcomes(name, empty) for field in after if after[field]}

    expected = {
        "moved_email": {"email"},
        "new_job": {"email", "company"},
        "new_phone": {"phone"},
    }
    assert invented == expected.get(name, set())


def test_identifiers_are_lost_exactly_where_the_table_says() -> None:
    """A corruption either reaches the mailbox and phone on record, or says that it does not."""
    for name, each in CORRUPTIONS.items():
        for after in outcomes(name, ROBERT):
            same = {
                "email": _mailbox(after["email"]) == _mailbox(ROBERT["email"]),
                "phone": _number(after["phone"]) == _number(ROBERT["phone"]),
            }
            assert {field for field, kept in same.items() if not kept} == each.loses, name


def test_forms_of_email_and_phone_differ_in_writing_only() -> None:
    """Case, blanks, tags, dots and punctuation are of many kinds."""
    written = {name: {_text(after) for after in outcomes(name, ROBERT)} for name in FORM_ONLY}

    assert len(written["phone_format"]) == 8
    assert written["email_case"] == {
        "ANA.DIAZ@GMAIL.COM",
        "Ana.diaz@gmail.com",
        "ana.diaz@gmail.com ",
        " ana.diaz@gmail.com",
    }
    assert written["email_dots"] == {"anadiaz@gmail.com"}
    assert "ana.diaz+news@gmail.com" in written["email_tag"]


def test_dots_mean_nothing_at_gmail_only() -> None:
    """Elsewhere an address without its dot is another one."""
    assert outcomes("email_dots", ANA | {"email": "ana.diaz@yahoo.com"}) == []


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("swapped_names", ROBERT, {("Sophie-Allen", "Robert")}),
        ("name_case", ROBERT, {("ROBERT", "SOPHIE-ALLEN"), ("robert", "sophie-allen")}),
        ("initial", ROBERT, {("R", "Sophie-Allen"), ("R.", "Sophie-Allen")}),
        ("married_name", ROBERT, {("Robert", "Fischer"), ("Robert", "Sophie-Allen-Fischer")}),
        ("romanised", ANA, {("Alvaro", "Diaz Smith")}),
        ("romanised", ZHANG, {("Wei", "Zhang")}),
        ("romanised", ROBERT, set()),
        ("romanised", ANA | {"first_name": "سنان", "last_name": "صيام"}, set()),
        ("initial", ZHANG, set()),
        ("nickname", ZHANG, set()),
        ("nickname", ANA | {"first_name": "Tarquin"}, set()),
        ("missing_first_name", ROBERT, {(None, "Sophie-Allen")}),
        ("missing_last_name", ROBERT, {("Robert", None)}),
    ],
)
def test_names_change_as_names_do(
    name: str, raw: Raw, expected: set[tuple[str | None, str | None]]
) -> None:
    """Each corruption of names gives all of its outcomes, and no other."""
    assert {(r["first_name"], r["last_name"]) for r in outcomes(name, raw)} == expected


def test_nicknames_go_both_ways() -> None:
    """Robert is called Bob, and Bob may be Robert."""
    bobs = {after["first_name"] for after in outcomes("nickname", ROBERT)}
    roberts = {r["first_name"] for r in outcomes("nickname", ROBERT | {"first_name": "Bob"}, 300)}

    luis = {r["first_name"] for r in outcomes("nickname", ROBERT | {"first_name": "José Luis"})}

    assert "Bob" in bobs
    assert "Robert" in roberts
    assert "Joselu" in luis


def test_life_moves_on() -> None:
    """Moves and jobs bring the new address, the new job the company with it."""
    assert outcomes("moved_email", ANA)[0] == ANA | {"email": LIFE.email}
    assert outcomes("new_phone", ANA)[0] == ANA | {"phone": LIFE.phone}
    assert outcomes("new_job", ANA)[0] == ANA | {"email": LIFE.work_email, "company": LIFE.company}


def test_a_mistyped_phone_has_one_slip() -> None:
    """One digit is wrong, or two neighbours are the wrong way round; the area code is right."""
    before = _number(ANA["phone"]) or ""
    kinds = {(_slip(before, _number(after["phone"]) or "")) for after in _mistyped("phone")}

    assert kinds == {"wrong digit", "changed round"}
    assert all((after["phone"] or "").startswith("(212) ") for after in _mistyped("phone"))


def test_a_mistyped_address_is_still_an_address() -> None:
    """The slip is in the local part or in the domain, as its name says."""
    before = ("ana.diaz", "gmail.com")
    local = {tuple((after["email"] or "").split("@")) for after in _mistyped("email")}
    domain = {tuple((after["email"] or "").split("@")) for after in _mistyped("domain")}

    assert {host for _, host in local} == {before[1]}
    assert {name for name, _ in domain} == {before[0]}
    assert {"gmail.con", "gmial.com", "gmal.com"} <= {host for _, host in domain}


def test_a_company_is_written_with_and_without_its_form() -> None:
    """The plain name, other legal forms, and capitals."""
    written = {after["company"] for after in outcomes("company_form", ROBERT)}

    assert {"Northgate Logistics", "Northgate Logistics LLC", "NORTHGATE LOGISTICS INC"} <= written


def test_every_edit_happens_to_both_names() -> None:
    """The table has a row for each edit and each name."""
    rows = {f"{edit}_{field}" for edit in EDITS for field in ("first_name", "last_name")}

    assert rows <= set(CORRUPTIONS)


def _mistyped(what: str) -> list[Raw]:
    return outcomes(f"mistyped_{what}", ANA, 300)


def _slip(before: str, after: str) -> str:
    places = [n for n in range(10) if before[n] != after[n]]
    if len(places) == 1:
        return "wrong digit"
    first, second = places
    crossed = before[first] == after[second] and before[second] == after[first]
    return "changed round" if second == first + 1 and crossed else "?"


def _mailbox(email: str | None) -> str | None:
    """The mailbox that an address reaches."""
    if email is None:
        return None
    local, host = email.strip().lower().split("@")
    return f"{local.split('+')[0].replace('.', '')}@{host}"


def _number(phone: str | None) -> str | None:
    if phone is None:
        return None
    return str(phonenumbers.parse(phone, "US").national_number)


def _text(raw: Raw) -> str:
    (value,) = [raw[field] or "" for field in raw if raw[field] != ROBERT[field]]
    return value
