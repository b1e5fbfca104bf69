"""The part of the server's description that the clients' types are made from.

``python clients/openapi.py`` writes it to ``clients/react/openapi.json``; ``make client`` goes on
from there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from have_we_met.server import Settings, create_app
from have_we_met.server.schemas import schemas

FILE = Path(__file__).parent / "react" / "openapi.json"
SPOKEN = ("/api/contacts", "/api/contacts/decide", "/api/contacts/lookup")
"""What a form asks."""
_SETTINGS = Settings(url="sqlite://", secret="of a server that never starts")  # noqa: S106


def document() -> str:
    """Describe the server of the contacts preset, as JSON."""
    whole = create_app(_SETTINGS).openapi()
    part = whole | {
        "paths": {path: {"post": _answers(whole["paths"][path]["post"])} for path in SPOKEN},
        "components": {"schemas": schemas(_SETTINGS.read_model(), _SETTINGS)},
    }
    return json.dumps(_without_examples(part), indent=2, ensure_ascii=False) + "\n"


def _answers(operation: dict[str, Any]) -> dict[str, Any]:
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
