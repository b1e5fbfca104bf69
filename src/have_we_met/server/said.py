"""What services said, as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from ..answer import Flag, Lookup


def said_by_services(lookup: Lookup, aliases: Mapping[str, str]) -> dict[str, object]:
    """Write what services said about a record; nothing where they said nothing.

    Of a value that a service knows, it is told which service that is, and not the value: whoever
    asks about an e-mail address shall not learn whose it is.
    """
    if not (lookup.flags or lookup.normalised or lookup.filled):
        return {}
    name = aliases.get
    told = {
        "flags": [_flag(flag, aliases) for flag in lookup.flags],
        "normalised": {name(field, field): text for field, text in lookup.normalised.items()},
        "filled": {name(field, field): one.service for field, one in lookup.filled.items()},
    }
    return {part: value for part, value in told.items() if value}


def _flag(flag: Flag, aliases: Mapping[str, str]) -> dict[str, str]:
    field = aliases.get(flag.field, flag.field)
    return {"kind": flag.kind, "field": field, "service": flag.service, "reason": flag.reason}
