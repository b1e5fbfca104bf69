from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from have_we_met.synthetic.companies import NOBODY
from have_we_met.synthetic.draw import Dice
from have_we_met.synthetic.mail import (
    STYLES,
    UNNUMBERED,
    Mailboxes,
    mailboxes,
    number_text,
    numbering,
    ordinals,
)
from have_we_met.synthetic.names import Names
from have_we_met.synthetic.people import World
from have_we_met.synthetic.providers import FREE, domains

CODES = st.lists(st.integers(0, 4), max_size=40)


@given(CODES)
def test_ordinals_count_what_came_before(codes: list[int]) -> None:
    """Each value has as many as stand before it."""
    expected = [codes[:n].count(value) for n, value in enumerate(codes)]

    assert expected == ordinals(np.array(codes, np.uint64)).tolist()


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=40))
def test_numbering_is_first_come_first_served(people: list[tuple[int, bool]]) -> None:
    """The first who wants none has no number; the others of an address count up together."""
    plain, taken, expected = set(), dict.fromkeys(range(4), 0), []
    for address, wants_number in people:
        if not wants_number and address not in plain:
            plain.add(address)
            expected.append(UNNUMBERED)
        else:
            expected.append(taken[address])
            taken[address] += 1
    code, wants = (np.array([p[n] for p in people]) for n in range(2))

    assert expected == numbering(code.astype(np.uint64), wants.astype(np.bool_)).tolist()


@given(st.integers(0, 2**64 - 1))
def test_numbers_of_one_address_are_never_written_alike(code: int) -> None:
    """Years, then three digits, then five: thousands of people can have one name."""
    written = [number_text(ordinal, code) for ordinal in range(3000)]

    assert len(set(written)) == 3000


def test_codes_are_equal_when_addresses_are(few_names: Names) -> None:
    """Two mailboxes have one code exactly when they are one but for number and Gmail's dots."""
    boxes = _boxes(few_names, 20_000)
    plain = boxes.write(np.full(20_000, UNNUMBERED, np.int32))
    delivered = [_delivered(address) for address in plain]

    assert len(set(delivered)) == len(set(boxes.code.tolist()))
    assert len(set(delivered)) == len(set(zip(delivered, boxes.code.tolist(), strict=True)))


def test_no_address_is_given_twice(few_names: Names) -> None:
    """Twenty thousand people with twelve names have as many addresses, dots or not."""
    boxes = _boxes(few_names, 20_000)

    written = boxes.write(numbering(boxes.code, boxes.wants_number))

    assert len({_delivered(address) for address in written}) == 20_000


def test_local_parts_come_in_all_styles(few_names: Names) -> None:
    """Names are joined, cut to initials and turned round, and so look like each other."""
    ones = np.ones(3000, np.int64)
    boxes = _boxes(few_names, 3000, first=0 * ones, last=0 * ones)
    plain = boxes.write(np.full(3000, UNNUMBERED, np.int32))

    assert {address.split("@")[0] for address in plain} == {
        "tarquin.okonjo",
        "tarquinokonjo",
        "tokonjo",
        "tarquin_okonjo",
        "tarquino",
        "tarquin",
        "okonjotarquin",
        "okonjo.tarquin",
        "t.okonjo",
        "otarquin",
        "okonjo",
    }
    assert not any("_" in address for address in plain if address.endswith("@gmail.com"))
    assert len(STYLES) == 11


def test_a_company_has_one_style(few_names: Names) -> None:
    """Colleagues' addresses are built alike."""
    boxes = _boxes(few_names, 500, employer=np.full(500, 17))

    assert len(set(boxes.style.tolist())) == 1
    assert set(boxes.domain.tolist()) == {len(FREE) + 17}
    assert not boxes.wants_number.any()


def test_providers_are_those_of_the_country() -> None:
    """A Russian may have mail at mail.ru, an American does not."""
    dice, count = Dice(0), np.arange(20_000)
    known = domains(("en_US", "ru_RU"))
    private = np.full(20_000, NOBODY)

    american, russian = (
        set(known.text[known.draw(dice, count, np.full(20_000, n), private)]) for n in range(2)
    )

    assert {"mail.ru", "yandex.ru", "rambler.ru"} == russian - american
    assert "comcast.net" in american - russian


def _boxes(names: Names, count: int, **fixed: np.ndarray) -> Mailboxes:
    people = World(Dice(5), names).people(np.arange(count))
    columns = {
        "first": people.first,
        "last": people.last,
        "language": people.language,
        "employer": people.office,
    }
    return mailboxes(Dice(5), names, people.index, **(columns | fixed))


def _delivered(address: str) -> str:
    """The mailbox that an address reaches: Gmail knows no dots."""
    local, host = address.split("@")
    return f"{local.replace('.', '')}@{host}" if host == "gmail.com" else address
