from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from itertools import islice

import pytest

from have_we_met.synthetic import (
    CORRUPTIONS,
    LOST,
    NEW,
    Contact,
    Query,
    Raw,
    contacts,
    queries,
)
from have_we_met.synthetic.names import Names

CONTACTS = 5000
FIELDS = {"email", "phone", "first_name", "last_name", "company"}


@pytest.fixture(scope="module")
def people() -> dict[str, Contact]:
    """The contacts that are asked about, by id."""
    return {row["id"] or "": row for part in contacts(CONTACTS) for row in part}


@pytest.fixture(scope="module")
def asked() -> list[Query]:
    """Six thousand questions, half of them by people in the table."""
    return list(queries(6000, contacts=CONTACTS))


@pytest.fixture(scope="module")
def back(asked: list[Query]) -> list[Query]:
    """The questions of people in the table."""
    return [query for query in asked if query.truth is not None]


@pytest.fixture(scope="module")
def new(asked: list[Query]) -> list[Query]:
    """The questions of people who are not in it."""
    return [query for query in asked if query.truth is None]


def test_questions_are_numbered(asked: list[Query]) -> None:
    """A question is the same in whatever stretch it is asked."""
    assert asked[:10] == list(queries(10, contacts=CONTACTS))
    assert asked[4090:4110] == list(queries(20, contacts=CONTACTS, start=4090))
    assert asked[:10] != list(queries(10, contacts=CONTACTS, seed=1))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_share_of_the_known_is_as_asked(share: float) -> None:
    """That share of the questions has an answer."""
    some = list(queries(3000, contacts=100, known=share))

    known = sum(query.truth is not None for query in some) / len(some)

    assert known == pytest.approx(share, abs=0.03)


def test_who_comes_does_not_depend_on_how_many_are_known() -> None:
    """A returning person asks the same when fewer return."""
    all_known = list(queries(200, contacts=100, known=1.0))
    half = list(queries(200, contacts=100, known=0.5))

    both = [(a, b) for a, b in zip(all_known, half, strict=True) if b.truth is not None]

    assert len(both) > 60
    assert all(a == b for a, b in both)


def test_questions_stay_the_same_for_ever(few_names: Names) -> None:
    """Questions about given names are those of the first release."""
    some = list(queries(300, contacts=50, known=0.6, names=few_names))
    pinned = json.dumps([[query.truth, query.kind, query.raw] for query in some])

    assert some[3].kind == "missing_first_name+mistyped_phone"
    assert sha256(pinned.encode()).hexdigest()[:16] == "b7bfeff323e7b8af"


def test_the_truth_is_in_the_table(back: list[Query], people: dict[str, Contact]) -> None:
    """Every answer is the id of a contact, and all contacts are asked about."""
    ids = {query.truth for query in back}

    assert ids <= people.keys()
    assert len(ids) > 0.4 * CONTACTS


def test_kind_says_what_changed(back: list[Query], people: dict[str, Contact]) -> None:
    """The fields that differ from the record are those that the corruptions in the kind touch."""
    for query in back:
        names = [kind for kind in query.kinds if kind != LOST]
        touched = set().union(*(CORRUPTIONS[name].touches for name in names))
        record = people[query.truth or ""]
        changed = {field for field in FIELDS if query.raw[field] != record[field]}
        assert changed
        assert changed <= touched
        assert all(changed & CORRUPTIONS[name].touches for name in names)


def test_people_come_back_with_one_to_three_changes(back: list[Query]) -> None:
    """Half with one, a third with two, the rest with three."""
    counts = Counter(sum(kind != LOST for kind in query.kinds) for query in back)

    shares = [counts[n] / len(back) for n in (1, 2, 3)]

    assert sum(shares) == pytest.approx(1.0)
    assert shares == pytest.approx([0.50, 0.35, 0.15], abs=0.03)


def test_every_corruption_happens(back: list[Query]) -> None:
    """No row of the table is idle."""
    assert set(CORRUPTIONS) <= {kind for query in back for kind in query.kinds}


def test_there_is_always_something_to_look_up(asked: list[Query]) -> None:
    """Every question has all fields, and an e-mail or a phone."""
    assert all(query.raw.keys() == FIELDS for query in asked)
    assert all(query.raw["email"] or query.raw["phone"] for query in asked)


def test_the_lost_are_few_and_labelled(back: list[Query], people: dict[str, Contact]) -> None:
    """Neither identifier is that on record in one question of a hundred, and the kind says so."""
    labelled = {n for n, query in enumerate(back) if query.kinds[0] == LOST}
    lost = {n for n, query in enumerate(back) if not _recognised(query, people)}

    assert labelled == lost
    assert 0.003 < len(lost) / len(back) < 0.02
    assert not any(LOST in query.kinds[1:] for query in back)


def test_new_people_come_in_all_relations(new: list[Query]) -> None:
    """Two thirds are strangers; the others are related to somebody as often as the table says."""
    counts = Counter(query.kinds[0] for query in new)

    assert counts.keys() == NEW.keys()
    for kind, share in NEW.items():
        assert counts[kind] / len(new) == pytest.approx(share, abs=0.03)


