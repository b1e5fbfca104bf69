"""What services said, as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from ..answer import Flag, Lookup


def said_by_services(lookup: Lookup, aliases: Mapping[str, str]) -> dict[str, object]:
    """Write what services said about a record; nothing where they said nothing.

    Of a value that a service knows, it is told which service that is; not the value, nor what a
    validator makes of it: whoever asks about an e-mail address shall not learn whose it is.
    """
    if not (lookup.flags or lookup.normalised or lookup.facts or lookup.filled):
        return {}

    def of_what_was_typed(values: Mapping[str, object]) -> dict[str, object]:
        typed = ((name, value) for name, value in values.items() if name not in lookup.filled)
        return {aliases.get(name, name): value for name, value in typed}

    told = {
        "flags": [_flag(flag, aliases) for flag in lookup.flags],
        "normalised": of_what_was_typed(lookup.normalised),
        "facts": of_what_was_typed(lookup.facts),
        "filled": {aliases.get(name, name): one.service for name, one in lookup.filled.items()},
    }
    return {part: value for part, value in told.items() if value}


def _flag(flag: Flag, aliases: Mapping[str, str]) -> dict[str, str]:
    field = aliases.get(flag.field, flag.field)
    return {"kind": flag.kind, "field": field, "service": flag.service, "reason": flag.reason}
