"""Sending what schemathesis makes up, with a key, and looking at what comes back."""

from __future__ import annotations

import json

import httpx
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .apps import PEOPLE
from .asking import Asker

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
VALUES = [value for person in PEOPLE for name, value in person.items() if name != "id"]
SEEN = {"blind": 0, "public": 0, "assisted": 0}
"""The policies under which no value of anybody may be seen."""


PERSONS = st.one_of(st.none(), st.sampled_from([{}, {"firstName": "John"}, PEOPLE[0], PEOPLE[1]]))
"""Who is stored, as far as somebody may know: what is made up alone would find nobody."""


def known(case: schemathesis.Case, asker: Asker, person: dict | None) -> None:
    """Have a case speak of somebody who is stored, with a token that is good."""
    if person is None or not isinstance(case.body, dict):
        return
    contact = {"email": "john@example.com"} | {n: v for n, v in person.items() if n != "id"}
    if "decisionToken" in case.body:
        desk = asker.client.desk
        case.body["contact"] = contact
        read = desk.reader.read(json.dumps(contact).encode())
        case.body["decisionToken"] = desk.tokens.make(desk.asked(read), ["john", "jane"])
    else:
        case.body |= contact


def checked(case: schemathesis.Case, asker: Asker) -> httpx.Response:
    """Send a case; raises where there is a 5xx, or an answer that is not as described."""
    request = requests.Request(**case.as_transport_kwargs(base_url="http://localhost")).prepare()
    headers = asker.headers({name: str(value) for name, value in request.headers.items()})
    headers["Authorization"] = f"Bearer {asker.key}"
    body = request.body.encode() if isinstance(request.body, str) else request.body
    answer = asker.client.request(
        request.method or "", request.path_url, content=body, headers=headers
    )
    case.validate_response(answer, checks=CHECKS)
    return answer


def revealed(policy: str, case: schemathesis.Case, response: httpx.Response) -> list[str]:
    """Name what is stored, was not sent, and stands in an answer that should not say it."""
    if policy not in SEEN:
        return []
    sent, answer = str(case.body).lower(), f"{dict(response.headers)} {response.text}".lower()
    return [v for v in VALUES if len(v) > 4 and v.lower() in answer and v.lower() not in sent]
