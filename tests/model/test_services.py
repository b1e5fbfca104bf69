"""Services in a model: every mistake with its path, as TOML, and in the fingerprint."""

from __future__ import annotations

import pickle
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.model.guests import guests

from have_we_met import Model, ModelError, Request, Service
from have_we_met.model import Cache
from have_we_met.model.template import filled, placeholders, problem_with
from have_we_met.resilience import BreakerSettings, RetrySettings

CHECK: dict[str, Any] = {
    "name": "nhs",
    "kind": "validate",
    "field": "email",
    "using": "stdnum.gb.nhs",
}
REGISTER: dict[str, Any] = {
    "name": "register",
    "kind": "lookup",
    "gives": {"city": "/home/city"},
    "request": {
        "url": "https://register.example/people/{email}",
        "headers": {"Authorization": "Bearer {token}"},
        "secrets": {"token": "REGISTER_TOKEN"},
    },
}
RULES: dict[str, Any] = {
    "name": "rules",
    "kind": "custom",
    "using": "asyncio:sleep",
    "needs": ["phone"],
}
SERVICES = [CHECK, REGISTER, RULES]
GONE = object()

MISTAKES = [
    ("0.kind", "check", "services[0].kind: must be 'validate', 'lookup' or 'custom'"),
    ("0.name", " ", "services[0].name: must not be empty"),
    ("1.name", "nhs", "services[1].name: 'nhs' is services[0] already"),
    ("0.field", "emial", "services[0].field: no field 'emial' (did you mean 'email'?)"),
    ("0.field", GONE, "services[0].field: must be given: which field is validated"),
    ("0.using", GONE, "services[0].using: must be given: the name of a validator"),
    (
        "0.using",
        print,
        "services[0].using: no validator 'builtins:print'",
    ),
    ("0.using", "stdnum.gb.nsh", "services[0].options.scheme: no identifier scheme 'gb.nsh'"),
    (
        "0.options",
        {"schema": 1},
        "services[0].options: no setting 'schema' (did you mean 'scheme'?",
    ),
    ("0.on_invaild", "flag", "services[0]: no setting 'on_invaild' (did you mean 'on_invalid'?)"),
    ("0.on_invalid", "drop", "services[0].on_invalid: must be 'continue', 'flag' or 'reject'"),
    ("0.on_not_found", "flag", "services[0].on_not_found: belongs to services of kind lookup"),
    ("0.gives", {"city": "/a"}, "services[0].gives: belongs to services of kind lookup or custom"),
    ("0.when", "after", "services[0].when: belongs to services of kind custom"),
    ("0.timeout", 0, "services[0].timeout: must be more than 0"),
    ("0.required", 1, "services[0].required: must be true or false"),
    (
        "0.retry",
        {"attempt": 2},
        "services[0].retry: no setting 'attempt' (did you mean 'attempts'?)",
    ),
    ("0.retry", {"attempts": 0}, "services[0].retry.attempts: must be greater than or equal to 1"),
    ("0.cache", {"entries": 0}, "services[0].cache.entries: must be 1 or more"),
    ("1.on_invalid", "reject", "services[1].on_invalid: belongs to services of kind validate or"),
    ("1.gives", GONE, "services[1].gives: must be given: which fields are filled, and from where"),
    ("1.gives", {"town": "/a"}, "services[1].gives.town: no field 'town'"),
    ("1.gives", {"city": "home"}, "services[1].gives.city: must be a JSON pointer such as"),
    ("1.request", GONE, "services[1].request: give either a request, or using with the path of a"),
    ("1.using", "json:loads", "services[1].request: give either a request, or using with the path"),
    ("1.needs", ["email"], "services[1].needs: is known by the request's placeholders"),
    (
        "1.request.url",
        "https://a.example/{emial}",
        "services[1].request: no field 'emial' (did you",
    ),
    ("1.request.url", "http://a.example/", "services[1].request.url: must begin with https://"),
    ("1.request.url", "ftp://127.0.0.1/", "services[1].request.url: must begin with https://"),
    ("1.request.url", "https://{email}/", "services[1].request.url: must name the host itself"),
    ("1.request.url", "https://a.example{email}", "services[1].request.url: must name the host"),
    ("1.request.url", "people", "services[1].request.url: must name the host itself"),
    ("1.request.url", "https://me:pw@a.example/", "services[1].request.url: holds a secret: name"),
    ("1.request.url", "https://a.example/{", "services[1].request.url: write what is filled in as"),
    ("1.request.url", "https://a.example/{0}", "services[1].request.url: write what is filled in"),
    (
        "1.request.health",
        "https://a.example/{email}",
        "services[1].request.health: is told nothing: leave out what is in braces",
    ),
    (
        "1.request.headers",
        {"authorization": "Bearer s3cret"},
        "services[1].request.headers.authorization: holds a secret: name an environment variable",
    ),
    ("1.request.headers", {"X-A": 3}, "services[1].request.headers.X-A: must be text"),
    (
        "1.request.secrets",
        {"token": 3},
        "services[1].request.secrets.token: must be the name of an",
    ),
    ("1.request.body", {"a": 1}, "services[1].request.body: belongs to the methods POST and PUT"),
    ("1.request.max_bytes", 0, "services[1].request.max_bytes: must be 1 or more"),
    ("1.request.methd", "GET", "services[1].request: no setting 'methd' (did you mean 'method'?)"),
    ("2.using", GONE, "services[2].using: must be given: the import path of an async function"),
    ("2.using", "no.such:thing", "services[2].using: cannot import 'no.such:thing'"),
    ("2.using", "string:digits", "services[2].using: 'string:digits' is not a function"),
    ("2.needs", ["fone"], "services[2].needs: no field 'fone' (did you mean 'phone'?)"),
    ("2.required", True, "services[2].required: belongs to services of kind validate or lookup"),
    ("2.request", {"url": "https://a.example"}, "services[2].request: belongs to services of kind"),
]


