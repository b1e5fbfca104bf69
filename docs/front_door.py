"""The page on ``import have_we_met``: every name in its group."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from signatures import first, members, prose, signature, table

import have_we_met

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Asking": ("Resolver", "Lookup", "Registration", "Status", "Lack", "Flag", "WhyNot"),
    "Stores": ("create_store", "open_store", "rebuild_store"),
    "Models": (
        *("preset", "Model", "Field", "Key", "Comparison", "Level"),
        *("Thresholds", "Contradiction", "Service", "Request"),
    ),
    "Records, matches and reasons": (
        *("Record", "RecordId", "Match", "Outcome", "Explanation", "Evidence"),
    ),
    "Judgements": ("Judgement", "Basis", "Judged"),
}
_IDS = "The primary key of a record in your table; a tuple where that key has several columns."


def names() -> str:
    """Every name at the front door, with its signature, its docstring and its methods."""
    door = set(have_we_met.__all__)
    grouped = {
        heading: sorted(door & {*group}, key=group.index) for heading, group in _GROUPS.items()
    }
    parts = []
    for heading, group in grouped.items():
        parts += [f"## {heading}", *map(_name, group)] if group else []
    mistakes = sorted(door.difference(["__version__"], *grouped.values()))
    rows = [(f"`{name}`", first(getattr(have_we_met, name))) for name in mistakes]
    parts += ["## Errors", "What each means and what to do: [errors.md](errors.md)."]
    parts += [table(("name", "meaning"), rows), "## Version"]
    return "\n\n".join([*parts, "`__version__` is the version of the package, as text."])


def _name(name: str) -> str:
    value = getattr(have_we_met, name)
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return f"### `{name}`\n\n`{value}`\n\n{_IDS}"
    parts = [f"### `{name}`", f"`{name}{signature(value)}`", prose(value)]
    if inspect.isclass(value):
        parts.append("\n".join(members(value)))
    return "\n\n".join(filter(None, parts))
