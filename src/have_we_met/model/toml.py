"""Models as TOML: what a person reads, edits and keeps under version control."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import tomli_w

from ..errors import ModelError, Problem
from ..keys import Key
from .parts import Field, camel_case


def read(text: str | bytes) -> dict[str, Any]:
    """Read the settings of a model; raises :class:`ModelError` where the text is no TOML."""
    try:
        return tomllib.loads(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise ModelError([Problem("", f"no TOML: byte {exc.start} is not UTF-8")]) from None
    except tomllib.TOMLDecodeError as exc:
        message, place = str(exc), ""
        if at := re.fullmatch(r"(.*) \(at (.*)\)", message, re.DOTALL):
            message, place = at.groups()
        raise ModelError([Problem(place, f"no TOML: {message}")]) from None


def write(model: object) -> str:
    """Write the settings that are not the default."""
    return tomli_w.dumps(settings(model))


def settings(part: Any) -> dict[str, Any]:
    """Give the settings of a part of a model that are not the default, as plain values."""
    found = {item.name: getattr(part, item.name) for item in fields(part) if not _usual(part, item)}
    return {name: _plain(value) for name, value in found.items()}


def _usual(part: Any, item: Any) -> bool:
    value = getattr(part, item.name)
    if isinstance(part, Field) and item.name == "alias":
        return bool(value == camel_case(part.name))
    default = item.default if item.default_factory is MISSING else item.default_factory()
    return default is not MISSING and bool(value == default)


def _plain(value: Any) -> Any:
    if isinstance(value, Key):
        return str(value)
    if is_dataclass(value):
        return settings(value)
    if isinstance(value, Mapping):
        return {name: _plain(inside) for name, inside in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inside) for inside in value]
    return value
