"""The part of the server's description that the clients' types are made from.

``python clients/openapi.py`` writes it to ``clients/react/openapi.json``; ``make client`` goes on
from there. It holds the answers of every policy: those that differ from a record's under names of
their own, such as ``PublicLookupAnswer``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from have_we_met.server import Settings, create_app
from have_we_met.server.disclosure import DISCLOSURES
from have_we_met.server.openapi_policy import under
from have_we_met.server.schemas import schemas

FILE = Path(__file__).parent / "react" / "openapi.json"
SPOKEN = ("/api/contacts", "/api/contacts/decide", "/api/contacts/lookup")
"""What a form asks."""
_SETTINGS = Settings(url="sqlite://", secret="of a server that never starts")  # noqa: S106
_REF = "#/components/schemas/"

Json = dict[str, Any]


def document() -> str:
    """Describe the server of the contacts preset, as JSON."""
    whole = create_app(_SETTINGS).openapi()
    records = schemas(_SETTINGS.read_model(), _SETTINGS)
    described = {name: under(whole, policy) for name, policy in DISCLOSURES.items()}
    others = [_apart(name, one, records) for name, one in described.items()]
    part = whole | {
        "paths": {path: {"post": _answers(whole["paths"][path]["post"])} for path in SPOKEN},
        "components": {
            "schemas": {
                "Policy": {"enum": [*DISCLOSURES], "description": "What a key's answers reveal."},
                **records,
                **{name: schema for other in others for name, schema in other.items()},
            }
        },
    }
    return json.dumps(_without_examples(part), indent=2, ensure_ascii=False) + "\n"


def _apart(policy: str, described: Json, records: Mapping[str, Json]) -> dict[str, Json]:
    """The schemas of the answers under a policy that are not those of records."""
    own: dict[str, Json] = described["components"]["schemas"]
    said = {_name_of(one) for path in SPOKEN for one in _said(described["paths"].get(path))}
    differing = {name for name in _needed(said, own) if own[name] != records.get(name)}
    names = {name: f"{policy.capitalize()}{name}" for name in differing}
    return {names[name]: _renamed(own[name], names) for name in own if name in names}


def _needed(names: set[str], own: Mapping[str, Json]) -> set[str]:
    """These schemas and all that they are made of."""
    parts = {_name_of(one) for name in names for one in _references(own[name])}
    return names if parts <= names else _needed(names | parts, own)


def _references(value: object) -> Iterator[Json]:
    if isinstance(value, dict) and "$ref" in value:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _references(part)


def _said(path: Json | None) -> list[Json]:
    """The schemas of the answers to a path, where it is there."""
    responses = _answers(path["post"])["responses"].values() if path else ()
    return [one["content"]["application/json"]["schema"] for one in responses]


def _name_of(schema: Json) -> str:
    return str(schema["$ref"]).removeprefix(_REF)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Let references point to the names that schemas have here."""
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if isinstance(value, dict):
        return {name: _renamed(one, names) for name, one in value.items()}
    if isinstance(value, str) and value.startswith(_REF):
        name = value.removeprefix(_REF)
        return _REF + names.get(name, name)
    return value


def _answers(operation: Json) -> Json:
    """Leave out the refusals, which are of one type whatever they say."""
    responses = operation["responses"].items()
    return operation | {"responses": {code: one for code, one in responses if code < "300"}}


def _without_examples(value: object) -> object:
    """Leave out what makes no type."""
    if isinstance(value, list):
        return [_without_examples(one) for one in value]
    if isinstance(value, dict):
        kept = ((name, one) for name, one in value.items() if name not in ("example", "examples"))
        return {name: _without_examples(one) for name, one in kept}
    return value


if __name__ == "__main__":
    FILE.write_text(document(), "utf-8")
