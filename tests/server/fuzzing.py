"""Sending what schemathesis makes up, with a key, and looking at what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

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

from have_we_met import preset
from have_we_met.access.credential import is_within
from have_we_met.server.disclosure import DISCLOSURES
from have_we_met.server.openapi_policy import under
from have_we_met.shown import likeness

from .apps import PEOPLE, RIGHTS
from .asking import Asker, asking

MODEL = preset("contacts")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DESK_SEES = ("email", "company")
"""What the key of a desk lists."""
SEEN: Mapping[str, Sequence[str]] = {
    "blind": (),
    "public": (),
    "assisted": (),
    "desk": ("id", *DESK_SEES),
}
"""The fields whose stored values may be seen, under the policies that do not show all."""
SHOWN = {one["id"]: likeness(MODEL, one) for one in PEOPLE[:2]}
"""Suggestions as they were shown."""
OPERATIONS = ("lookup", "create", "decide", "forget", "export")


@contextmanager
def fuzzed(policy: str) -> Iterator[tuple[Asker, st.SearchStrategy[schemathesis.Case]]]:
    """A key of a policy, good for all that the policy takes, and requests as it describes them."""
    allowed = [one for one in OPERATIONS if is_within(one, policy)]
    more = {"operations": allowed, "fields": DESK_SEES if policy == "desk" else ()}
    with asking(policy, beat=0.0001, **RIGHTS, **more) as asker:
        document = under(asker.client.app.openapi(), DISCLOSURES[policy])
        schema = schemathesis.openapi.from_dict(document)
        operations = [found.ok() for found in schema.get_all_operations()]
        cases = [
            operation.as_strategy(generation_mode=mode)
            for operation in operations
            if operation.path.startswith("/api/")
            for mode in schemathesis.GenerationMode
        ]
        yield asker, st.one_of(cases)


PERSONS = st.one_of(st.none(), st.sampled_from([{}, {"firstName": "John"}, PEOPLE[0], PEOPLE[1]]))
"""Who is stored, as far as somebody may know: what is made up alone would find nobody."""


def known(case: schemathesis.Case, asker: Asker, person: dict | None) -> None:
    """Have a case speak of somebody who is stored, with a token that is good."""
    if person is None or not isinstance(case.body, dict):
        return
    if set(case.body) == {"id"}:
        # Whoever is erased is gone for all further requests, so that is one of them alone.
        case.body["id"] = "ama" if case.path.endswith("/forget") else person.get("id", "wei")
        return
    contact = {"email": "john@example.com"} | {n: v for n, v in person.items() if n != "id"}
    if "decisionToken" in case.body:
        desk = asker.client.desk
        case.body["contact"] = contact
        read = desk.reader.read(json.dumps(contact).encode())
        case.body["decisionToken"] = desk.tokens.make(desk.asked(read), SHOWN)
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
    hidden = [v for one in PEOPLE for name, v in one.items() if name not in SEEN[policy]]
    return [v for v in hidden if len(v) > 3 and v.lower() in answer and v.lower() not in sent]
