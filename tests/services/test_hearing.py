"""What follows from what services said: every cell of the table, and its laws."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from have_we_met import Flag, Service
from have_we_met.answer import Filled
from have_we_met.services import Reply
from have_we_met.services.hearing import Heard, Said, could_change, heard
from have_we_met.services.order import in_order, waits_for
from have_we_met.services.reply import Failure
from tests.services.models import NHS, contacts, custom, is_fine, look_up

ADA = {"email": "ada@example.org", "first_name": "Ada"}


def draw(said: list[tuple[Service, Said]], raw: dict[str, object] | None = None) -> Heard:
    model = contacts(*(service for service, _ in said))
    return heard(model, model.record(ADA if raw is None else raw), said)


def validator(**settings: Any) -> Service:
    return Service(name="nhs", field="email", **NHS, **settings)


def register(**settings: Any) -> Service:
    return look_up("https://register.example/{email}", **settings)


INVALID = Reply(valid=False, reason="is on the list")
CELLS = [
    ("invalid", validator, INVALID, "is on the list"),
    ("not_found", register, Reply(found=False), "is not known there"),
    ("failure", register, Failure("hung up"), "hung up"),
]


class TestTheNineCells:
    """Each setting works by itself, whatever else is set."""

    @pytest.mark.parametrize("required", [False, True])
    @pytest.mark.parametrize(("kind", "make", "said", "reason"), CELLS)
    @pytest.mark.parametrize("then", ["continue", "flag", "reject"])
    def test_cell(
        self, kind: str, make: Any, said: Said, reason: str, then: str, required: bool
    ) -> None:
        service = make(**{f"on_{kind}": then}, required=required)
        flag = Flag(kind, "email", service.name, reason)

        result = draw([(service, said)])

        assert result.flags == (() if then == "continue" else (flag,))
        assert result.refusals == ((flag,) if then == "reject" else ())
        assert bool(result.lacks) == (kind == "failure")

    @pytest.mark.parametrize(("kind", "make", "said", "reason"), CELLS)
    def test_the_other_settings_do_not_matter(
        self, kind: str, make: Any, said: Said, reason: str
    ) -> None:
        """What rejects one thing does not reject another."""
        settings = {"invalid": "on_failure", "not_found": "on_failure", "failure": "on_not_found"}
        service = make(**{settings[kind]: "reject", f"on_{kind}": "continue"})

        assert draw([(service, said)]).refusals == ()

    def test_a_custom_service_rejects_by_itself(self) -> None:
        result = draw([(custom("rules", is_fine, needs=["email"], on_invalid="reject"), INVALID)])

        assert result.refusals == (Flag("invalid", "email", "rules", "is on the list"),)


class TestFacts:
    """What is known of a value besides, by its field."""

    def test_the_first_who_knows_counts(self) -> None:
        first, then = validator(), custom("own", is_fine, field="email")
        says = Reply(facts={"role": True}), Reply(facts={"role": False, "list": "staff"})

        told = draw([*zip((first, then), says, strict=True)]).facts

        assert told == {"email": {"role": True, "list": "staff"}}

    @pytest.mark.parametrize("fact", [1, 0.5, None, ["x"], {"a": "b"}, "", " ", "x" * 1001, "\0"])
    def test_others_than_texts_and_truths_are_none(self, fact: Any) -> None:
        assert draw([(validator(), Reply(facts={"kind": fact}))]).facts == {}

    def test_of_what_is_not_valid_nothing_is_known(self) -> None:
        assert draw([(validator(), Reply(valid=False, facts={"kind": "own"}))]).facts == {}

    def test_without_a_field_they_are_of_nothing(self) -> None:
        said = custom("own", is_fine, needs=["email"])

        assert draw([(said, Reply(facts={"kind": "own"}))]).facts == {}


class TestNothingSaid:
    """A missing optional value is not invalid."""

    @pytest.mark.parametrize("make", [validator, register])
    def test_optional(self, make: Any) -> None:
        result = draw([(make(on_failure="reject"), None)])

        assert (result.flags, result.refusals, result.complete) == ((), (), True)

    @pytest.mark.parametrize(
        ("make", "kind", "reason"),
        [
            (validator, "invalid", "must be given"),
            (register, "not_found", "nothing was given to look up by"),
        ],
    )
    def test_required(self, make: Any, kind: str, reason: str) -> None:
        service = make(required=True, **{f"on_{kind}": "reject"})

        assert draw([(service, None)]).refusals == (Flag(kind, "email", service.name, reason),)


class TestFilling:
    def test_a_blank_field_is_filled_and_said(self) -> None:
        known = Reply(values={"company": {"name": "Analytical Engines"}})
        result = draw([(register(), known)], {"email": "ada@example.org", "company": "  "})

        assert result.record.raw["company"] == "Analytical Engines"
        assert result.record.values[-1] == "analytical engines"
        assert result.filled == {"company": Filled("Analytical Engines", "register")}
        assert result.flags == ()

    def test_what_was_given_stays_and_the_difference_is_said(self) -> None:
        known = Reply(values={"company": {"name": "Analytical Engines"}})
        result = draw([(register(), known)], {"company": "Acme"})

        assert result.record.raw == {"company": "Acme"}
        flag = Flag("differs", "company", "register", "another value is known there")
        assert (result.flags, result.filled) == ((flag,), {})

    def test_the_same_in_other_letters_is_no_difference(self) -> None:
        known = Reply(values={"company": {"name": "ACME."}})

        assert draw([(register(), known)], {"company": "Acme"}).flags == ()

    def test_what_cannot_be_understood_was_given_all_the_same(self) -> None:
        service = register(gives={"email": "/email"})
        result = draw([(service, Reply(values={"email": "ada@example.org"}))], {"email": "none"})

        assert (result.record.raw["email"], result.filled) == ("none", {})

    @pytest.mark.parametrize(
        "value", [None, "", "  ", [], {}, True, 1.5, "x" * 1001, "a\0b", "\ud800", 2**70]
    )
    def test_what_is_no_plain_value_says_nothing(self, value: object) -> None:
        result = draw([(register(), Reply(values={"company": {"name": value}}))])

        assert (result.filled, result.flags) == ({}, ())

    def test_who_knows_none_of_what_is_asked_knows_nothing(self) -> None:
        result = draw([(register(on_not_found="flag"), Reply(values={"other": 1}))])

        assert [flag.kind for flag in result.flags] == ["not_found"]


class TestComplete:
    """An answer is incomplete where who was not heard could have led to another one."""

    @pytest.mark.parametrize(
        ("service", "raw", "could"),
        [
            (validator(), {}, False),
            (validator(on_invalid="reject"), {}, True),
            (validator(on_failure="flag"), {}, False),
            (register(), {}, True),
            (register(), {"company": "Acme"}, False),
            (register(on_not_found="reject"), {"company": "Acme"}, True),
            (custom("rules", is_fine), {}, False),
            (custom("rules", is_fine, on_invalid="reject"), {}, True),
            (custom("rules", is_fine, gives={"company": "/c"}), {}, True),
            (custom("rules", is_fine, when="after"), {}, False),
        ],
    )
    def test_could_change(self, service: Service, raw: dict[str, object], could: bool) -> None:
        model = contacts(service)
        record = model.record(ADA | raw)

        assert could_change(model, record, service) is could
        result = heard(model, record, [(service, Failure("hung up"))])
        assert result.complete is not could
        assert [str(lack) for lack in result.lacks] == [f"service {service.name}: hung up"]


# --- laws ---------------------------------------------------------------------------------------

FIELDS = ("phone", "first_name", "last_name", "company")
values = st.text("ab ", max_size=3)
known = st.dictionaries(st.sampled_from(FIELDS), values)
replies = st.one_of(
    known.map(lambda given: Reply(values=given)),
    st.just(Failure("hung up")),
    st.just(Reply(found=False)),
    st.none(),
)
services = st.lists(st.tuples(replies, st.integers(1, 3)), max_size=3)
records = st.dictionaries(st.sampled_from(("email", *FIELDS)), values)


def registers(drawn: list[tuple[Said, int]]) -> list[tuple[Service, Said]]:
    gives = {field: f"/{field}" for field in FIELDS}
    return [
        (
            custom(f"register {at}", is_fine, needs=["email"], gives=gives, priority=priority),
            said,
        )
        for at, (said, priority) in enumerate(drawn)
    ]


@settings(deadline=None, max_examples=50)
@given(services, records)
def test_what_was_given_is_never_overwritten(
    drawn: list[tuple[Said, int]], raw: dict[str, object]
) -> None:
    """Whatever services know: what the caller said is what is looked up."""
    result = draw(registers(drawn), raw)

    for name, value in raw.items():
        if str(value).strip():
            assert result.record.raw[name] == value
    changed = {n for n in result.record.raw if result.record.raw[n] != raw.get(n)}
    assert changed == set(result.filled)


@settings(deadline=None, max_examples=50)
@given(services, records)
def test_the_order_of_answers_does_not_matter(
    drawn: list[tuple[Said, int]], raw: dict[str, object]
) -> None:
    """Services of different priorities lead to one result, however the model lists them."""
    said = registers([(reply, at) for at, (reply, _) in enumerate(drawn)])
    by_name = {service.name: one for service, one in said}
    first = draw(said, raw)

    for turned in permutations([service for service, _ in said]):
        assert draw([(one, by_name[one.name]) for one in in_order(turned)], raw) == first


@settings(deadline=None, max_examples=50)
@given(services)
def test_nobody_waits_for_somebody_behind(drawn: list[tuple[Said, int]]) -> None:
    """There is no circle: each waits only for those before it."""
    ordered = in_order(service for service, _ in registers(drawn))

    assert all(place < at for at in range(len(ordered)) for place in waits_for(ordered, at))
