"""Places in a JSON document (RFC 6901)."""

from __future__ import annotations

from collections.abc import Mapping

_MISSING = object()


def at(document: object, pointer: str) -> object:
    """Give what stands at a place; ``None`` where nothing does.

    >>> person = {"jobs": [{"company": "Analytical Engines"}], "a/b": 1}
    >>> at(person, "/jobs/0/company"), at(person, "/a~1b"), at(person, "/jobs/1/company")
    ('Analytical Engines', 1, None)
    """
    for name in pointer.split("/")[1:]:
        document = _step(document, name.replace("~1", "/").replace("~0", "~"))
    return None if document is _MISSING else document


def _step(document: object, name: str) -> object:
    if isinstance(document, Mapping):
        return document.get(name, _MISSING)
    is_index = name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")
    if isinstance(document, list | tuple) and is_index and len(name) < 10:
        place = int(name)
        return document[place] if place < len(document) else _MISSING
    return _MISSING
