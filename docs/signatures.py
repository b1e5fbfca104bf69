"""Docstrings as Markdown, and how functions and classes are called."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+(?:\(\))?)`")


def prose(thing: object) -> str:
    """A docstring as Markdown; examples become blocks."""
    text = _ROLE.sub(r"`\1`", inspect.getdoc(thing) or "").replace("``", "`")
    return "\n\n".join(map(_paragraph, text.split("\n\n")))


def _paragraph(text: str) -> str:
    if text.startswith(">>>"):
        return f"```pycon\n{text}\n```"
    return text.removesuffix("::").rstrip()


def first(thing: object) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(prose(thing).split("\n\n")[0].split())


def table(heading: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Write a table in Markdown."""
    head = [*heading]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def signature(value: Any, *, bare: bool = True) -> str:
    """How it is called; ``bare`` leaves the types out, which a class's docstring tells."""
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        return ""
    found = inspect.signature(value)
    given = [p for p in found.parameters.values() if p.name != "self" and p.default is not _HIDDEN]
    if bare:
        given = [p.replace(annotation=inspect.Parameter.empty) for p in given]
        found = found.replace(return_annotation=inspect.Signature.empty)
    else:
        given = [p.replace(annotation=_Bare(p.annotation)) for p in given]
        found = found.replace(return_annotation=_Bare(found.return_annotation))
    given = [p.replace(default=_Shown(p.default)) if _is_odd(p.default) else p for p in given]
    text = str(found.replace(parameters=given))
    return text.removesuffix(" -> None") if inspect.isclass(value) else text


_HIDDEN = object()


class _Bare:
    """An annotation that is written as it stands in the code."""

    def __init__(self, text: object) -> None:
        self._text = text

    def __repr__(self) -> str:
        return str(self._text).strip("'")


class _Shown(_Bare):
    """A default that says more by its name than by its value."""

    def __repr__(self) -> str:
        return "..." if inspect.isfunction(self._text) else f"{type(self._text).__name__}()"


def _is_odd(default: object) -> bool:
    return inspect.isfunction(default) or (
        dataclasses.is_dataclass(default) and not isinstance(default, type)
    )


def members(cls: type) -> Iterator[str]:
    """Each public method and property of a class, or each member of an enum, as a line."""
    if issubclass(cls, enum.Enum):
        yield from (f"* `{cls.__name__}.{member.name}` is `{str(member)!r}`" for member in cls)
        return
    for name, member in vars(cls).items():
        found = _member(name, member) if not name.startswith("_") else None
        if found is not None:
            yield f"* `{found}`: {first(function_of(member))}"


def _member(name: str, member: object) -> str | None:
    function = function_of(member)
    if not inspect.isfunction(function) or not inspect.getdoc(function):
        return None
    if function is not member and not isinstance(member, classmethod | staticmethod):
        return name
    text = f"{name}{signature(_without_self(function), bare=False)}"
    return f"await {text}" if inspect.iscoroutinefunction(function) else text


def function_of(member: Any) -> Any:
    """The function behind a method or a property."""
    for wrapped in ("__func__", "fget", "func"):
        member = getattr(member, wrapped, member)
    return member


def _without_self(function: Callable[..., Any]) -> Any:
    def bound() -> None: ...

    found = inspect.signature(function)
    kept = [p for p in found.parameters.values() if p.name not in ("self", "cls")]
    bound.__signature__ = found.replace(parameters=kept)  # type: ignore[attr-defined]
    return bound
