"""The API does what its description says."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import positive_data_acceptance

from have_we_met.server.problems import KINDS, MEDIA_TYPE

from .apps import RIGHTS, Client, make_app, running

DOCUMENT = make_app(**RIGHTS).openapi()
ON_REQUEST = ["/api/contacts/forget", "/api/contacts/export"]
PATHS = ["/api/contacts/lookup", "/api/contacts", "/api/contacts/decide", *ON_REQUEST]
ROUTES = [(path, "post") for path in PATHS]
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def shared_client() -> Iterator[Client]:
    """A client of an app that serves all that can be served; who is erased stays so."""
    with running(make_app(**RIGHTS)) as client:
        yield client


def operation(path: str, method: str) -> dict:
    """One operation of the document."""
    found: dict = DOCUMENT["paths"][path][method]
    return found


def test_it_is_served(shared_client: Client) -> None:
    """The document is served as it is built, and is JSON."""
    assert shared_client.get("/openapi.json").json() == json.loads(json.dumps(DOCUMENT))


def test_what_is_not_served_is_not_described() -> None:
    """Erasure and access are there where the server was told so, each by itself."""
    usual = make_app().openapi()
    assert not {*ON_REQUEST} & {*usual["paths"]}
    assert "ContactNamed" not in usual["components"]["schemas"]
    one = make_app(**RIGHTS | {"export": False}).openapi()
    assert {*ON_REQUEST} & {*one["paths"]} == {"/api/contacts/forget"}


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_every_error_is_declared(path: str, method: str) -> None:
    """Every status of the table that can come of a route is declared, as problem+json."""
    responses = operation(path, method)["responses"]

    assert {"400", "413", "415", "422"} <= set(responses)
    for status, response in responses.items():
        if int(status) >= 400:
            assert list(response["content"]) == [MEDIA_TYPE]
            assert int(status) in {kind.status for kind in KINDS.values()}


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_every_answer_has_an_example(path: str, method: str) -> None:
    """Each answer and each error is shown."""
    for response in operation(path, method)["responses"].values():
        (content,) = response["content"].values()

        assert content["examples"]


def test_the_schemas_name_the_models_fields() -> None:
    """A client learns the model's fields, under their aliases."""
    properties = DOCUMENT["components"]["schemas"]["ContactToAskAbout"]["properties"]

    assert list(properties) == ["email", "phone", "firstName", "lastName", "company"]


def conforms(value: object, schema: str) -> None:
    """Hold a value against one of the document's schemas."""
    jsonschema_rs.validate({"$ref": f"#/components/schemas/{schema}", **DOCUMENT}, value)


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_the_examples_are_right(path: str, method: str) -> None:
    """Each example is one of what it is an example of."""
    described = operation(path, method)
    contents = [described["requestBody"], *described["responses"].values()]
    for content in (one for each in contents for one in each["content"].values()):
        examples = content.get("examples", {"only": {"value": content.get("example")}})
        for example in examples.values():
            conforms(example["value"], content["schema"]["$ref"].rpartition("/")[2])


@pytest.mark.parametrize(
    "body",
    [
        {"email": "john@example.com", "firstName": "Jon"},
        {"email": "js@example.org", "firstName": "John", "lastName": "Smith"},
        {"email": "john@example.com", "firstName": "Margarethe"},
        {"email": "new@example.com"},
        {"firstName": "Ada"},
    ],
    ids=["found", "review", "contradiction", "not found", "nothing to ask by"],
)
def test_answers_with_reasons_are_as_described(shared_client: Client, body: object) -> None:
    """Each answer of a lookup is as described, its reasons too."""
    answer = shared_client.post("/api/contacts/lookup?explain=true", body).json()

    assert "reasons" in answer
    conforms(answer, "LookupAnswer")


# Where the description allows what is refused: an email that says nothing, such as "", and a token
# that nobody made.
SAID_OTHERWISE = [positive_data_acceptance]


def send(case: schemathesis.Case, client: Client) -> httpx.Response:
    """Send a case to the app in process."""
    request = requests.Request(**case.as_transport_kwargs(base_url="http://localhost")).prepare()
    headers = {name: str(value) for name, value in request.headers.items()}
    body = request.body.encode() if isinstance(request.body, str) else request.body
    return client.request(request.method or "", request.path_url, content=body, headers=headers)


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_does_what_it_says(case: schemathesis.Case, shared_client: Client) -> None:
    """Whatever the description allows is answered as described; what it forbids is refused."""
    # An id that names nobody is one, too.
    excluded = [] if case.path == "/api/contacts/lookup" else SAID_OTHERWISE

    case.validate_response(send(case, shared_client), excluded_checks=excluded)