def spoiled(path: str, value: object) -> list[dict[str, Any]]:
    services: Any = deepcopy(SERVICES)
    *above, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inside = services
    for step in above:
        inside = inside[step]
    if value is GONE:
        del inside[last]
    else:
        inside[last] = value
    return services  # type: ignore[no-any-return]


def problems(services: list[dict[str, Any]], **changes: Any) -> list[str]:
    with pytest.raises(ModelError) as caught:
        guests(services=services, **changes)
    return [str(problem) for problem in caught.value.problems]


def test_the_services_to_be_spoiled_are_right() -> None:
    assert len(guests(services=SERVICES).services) == 3


@pytest.mark.parametrize(("path", "value", "said"), MISTAKES)
def test_a_mistake_is_named(path: str, value: object, said: str) -> None:
    """One mistake is one problem: where it is, what is wrong, and what may have been meant."""
    (problem,) = problems(spoiled(path, value))

    assert problem.startswith(said)


def test_all_mistakes_are_named_at_once() -> None:
    services = spoiled("0.field", "emial")
    services[1]["gives"] = {"town": "/town"}
    services[2]["timeout"] = -1

    said = problems(services, services_deadline=0.0)

    assert [problem.split(":")[0] for problem in said] == [
        "services_deadline",
        "services[0].field",
        "services[1].gives.town",
        "services[2].timeout",
    ]


def test_nothing_is_rejected_after_the_answer_is_known() -> None:
    wrong = {"on_invalid": "reject", "gives": {"city": "/c"}, "cache": {}}
    services = [RULES | {"when": "after"} | wrong]

    assert problems(services) == [
        "services[0].on_invalid: nothing can be rejected after the answer is known",
        "services[0].gives: nothing can be filled after the answer is known",
        "services[0].cache: what is said of one answer is not kept for another",
    ]


def test_a_lambda_is_a_mistake() -> None:
    """No other process could import it."""
    (problem,) = problems([RULES | {"using": lambda asked: None}])

    assert (
        problem == "services[0].using: cannot be imported: put the function at the top of a module"
    )


# --- as text ------------------------------------------------------------------------------------

thens = st.sampled_from(["continue", "flag", "reject"])
requests = st.builds(
    Request,
    url=st.just("https://a.example/{email}?k={key}"),
    method=st.just("POST"),
    body=st.none() | st.just({"mail": "{email.raw}", "names": ["{first_name}"], "most": 3}),
    secrets=st.just({"key": "A_KEY"}),
    not_found=st.lists(st.integers(400, 499), max_size=2),
    health=st.none() | st.just("https://a.example/up"),
)
registers = st.builds(
    Service,
    name=st.just("register"),
    kind=st.just("lookup"),
    request=requests,
    gives=st.just({"city": "/home/city"}),
    on_not_found=thens,
    on_failure=thens,
    required=st.booleans(),
    priority=st.integers(0, 1000),
    timeout=st.floats(0.001, 10),
    retry=st.builds(RetrySettings, attempts=st.integers(1, 5)),
    breaker=st.builds(BreakerSettings, reset=st.floats(0.1, 100)),
    cache=st.none() | st.builds(Cache, seconds=st.floats(1, 1000)),
)


@settings(deadline=None, max_examples=50)
@given(registers)
def test_a_model_reads_back_as_it_was_written(register: Service) -> None:
    model = guests(services=[register, CHECK], services_deadline=0.7)
    again = Model.from_toml(model.to_toml())

    assert again == model
    assert (again.fingerprint, hash(again)) == (model.fingerprint, hash(model))
    assert pickle.loads(pickle.dumps(model)) == model


def test_services_are_part_of_the_fingerprint_and_not_of_the_indexs() -> None:
    """Whoever is consulted changes answers; what is stored stays as it was cut."""
    plain, served = guests(), guests(services=SERVICES)
    slower = guests(services=[CHECK, REGISTER, RULES | {"timeout": 1.0}])

    assert len({plain.fingerprint, served.fingerprint, slower.fingerprint}) == 3
    assert plain.index_fingerprint == served.index_fingerprint


# --- templates ----------------------------------------------------------------------------------


@given(st.text())
def test_any_text_is_a_template_or_said_to_be_none(text: str) -> None:
    """A template can be filled in with any values for what stands in its braces."""
    if problem_with(text) is None:
        filled(text, dict.fromkeys(placeholders(text), "x"))


@given(st.text(), st.text())
def test_a_value_is_never_a_template(before: str, value: str) -> None:
    template = before.replace("{", "{{").replace("}", "}}") + "{email}"

    assert filled(template, {"email": value}) == before + value
