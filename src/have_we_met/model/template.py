"""Templates: texts with fields and secrets in braces, such as ``/people/{email}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter

_parse = Formatter().parse

RAW = ".raw"
"""Behind a field's name: the value as it was given, not as it is normalised."""


def placeholders(text: str) -> tuple[str, ...]:
    """List what stands in braces; nothing where the text is no template.

    >>> placeholders("Bearer {token}"), placeholders("{{}}"), placeholders("{")
    (('token',), (), ())
    """
    return () if problem_with(text) else tuple(filter(None, (part[1] for part in _parse(text))))


def problem_with(text: str) -> str | None:
    """Say in a sentence why a text is no template, if it is none.

    >>> problem_with("{email.raw}"), problem_with("{0:x}")
    (None, 'write what is filled in as {name} or {name.raw}, and a brace as {{')
    """
    try:
        parts = [part for part in _parse(text) if part[1] is not None]
    except ValueError:
        return _HOW
    plain = (_is_plain(*part[1:]) for part in parts)
    return None if all(plain) else _HOW


_HOW = "write what is filled in as {name} or {name.raw}, and a brace as {{"


def _is_plain(name: str | None, spec: str | None, conversion: str | None) -> bool:
    return bool(name) and str(name).removesuffix(RAW).isidentifier() and not (spec or conversion)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Fill a template in.

    >>> filled("/people/{email}", {"email": "ada%40example.org"})
    '/people/ada%40example.org'
    """
    parts = ((literal, name) for literal, name, _, _ in _parse(text))
    return "".join(literal + ("" if name is None else values[name]) for literal, name in parts)


def texts(value: object) -> Iterator[str]:
    """Give every text in a table of a body, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from texts(inside)
    elif isinstance(value, Sequence):
        for inside in value:
            yield from texts(inside)
