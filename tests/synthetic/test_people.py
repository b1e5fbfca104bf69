from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from hashlib import sha256

import numpy as np
import pytest

from have_we_met.synthetic import FIELDS, contact_columns, contacts, queries
from have_we_met.synthetic.draw import Dice
from have_we_met.synthetic.faker_names import faker_names
from have_we_met.synthetic.names import Names
from have_we_met.synthetic.people import World
from have_we_met.synthetic.providers import FREE

Table = dict[str, list[str | None]]

# The first contacts under seed 0, whatever the machine and the release of numpy.
OF_FEW_NAMES = "537c315b78ccac78"
# The same for each known state of Faker's lists.
OF_FAKER = {"b0a7db99": "7b6786466ab6b88b"}

ELSEWHERE = """
import sys
sys.path[:0] = {path!r}
from have_we_met.synthetic import contacts, queries
rows = next(contacts(300, seed=4)) + [(q.raw, q.truth, q.kind) for q in queries(50, contacts=300)]
print(repr(rows))
"""


def test_people_do_not_depend_on_chunks() -> None:
    """Cut into chunks of any size, the contacts are the same."""
    whole = next(contacts(200, seed=2))

    for chunk in (1, 7, 199, 5000):
        assert whole == [row for part in contacts(200, seed=2, chunk=chunk) for row in part]


def test_people_do_not_depend_on_who_comes_later() -> None:
    """A small table is the beginning of a large one."""
    small, large = next(contacts(500)), next(contacts(5000))

    assert small == large[:500]


def test_other_seeds_are_other_people() -> None:
    """Two seeds share hardly an address."""
    one, two = ({row["email"] for row in next(contacts(2000, seed=seed))} for seed in (0, 1))

    assert len(one & two) < 20


def test_people_are_the_same_in_another_process() -> None:
    """Neither Python's hash seed nor the process shows in contacts or questions."""
    here = next(contacts(300, seed=4))
    asked = [(query.raw, query.truth, query.kind) for query in queries(50, contacts=300)]

    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE.format(path=sys.path)],
        env={"PYTHONHASHSEED": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    ).stdout

    assert there.decode().strip() == repr([*here, *asked])


def test_people_stay_the_same_for_ever(few_names: Names) -> None:
    """The first two thousand people with given names are those of the first release."""
    assert _digest(next(contacts(2000, names=few_names))) == OF_FEW_NAMES


def test_people_stay_the_same_under_one_release_of_faker() -> None:
    """The first two thousand people with Faker's lists are those of the first release."""
    fingerprint = faker_names().fingerprint
    if fingerprint not in OF_FAKER:
        pytest.skip(f"these lists of Faker ({fingerprint}) have no pinned people yet")

    assert _digest(next(contacts(2000))) == OF_FAKER[fingerprint]


def test_columns_are_the_same_contacts() -> None:
    """Rows and columns say the same, field by field."""
    rows, columns = next(contacts(50)), next(contact_columns(50))

    assert tuple(columns) == FIELDS
    assert [list(row.values()) for row in rows] == [*map(list, zip(*columns.values(), strict=True))]


def test_no_contacts_are_no_chunks() -> None:
    """An empty table is an empty stream."""
    assert list(contacts(0)) == []


def test_a_third_is_at_gmail(table: Table) -> None:
    """Gmail has a third of all mail, employers have a third, and nobody else a tenth."""
    hosts = Counter((email or "").split("@")[1] for email in table["email"])
    shares = {host: count / len(table["email"]) for host, count in hosts.items()}
    work = sum(share for host, share in shares.items() if host.endswith(".example"))

    assert shares["gmail.com"] == pytest.approx(1 / 3, abs=0.01)
    assert work == pytest.approx(0.36, abs=0.01)
    assert 0.05 < shares["yahoo.com"] < 0.1
    assert max(share for host, share in shares.items() if host != "gmail.com") < 0.1


def test_surnames_are_as_skewed_as_in_a_census(table: Table) -> None:
    """Smith leads with nearly one in a hundred; a tail of thousands is borne by few."""
    names = Counter(table["last_name"])
    total = len(table["last_name"])

    assert names.most_common(1)[0][0] == "Smith"
    assert names["Smith"] / total == pytest.approx(0.009, abs=0.002)
    assert sum(count for _, count in names.most_common(100)) / total < 0.35
    assert sum(1 for count in names.values() if count <= 3) > 3000


def test_names_come_from_the_whole_world(table: Table) -> None:
    """One in nine is written in another script than Latin."""
    latin = sum(any(c.isascii() and c.isalpha() for c in n or "") for n in table["last_name"])

    assert 1 - latin / len(table["last_name"]) == pytest.approx(0.11, abs=0.015)


