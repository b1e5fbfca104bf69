"""``have-we-met model``: what a model consists of, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from .options import json_option
from .output import emit, facts, say, table
from .where import read_model

if TYPE_CHECKING:
    from ..errors import Problem
    from ..model import Model, Service


@click.group()
def model() -> None:
    """Check models, and show those that are ready to use."""


@model.command(
    epilog="""\b
Examples:
  have-we-met model check model.toml
  have-we-met model check contacts-recall --json
"""
)
@click.argument("source", metavar="[FILE|PRESET]", default="contacts")
@json_option
@click.pass_context
def check(ctx: click.Context, source: str, as_json: bool) -> None:
    """Say everything that is wrong with a model, and show what it consists of.

    Status: 0 it can be used, 1 it cannot. Warnings are of what works and hardly is what you want.
    """
    from ..errors import ModelError

    try:
        found = read_model(source)
    except ModelError as exc:
        if as_json:
            emit({"ok": False, "problems": _problems(exc.problems), "warnings": []})
        for problem in exc.problems:
            say(f"problem: {problem}")
        ctx.exit(1)
    for warning in found.warnings():
        say(f"warning: {warning}")
    if as_json:
        emit({"ok": True, "problems": [], "warnings": _problems(found.warnings()), **_data(found)})
    else:
        click.echo(_text(found))


@model.command(
    epilog="""\b
Examples:
  have-we-met model show > model.toml
  have-we-met model show contacts-recall --region GB
"""
)
@click.argument("source", metavar="[FILE|PRESET]", default="contacts")
@click.option("--region", help="Of a preset: where phones without a country code are, such as GB.")
@json_option
def show(source: str, region: str | None, as_json: bool) -> None:
    """Write a model as TOML, to begin one's own from."""
    from ..model import preset

    found = read_model(source) if region is None else preset(source, region=region)
    if as_json:
        emit({"name": found.name, "fingerprint": found.fingerprint, "toml": found.to_toml()})
    else:
        click.echo(found.to_toml(), nl=False)


def _problems(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    return [{"path": problem.path, "message": problem.message} for problem in problems]


def _data(model: Model) -> dict[str, object]:
    return {
        "name": model.name,
        "table": model.table,
        "fingerprint": model.fingerprint,
        "indexFingerprint": model.index_fingerprint,
        "fields": [{"name": field.name, "type": field.type} for field in model.fields],
        "keys": [str(key) for key in model.all_keys],
        "comparisons": [
            {"field": c.field, "measure": str(c.measure), "most": c.most, "threshold": c.threshold}
            for c in model.comparisons
        ],
        "scale": model.scale,
        "noMatch": model.thresholds.no_match,
        "definiteMatch": model.thresholds.definite_match,
        "services": [
            {"name": one.name, "kind": one.kind, "asks": _asks(one), "told": list(one.reads)}
            for one in model.services
        ],
    }


def _text(model: Model) -> str:
    summary = {
        "model": model.name,
        "table": model.table,
        "fingerprint": model.fingerprint,
        "index": model.index_fingerprint,
        "scale": model.scale,
        "potential from": f"{model.thresholds.no_match:g}",
        "definite from": f"{model.thresholds.definite_match:g}",
        "at most": f"{model.total_weight:g}",
    }
    tables = [_fields(model), _keys(model), _comparisons(model)]
    if model.services:
        tables.append(_services(model))
    return "\n\n".join([facts(summary), *map(table, tables)])


def _fields(model: Model) -> Iterator[tuple[object, ...]]:
    yield ("field", "type", "alias")
    for field in model.fields:
        yield (field.name, field.type, field.alias)


def _keys(model: Model) -> Iterator[tuple[object, ...]]:
    yield ("key", "")
    exact = len(model.all_keys) - len(model.keys)
    for place, key in enumerate(model.all_keys):
        yield (key, "identifier" if place < exact else "")


def _comparisons(model: Model) -> Iterator[tuple[object, ...]]:
    yield ("comparison", "measure", "at most", "threshold")
    for one in model.comparisons:
        yield (one.field, one.measure, f"{one.most:g}", f"{one.threshold:g}")


def _services(model: Model) -> Iterator[tuple[object, ...]]:
    yield ("service", "kind", "asks", "told", "gives", "within", "otherwise")
    for one in sorted(model.services, key=lambda service: service.priority):
        told, gives = ", ".join(one.reads), ", ".join(one.gives)
        yield (one.name, one.kind, _asks(one), told, gives, f"{one.timeout:g} s", _otherwise(one))


def _asks(service: Service) -> str:
    """Whom a service asks: a host, a validator, or a function."""
    if service.request is None:
        return str(service.using)
    return str(urlsplit(service.request.url).netloc)


_HEARD = {"validate": "invalid", "lookup": "not_found", "custom": "invalid"}


def _otherwise(service: Service) -> str:
    """What follows where a service says no, or nothing."""
    settings = {said: getattr(service, f"on_{said}") for said in (_HEARD[service.kind], "failure")}
    thens = (f"{then} {said}" for said, then in settings.items() if then != "continue")
    return ", ".join(thens).replace("_", " ")