def test_the_new_are_nobody_in_the_table(new: list[Query], people: dict[str, Contact]) -> None:
    """Their address and phone are nobody's, but where they share them at home."""
    emails = {_mailbox(row) for row in people.values()}
    phones = {_number(row) for row in people.values()} - {None}

    for query in new:
        at_home = query.kinds[0] in ("new_household", "new_shared_mailbox")
        assert (_number(query.raw) in phones) is at_home
        assert (_mailbox(query.raw) in emails) is (query.kinds[0] == "new_shared_mailbox")


def test_household_members_have_surname_and_phone(
    new: list[Query], people: dict[str, Contact]
) -> None:
    """Somebody in the table has their phone and surname, and another first name."""
    at_home = {}
    for row in people.values():
        at_home.setdefault(_number(row), []).append(row)

    for query in new:
        if query.kinds[0] in ("new_household", "new_shared_mailbox"):
            host = at_home[_number(query.raw)][0]
            assert _stem(query.raw["last_name"]) == _stem(host["last_name"])
            assert (query.raw["first_name"] or "").lower() != (host["first_name"] or "").lower()


def test_namesakes_have_both_names_of_somebody(
    new: list[Query], people: dict[str, Contact]
) -> None:
    """A namesake is called what somebody in the table is called."""
    names = {(row["first_name"], row["last_name"]) for row in people.values()}
    namesakes = [q for q in new if q.kind.split("+")[0] == "new_namesake"]

    plain = [q for q in namesakes if not {"name_case", "nickname"} & set(q.kinds)]

    assert len(plain) > 50
    assert all((q.raw["first_name"], q.raw["last_name"]) in names for q in plain)


def test_colleagues_have_mail_at_somebodys_employer(
    new: list[Query], people: dict[str, Contact]
) -> None:
    """A colleague's mail is at a company where somebody in the table works."""
    companies = {" ".join((row["company"] or "").split()[:2]).lower() for row in people.values()}
    domains = {(row["email"] or "").split("@")[1] for row in people.values()}
    colleagues = [query for query in new if query.kinds[0] == "new_colleague"]

    hosts = [(q.raw["email"] or "").strip().lower().split("@")[1] for q in colleagues]
    known = [
        host in domains or host.removesuffix(".example").replace("-", " ") in companies
        for host in hosts
    ]

    assert len(hosts) > 50
    assert all(host.endswith(".example") for host in hosts)
    assert sum(known) / len(known) > 0.95


def test_nobody_moves_to_anothers_address(back: list[Query], people: dict[str, Contact]) -> None:
    """New addresses and phones are nobody's, so only the person themself can be meant."""
    emails = {_mailbox(row) for row in people.values()}
    phones = {_number(row) for row in people.values()}

    moved = [q for q in back if {"moved_email", "new_job"} & set(q.kinds)]
    called = [q for q in back if "new_phone" in q.kinds]

    assert len(moved) > 300 < len(called) * 2
    assert not emails & {_mailbox(query.raw) for query in moved}
    assert not phones & {_number(query.raw) for query in called}


def test_new_addresses_are_built_from_the_names(back: list[Query]) -> None:
    """A moved person keeps their name in the address: letters of the old are in the new."""
    moved = [q for q in back if q.kind == "moved_email" and (q.raw["last_name"] or "").isascii()]
    shown = [
        (q.raw[field] or "").lower()[:1] in (q.raw["email"] or "").split("@")[0]
        for q in moved
        for field in ("last_name",)
    ]

    assert sum(shown) / len(shown) > 0.85


def test_there_must_be_somebody_to_ask_about() -> None:
    """No contacts, no questions."""
    with pytest.raises(ValueError, match="no contacts"):
        queries(1, contacts=0)


def test_questions_about_one_contact_work() -> None:
    """The smallest table has questions of both sorts."""
    truths = {query.truth for query in islice(queries(50, contacts=1), 50)}

    assert truths == {None, "c0000000"}


def test_nobody_shares_a_phone_that_is_not_there() -> None:
    """Where nobody has a phone, new people are strangers and are not called anything else."""
    (only,) = next(contacts(1))

    kinds = {query.kinds[0] for query in queries(100, contacts=1, known=0.0)}

    assert only["phone"] is None
    assert kinds == {"new"}


def _mailbox(raw: Raw) -> str | None:
    """The mailbox that an address reaches: Gmail knows no dots; case and tags mean nothing."""
    if not raw["email"]:
        return None
    local, host = raw["email"].strip().lower().split("@")
    local = local.split("+")[0]
    return f"{local.replace('.', '')}@{host}" if host == "gmail.com" else f"{local}@{host}"


def _number(raw: Raw) -> str | None:
    return "".join(filter(str.isdigit, raw["phone"]))[-10:] if raw["phone"] else None


def _recognised(query: Query, people: dict[str, Contact]) -> bool:
    """Whether e-mail or phone are those on record."""
    record = people[query.truth or ""]
    return any(
        read(query.raw) is not None and read(query.raw) == read(record)
        for read in (_mailbox, _number)
    )


def _stem(name: str | None) -> str:
    """A surname in small letters, without the Russian ending for women."""
    name = (name or "").lower()
    return name[:-2] if name.endswith("ая") else name.removesuffix("а")