def test_some_do_not_say(table: Table) -> None:
    """Every contact has an e-mail and a name; one in seven no phone, two in five no company."""
    missing = {field: column.count(None) / len(column) for field, column in table.items()}

    assert missing["phone"] == pytest.approx(0.14, abs=0.01)
    assert missing["company"] == pytest.approx(0.39, abs=0.01)
    assert [missing[f] for f in ("id", "email", "first_name", "last_name")] == [0.0] * 4


def test_company_and_domain_go_together(table: Table) -> None:
    """Whoever has mail at work and says where, has it at that company's domain."""
    pairs = [
        (company, email.split("@")[1])
        for company, email in zip(table["company"], table["email"], strict=True)
        if company and email and email.endswith(".example")
    ]

    assert len(pairs) > 10_000
    assert all(
        host.removesuffix(".example") == "-".join(company.lower().split()[:2])
        for company, host in pairs
    )


def test_companies_are_mostly_written_in_full(table: Table) -> None:
    """Seven in ten write the legal form of a company that has one: nearly half of all."""
    named = [company for company in table["company"] if company]

    full = sum(len(company.split()) == 3 for company in named) / len(named)

    assert full == pytest.approx(0.7 * 6 / 9, abs=0.02)


def test_every_id_is_its_own(table: Table) -> None:
    """Ids are distinct and texts."""
    assert len(set(table["id"])) == len(table["id"])
    assert table["id"][:2] == ["c0000000", "c0000001"]


def test_an_address_is_shared_at_home_only() -> None:
    """Who has the address of another lives with them: same surname, same phone."""
    world = World(Dice(0), faker_names())
    people = world.people(np.arange(60_000))
    homes: defaultdict[str, set[int]] = defaultdict(set)
    holders: Counter[str] = Counter()
    for email, home in zip(_emails(60_000), people.home.tolist(), strict=True):
        homes[_delivered(email)].add(home)
        holders[email] += 1

    shared = sum(count for count in holders.values() if count > 1) / 60_000

    assert all(len(ids) == 1 for ids in homes.values())
    assert 0.04 < shared < 0.08


def test_households_share_surname_and_phone(table: Table) -> None:
    """One in eight lives with somebody earlier, and has their surname and their phone or none."""
    people = World(Dice(0), faker_names()).people(np.arange(60_000))
    guests = np.flatnonzero(people.home != people.index).tolist()
    digits = ["".join(filter(str.isdigit, p or ""))[-10:] for p in table["phone"]]

    assert len(guests) / 60_000 == pytest.approx(0.1275, abs=0.005)
    for guest in guests:
        host = int(people.home[guest])
        assert people.home[host] == host
        assert digits[guest] == digits[host]
        assert _family(table["last_name"][guest]) == _family(table["last_name"][host])
        assert table["first_name"][guest] != table["first_name"][host]


def test_a_number_is_shared_at_home_only(table: Table) -> None:
    """People who do not live together have different numbers."""
    people = World(Dice(0), faker_names()).people(np.arange(60_000))
    homes: defaultdict[str, set[int]] = defaultdict(set)
    for phone, home in zip(table["phone"], people.home.tolist(), strict=True):
        if phone:
            homes["".join(filter(str.isdigit, phone))[-10:]].add(home)

    assert all(len(ids) == 1 for ids in homes.values())


def test_nobody_is_real(table: Table) -> None:
    """Work addresses end in the reserved .example; the others are at a named provider."""
    hosts = {(email or "").split("@")[1] for email in table["email"]}

    assert all(host.endswith(".example") for host in hosts - set(FREE))


def test_first_and_last_names_are_drawn_apart(few_names: Names) -> None:
    """How common a full name is follows from its two parts: nobody's own name is in a list."""
    people = World(Dice(0), few_names).people(np.arange(40_000))
    own = (people.home == people.index) & (people.language == 0)
    first, last = people.first[own], people.last[own] % 3
    together = Counter(zip(first.tolist(), last.tolist(), strict=True))
    count = int(own.sum())

    for (one, two), seen in together.items():
        expected = np.mean(first == one) * np.mean(last == two)
        assert seen / count == pytest.approx(expected, abs=0.01)


def _digest(rows: object) -> str:
    return sha256(json.dumps(rows, ensure_ascii=True).encode()).hexdigest()[:16]


def _emails(count: int) -> list[str]:
    return [row or "" for row in next(contact_columns(count, chunk=count))["email"]]


def _delivered(address: str) -> str:
    """The mailbox that an address reaches: Gmail knows no dots."""
    local, host = address.split("@")
    return f"{local.replace('.', '')}@{host}" if host == "gmail.com" else address


def _family(name: str | None) -> str:
    """A surname without the Russian ending for women."""
    name = name or ""
    return name[:-2] if name.endswith("ая") else name.removesuffix("а")
